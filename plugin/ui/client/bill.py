"""One invoice on the page behind a mail's links: its lines and sums, what is open, how to pay."""

from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from plugin.catalogue import Catalogue
from plugin.documents.payment_code import payment_code_svg, payment_reference
from plugin.domain.documents.model import InvoiceDocument, Line
from plugin.domain.money import Money
from plugin.formatting import format_date, format_money, format_percent, format_period, format_quantity, spaced_iban
from plugin.services.answers.opened import Bill


@dataclass(frozen=True, kw_only=True, slots=True)
class BillView:
    """One invoice as the page shows it. ``rows`` are lines, ``sums`` and ``pay`` pairs of label and value."""

    place: int
    number: str
    facts: list[tuple[str, str]]
    rows: list[tuple[str, str, str, str, str]]
    sums: list[tuple[str, str]]
    pay: list[tuple[str, str]]
    code: Markup | None
    code_alt: str
    is_open: bool


class Writer:
    """Writes amounts and days in the page's language."""

    def __init__(self, words: Catalogue) -> None:
        self.words = words

    def money(self, amount: Money) -> str:
        currency = amount.currency
        return format_money(
            amount.minor, currency=currency.code, exponent=currency.exponent, language=self.words.language
        )

    def minor(self, minor: int, document: InvoiceDocument) -> str:
        return format_money(minor, currency=document.currency, exponent=document.exponent, language=self.words.language)

    def day(self, day: date) -> str:
        return format_date(day, language=self.words.language)


def bill_view(write: Writer, place: int, bill: Bill) -> BillView:
    """The invoice at a place in the mail, from 1; bank details and code only while something is open."""
    document, words = bill.document, write.words
    period = document.period
    language = words.language
    facts = [
        (words("bill.issued"), write.day(document.issue_date)),
        (words("bill.due"), write.day(document.due_date) if document.due_date else ""),
        (words("bill.period"), format_period(period.start, period.end, language=language) if period else ""),
        (words("bill.for"), document.buyer.name),
    ]
    code = _code(bill) if bill.is_open else None
    return BillView(
        place=place,
        number=document.number or "",
        facts=[fact for fact in facts if fact[1]],
        rows=[_row(write, line, document) for line in document.lines],
        sums=_sums(write, bill),
        pay=_pay(write, bill) if bill.is_open else [],
        code=code,
        code_alt=words(
            "pay.alt",
            amount=write.money(bill.asked),
            iban=spaced_iban(document.seller.iban),
            reference=payment_reference(document),
        )
        if code
        else "",
        is_open=bill.is_open,
    )


def _row(write: Writer, line: Line, document: InvoiceDocument) -> tuple[str, str, str, str, str]:
    quantity = format_quantity(line.quantity_hundredths, language=write.words.language)
    unit = write.words(f"lines.unit.{line.unit.value}")
    price, amount = write.minor(line.unit_price_minor, document), write.minor(line.amount_minor, document)
    return line.description, line.detail, f"{quantity}\u00a0{unit}", price, amount


def _sums(write: Writer, bill: Bill) -> list[tuple[str, str]]:
    document, words = bill.document, write.words
    taxes = [
        (
            words(
                "sums.tax" if row.basis_points else "sums.untaxed",
                rate=format_percent(row.basis_points, language=words.language),
                base=write.minor(row.base_minor, document),
            ),
            write.minor(row.tax_minor, document),
        )
        for row in document.tax_lines
    ]
    paid = document.totals.gross_minor - bill.balance.minor
    return [
        (words("sums.net"), write.minor(document.totals.net_minor, document)),
        *taxes,
        (words("sums.gross"), write.minor(document.totals.gross_minor, document)),
        *([(words("sums.paid"), write.minor(-paid, document))] if paid > 0 else []),
        *([(words("sums.open"), write.money(bill.balance))] if paid > 0 else []),
    ]


def _pay(write: Writer, bill: Bill) -> list[tuple[str, str]]:
    document, words, seller = bill.document, write.words, bill.document.seller
    if not seller.iban:
        return []
    rows = [
        (words("pay.amount"), write.money(bill.asked)),
        (words("pay.holder"), seller.account_holder or seller.name),
        (words("pay.iban"), spaced_iban(seller.iban)),
        (words("pay.bic"), seller.bic),
        (words("pay.bank"), seller.bank_name),
        (words("pay.reference"), payment_reference(document)),
    ]
    return [row for row in rows if row[1]]


def _code(bill: Bill) -> Markup | None:
    """The code of the PDF, over what is asked for now; the drawing is ours."""
    document = bill.document
    svg = payment_code_svg(replace(document, totals=replace(document.totals, due_minor=bill.asked.minor)))
    return Markup(svg) if svg else None  # noqa: S704 - made by segno of digits and a checked IBAN
