"""The table of lines, each with the issues behind it."""

from urllib.parse import quote

from plugin.documents.pdf.printable import Json
from plugin.documents.pdf.writer import Writer
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import Line


def columns(writer: Writer) -> Json:
    """The table's head; amounts are in the currency that it names."""
    words, currency = writer.words, writer.document.currency
    return {
        "position": words("lines.position"),
        "description": words("lines.description"),
        "quantity": words("lines.quantity"),
        "price": words("lines.price"),
        "tax": words("lines.tax"),
        "amount": f"{words('lines.amount')} ({currency})",
    }


def rows(writer: Writer) -> list[Json]:
    """One entry a line, every value ready to print."""
    return [_row(line, writer) for line in writer.document.lines]


def _row(line: Line, writer: Writer) -> Json:
    return {
        "position": str(line.position),
        "description": line.description,
        "detail": line.detail,
        "issues": [_issue(key, writer.document.jira_base_url) for key in line.issue_keys],
        "quantity": f"{writer.quantity(line.quantity_hundredths)}\xa0{writer.words(f'lines.unit.{line.unit.value}')}",
        "price": writer.amount(line.unit_price_minor),
        "tax": _tax(line, writer),
        "amount": writer.amount(line.amount_minor),
    }


def _tax(line: Line, writer: Writer) -> str:
    if line.tax_category is TaxCategory.OUTSIDE_SCOPE:
        return writer.words("lines.untaxed")
    return writer.percent(line.tax_basis_points)


def _issue(key: str, base_url: str) -> Json:
    """The key and the address it opens; without a site the key stands alone."""
    is_web = base_url.startswith(("https://", "http://"))
    return {"key": key, "url": f"{base_url.rstrip('/')}/browse/{quote(key, safe='')}" if is_web else ""}
