"""Title, the box of numbers and dates, and the headline with what is to pay and when."""

from plugin.documents.pdf.printable import Json
from plugin.documents.pdf.writer import Writer
from plugin.domain.documents.model import DocumentKind


def title(writer: Writer) -> str:
    """What the paper is, in one or two words."""
    return writer.words(f"title.{writer.document.kind.value}")


def reference(writer: Writer) -> str:
    """Title and number, for the heads of later pages and the file's own title."""
    number = writer.document.number
    return f"{title(writer)} {number}" if number else writer.words("title.draft_note")


def meta(writer: Writer) -> list[Json]:
    """The rows of the box: label and value."""
    document, words = writer.document, writer.words
    rows = [
        (words(f"meta.number.{document.kind.value}"), document.number or words("title.draft")),
        (words("meta.issued"), writer.day(document.issue_date)),
        (words("meta.due"), writer.day(document.due_date) if document.due_date and _asks(writer) else ""),
        (words("meta.period"), _period(writer)),
        *_preceding(writer),
        (words("meta.project"), document.project_name),
        (words("meta.reference"), document.buyer.reference),
        (words("meta.order"), document.buyer.order),
        (words("meta.buyer_vat"), document.buyer.vat_id),
        (words("meta.buyer_legal"), document.buyer.legal_id),
    ]
    return [[label, value] for label, value in rows if value]


def headline(writer: Writer) -> Json:
    """The one figure the reader looks for, with its day."""
    document, words, totals = writer.document, writer.words, writer.document.totals
    if document.kind is DocumentKind.CREDIT_NOTE:
        return {"label": words("headline.credit"), "amount": writer.money(totals.gross_minor), "day": ""}
    if document.kind is DocumentKind.RECEIPT:
        return {"label": words("headline.received"), "amount": writer.money(totals.prepaid_minor), "day": ""}
    if totals.due_minor < 0:
        return {"label": words("headline.overpaid"), "amount": writer.money(-totals.due_minor), "day": ""}
    if totals.due_minor == 0:
        return {"label": words("headline.paid"), "amount": writer.money(0), "day": ""}
    day = words("headline.due_by", date=writer.day(document.due_date)) if document.due_date else ""
    return {"label": words("headline.due"), "amount": writer.money(totals.due_minor), "day": day}


def _asks(writer: Writer) -> bool:
    return writer.document.kind.asks and writer.document.totals.due_minor > 0


def _period(writer: Writer) -> str:
    """When the services were rendered; a debit note is about none."""
    period = writer.document.period
    if period is not None:
        return writer.days(period.start, period.end)
    return "" if writer.document.kind is DocumentKind.DEBIT_NOTE else writer.words("meta.same_day")


def _preceding(writer: Writer) -> list[tuple[str, str]]:
    document, preceding = writer.document, writer.document.preceding
    if preceding is None or document.kind is DocumentKind.INVOICE:
        return []
    value = preceding.number
    if preceding.issue_date:
        value = writer.words("meta.dated", number=value, date=writer.day(preceding.issue_date))
    return [(writer.words(f"meta.preceding.{document.kind.value}"), value)]
