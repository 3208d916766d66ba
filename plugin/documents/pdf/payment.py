"""How to pay: the account, the reference and the code for banking apps; and the sentences below."""

from plugin.documents.payment_code import payment_code_svg, payment_reference
from plugin.documents.pdf.printable import Json
from plugin.documents.pdf.writer import Writer
from plugin.domain.documents.model import DocumentKind, InvoiceDocument
from plugin.formatting import spaced_iban


def payment_panel(writer: Writer) -> Json:
    """The account and what to write on the transfer; ``None`` where nothing is to be paid or no account is known."""
    document, words, seller = writer.document, writer.words, writer.document.seller
    asks = document.kind.asks and document.totals.due_minor > 0
    if not asks or not seller.iban:
        return None
    amount, iban = writer.money(document.totals.due_minor), spaced_iban(seller.iban)
    reference = payment_reference(document)
    rows = (
        (words("payment.holder"), seller.account_holder or seller.name),
        (words("payment.iban"), iban),
        (words("payment.bic"), seller.bic),
        (words("payment.bank"), seller.bank_name),
        (words("payment.reference"), reference),
    )
    return {
        "title": words("payment.title"),
        "rows": [[label, value] for label, value in rows if value],
        "code": _code(document, writer, amount=amount, iban=iban, reference=reference),
    }


def remarks(writer: Writer) -> list[Json]:
    """Terms, reasons for not charging tax, and the notes that somebody wrote, one paragraph each."""
    document = writer.document
    found = [*_terms(writer), *(row.exemption_reason for row in document.tax_lines), *document.notes]
    if document.period is None and document.kind is not DocumentKind.DEBIT_NOTE:
        found.append(writer.words("terms.same_day"))
    return [*dict.fromkeys(paragraph for paragraph in found if paragraph.strip())]


def _code(document: InvoiceDocument, writer: Writer, *, amount: str, iban: str, reference: str) -> Json:
    drawing = payment_code_svg(document)
    if drawing is None:
        return None
    alt = writer.words("payment.code_alt", amount=amount, iban=iban, reference=reference)
    return {"svg": drawing, "alt": alt, "caption": writer.words("payment.scan")}


def _terms(writer: Writer) -> list[str]:
    document, words = writer.document, writer.words
    if document.kind is DocumentKind.CREDIT_NOTE:
        return _correction(writer)
    if document.kind is DocumentKind.RECEIPT:
        return [words("terms.thanks")]
    if document.terms.note.strip():
        return [document.terms.note]
    if document.totals.due_minor <= 0:
        return []
    if document.due_date is None:
        return [words("terms.receipt")]
    day = writer.day(document.due_date)
    if document.terms.days:
        return [words.counted("terms.days", document.terms.days, date=day)]
    return [words("terms.date", date=day)]


def _correction(writer: Writer) -> list[str]:
    preceding, words = writer.document.preceding, writer.words
    if preceding is None:
        return []
    sentence = words("terms.credit", number=preceding.number)
    if preceding.issue_date:
        sentence = words("terms.credit_dated", number=preceding.number, date=writer.day(preceding.issue_date))
    return [sentence, words("terms.credit_reason", reason=preceding.reason) if preceding.reason else ""]
