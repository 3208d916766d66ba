"""The sums below the table: discounts, net, tax by rate, gross, payments, what is due."""

from plugin.documents.pdf.printable import Json
from plugin.documents.pdf.writer import Writer
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import DocumentKind, TaxLine
from plugin.formatting import format_date, format_money

Row = tuple[str, str]


def sums(writer: Writer) -> Json:
    """Rows in three groups, parted by rules: before the net, net to gross, payments after it."""
    return {
        "adjustments": _listed(_adjustments(writer)),
        "rows": _listed([*_net_and_tax(writer)]),
        "gross": [_gross_label(writer), writer.money(writer.document.totals.gross_minor)],
        "payments": _listed(_payments(writer)),
        "national": _national(writer),
    }


def _listed(rows: list[Row]) -> list[Json]:
    return [[label, amount] for label, amount in rows]


def _adjustments(writer: Writer) -> list[Row]:
    document = writer.document
    if not document.adjustments:
        return []
    lines = sum(line.amount_minor for line in document.lines)
    first = (writer.words("totals.lines"), writer.money(lines))
    return [first, *((item.reason, writer.money(item.signed_minor)) for item in document.adjustments)]


def _net_and_tax(writer: Writer) -> list[Row]:
    document = writer.document
    net = (writer.words("totals.net"), writer.money(document.totals.net_minor))
    return [net, *(_tax(row, writer) for row in document.tax_lines)]


def _tax(row: TaxLine, writer: Writer) -> Row:
    base = writer.money(row.base_minor)
    if row.category is TaxCategory.OUTSIDE_SCOPE:
        return writer.words("totals.outside", base=base), writer.money(row.tax_minor)
    if row.basis_points == 0:
        return writer.words("totals.untaxed", base=base), writer.money(row.tax_minor)
    return writer.words("totals.tax", rate=writer.percent(row.basis_points), base=base), writer.money(row.tax_minor)


def _gross_label(writer: Writer) -> str:
    is_credit = writer.document.kind is DocumentKind.CREDIT_NOTE
    return writer.words("totals.gross_credit" if is_credit else "totals.gross")


def _payments(writer: Writer) -> list[Row]:
    document, words = writer.document, writer.words
    found: list[Row] = []
    for payment in document.payments:
        day = writer.day(payment.received_on)
        label = words("totals.payment", date=day)
        if payment.method:
            label = words("totals.payment_by", date=day, method=payment.method)
        found.append((label, writer.money(-payment.amount_minor)))
    if not found and document.totals.prepaid_minor:
        found.append((words("totals.prepaid"), writer.money(-document.totals.prepaid_minor)))
    if document.totals.rounding_minor:
        found.append((words("totals.rounding"), writer.money(document.totals.rounding_minor)))
    return found


def _national(writer: Writer) -> Json:
    """The tax in the seller's own currency, where the invoice is in another one (L27)."""
    national, language = writer.document.national_tax, writer.document.language.value
    if national is None:
        return []
    label = writer.words(
        "totals.national",
        currency=national.currency,
        rate=national.rate,
        own=writer.document.currency,
        date=format_date(national.rate_date, language=language),
    )
    amount = format_money(national.tax_minor, currency=national.currency, exponent=national.exponent, language=language)
    return [label, amount]
