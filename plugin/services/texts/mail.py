"""Writes a mail: subject, plain text and HTML that say the same, in the client's language."""

from dataclasses import dataclass
from functools import cache

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from plugin.domain.money import Money
from plugin.formatting import format_date, format_money
from plugin.services.texts.liquid import fill
from plugin.services.texts.source import FOLDER, TextSource, text_source
from plugin.services.texts.values import InvoiceValues, MailValues
from plugin.services.texts.words import Words, words_for
from plugin.store.session import TenantSession

INVOICES = "\x00invoices\x00"
PAYMENT = "\x00payment\x00"
BESIDE = "\x00beside\x00"


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenMail:
    """A mail in words, ready to be put into MIME."""

    subject: str
    text: str
    html: str


def write_mail(session: TenantSession, template: str, language: str, values: MailValues) -> WrittenMail:
    """The mail of a template in a language, by the wording in force."""
    return write(text_source(session, template, language), language, values)


def write(source: TextSource, language: str, values: MailValues) -> WrittenMail:
    """The mail of a given wording; also what a live preview shows."""
    words = words_for(language)
    filled = _strings(values, language)
    body = fill(source.body, filled)
    subject = " ".join(fill(source.subject, filled, field="subject").split())
    paragraphs = [paragraph.strip() for paragraph in body.replace("\r\n", "\n").split("\n\n") if paragraph.strip()]
    if not values.total_due:
        # An invoice that is paid when it leaves is for the books; nobody is to pay it twice.
        paragraphs = [paragraph for paragraph in paragraphs if paragraph != PAYMENT]
    if values.beside:
        # Under the table; a wording without one has what is not due yet at its end.
        place = paragraphs.index(INVOICES) + 1 if INVOICES in paragraphs else len(paragraphs)
        paragraphs.insert(place, BESIDE)
    rows = [_row(invoice, language) for invoice in values.invoices]
    shown = {
        "language": words.language,
        "words": words,
        "subject": subject,
        "paragraphs": paragraphs,
        "rows": rows,
        "beside": [_row(invoice, language) for invoice in values.beside],
        "total": _money(values.total_due, language),
        "payment": _payment(values, words),
        "links": [(words.links[link.label], link.address) for link in values.links],
        "seller": values.seller,
        "invoices_mark": INVOICES,
        "beside_mark": BESIDE,
        "payment_mark": PAYMENT,
    }
    text = _jinja().get_template("layout.txt").render(shown).strip() + "\n"
    html = _inliner().inline(_jinja().get_template("layout.html").render(shown))
    return WrittenMail(subject=subject, text=text, html=html)


def _strings(values: MailValues, language: str) -> dict[str, str]:
    """Every name of the closed list as a ready-made string; what does not apply is empty."""
    lead = values.invoices[0]
    return {
        "client": values.client_name,
        "contact": values.contact_name,
        "number": lead.number,
        "numbers": ", ".join(invoice.number for invoice in values.invoices),
        "count": str(len(values.invoices)) if len(values.invoices) > 1 else "",
        "due_date": format_date(lead.due_on, language=language),
        "days_late": str(lead.days_late) if lead.days_late else "",
        "total_due": _money(values.total_due, language) if values.total_due else "",
        "reminded": "yes" if values.reminded else "",
        "received": _money(values.received, language) if values.received else "",
        "deadline": format_date(values.deadline, language=language) if values.deadline else "",
        "seller": values.seller.name,
        "phone": values.seller.phone,
        "email": values.seller.email,
        "invoices": INVOICES,
        "payment_details": PAYMENT,
    }


def _row(invoice: InvoiceValues, language: str) -> dict[str, str]:
    return {
        "number": invoice.number,
        "issued": format_date(invoice.issued_on, language=language),
        "due": format_date(invoice.due_on, language=language),
        "late": str(invoice.days_late) if invoice.days_late else "",
        "paid": _money(invoice.paid, language) if invoice.paid else "",
        "amount": _money(invoice.amount_due, language),
    }


def _payment(values: MailValues, words: Words) -> list[tuple[str, str]]:
    """How to pay, as pairs; without an IBAN the seller is asked by phone or mail."""
    seller = values.seller
    spaced = " ".join(seller.iban[start : start + 4] for start in range(0, len(seller.iban), 4))
    pairs = [
        (words.recipient, seller.name if seller.iban else ""),
        ("IBAN", spaced),
        ("BIC", seller.bic),
        (words.bank, seller.bank_name),
        (words.reference, ", ".join(invoice.number for invoice in values.invoices)),
    ]
    return [(label, value) for label, value in pairs if value]


def _money(amount: Money, language: str) -> str:
    currency = amount.currency
    return format_money(amount.minor, currency=currency.code, exponent=currency.exponent, language=language)


@cache
def _jinja() -> Environment:
    """Our own layouts only; a user's wording comes in as text and is escaped."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
