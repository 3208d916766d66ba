"""The table of lines, each with the issues behind it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import quote

from plugin.documents.pdf.printable import Json
from plugin.documents.pdf.writer import Writer
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import Line

MOST_TOGETHER: Final = 8


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


def groups(writer: Writer) -> list[Json]:
    """The lines in their order, every value ready to print; lines about the same work share one heading."""
    return [_group(lines, writer) for lines in _together(writer.document.lines)]


def _together(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    """Neighbours with the same description and issues, each with a detail of its own; at most eight, so that they
    fit on a page.
    """
    for (_, _, has_detail), same in groupby(
        lines, key=lambda line: (line.description, line.issue_keys, line.detail != "")
    ):
        found = list(same)
        most = MOST_TOGETHER if has_detail else 1
        for start in range(0, len(found), most):
            yield found[start : start + most]


def _group(lines: Sequence[Line], writer: Writer) -> Json:
    first = lines[0]
    return {
        "description": first.description,
        "issues": [_issue(key, writer.document.jira_base_url) for key in first.issue_keys],
        "rows": [_row(line, writer) for line in lines],
    }


def _row(line: Line, writer: Writer) -> Json:
    return {
        "position": str(line.position),
        "detail": line.detail,
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
    address = f"{base_url.rstrip('/')}/browse/{quote(key, safe='', errors='replace')}"
    return {"key": key, "url": address if is_web else ""}
