"""Writes a mail: subject, plain text and HTML that say the same, in the client's language."""

from dataclasses import dataclass
from functools import cache

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from plugin.catalogue import Catalogue
from plugin.formatting import format_date, spaced_iban
from plugin.services.texts.fillings import BESIDE, INVOICES, PAYMENT, clean, fillings
from plugin.services.texts.liquid import fill, fill_html
from plugin.services.texts.markup import pieces
from plugin.services.texts.source import FOLDER, TextSource, text_source
from plugin.services.texts.spoken import SpokenMoney
from plugin.services.texts.values import InvoiceValues, MailValues
from plugin.services.texts.words import words_for
from plugin.store.session import TenantSession


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
    filled = fillings(values, words.language)
    subject = " ".join(fill(source.subject, filled, field="subject").split())
    paragraphs = _with_beside(_without_unneeded(_paragraphs(fill(source.body, filled)), values), values)
    shown = {
        "language": words.language,
        "words": words,
        "subject": subject,
        "rows": [_row(invoice, words.language) for invoice in values.invoices],
        "beside": [_row(invoice, words.language) for invoice in values.beside],
        "total": SpokenMoney(values.total_due, words.language),
        "payment": _payment(values, words),
        "links": [(words(f"links.{link.label.value}"), link.address) for link in values.links],
        "seller": values.seller,
        "invoices_mark": INVOICES,
        "beside_mark": BESIDE,
        "payment_mark": PAYMENT,
    }
    text = _jinja().get_template("layout.txt").render(shown | {"paragraphs": paragraphs}).strip() + "\n"
    parts: list[str] = list(paragraphs)
    if source.html:
        parts = _with_beside(_without_unneeded(pieces(fill_html(source.html, filled)), values), values)
    html = _inliner().inline(_jinja().get_template("layout.html").render(shown | {"paragraphs": parts}))
    return WrittenMail(subject=subject, text=text, html=html)


def _paragraphs(body: str) -> list[str]:
    return [paragraph.strip() for paragraph in body.replace("\r\n", "\n").split("\n\n") if paragraph.strip()]


def _without_unneeded(paragraphs: list[str] | list[Markup], values: MailValues) -> list[str]:
    """An invoice that is paid when it leaves is for the books; nobody is to pay it twice."""
    unneeded = set() if values.total_due or values.reference else {PAYMENT}
    unneeded |= set() if values.invoices else {INVOICES}
    return [paragraph for paragraph in paragraphs if paragraph not in unneeded]


def _with_beside(paragraphs: list[str], values: MailValues) -> list[str]:
    """What is not due yet stands under the table; a wording without one has it at its end."""
    if not values.beside:
        return paragraphs
    place = paragraphs.index(INVOICES) + 1 if INVOICES in paragraphs else len(paragraphs)
    return [*paragraphs[:place], BESIDE, *paragraphs[place:]]


def _row(invoice: InvoiceValues, language: str) -> dict[str, str]:
    return {
        "number": invoice.number,
        "issued": format_date(invoice.issued_on, language=language),
        "due": format_date(invoice.due_on, language=language),
        "late": str(invoice.days_late) if invoice.days_late else "",
        "paid": SpokenMoney(invoice.paid, language) if invoice.paid else "",
        "credited": SpokenMoney(invoice.credited, language) if invoice.credited else "",
        "amount": SpokenMoney(invoice.amount_due, language),
    }


def _payment(values: MailValues, words: Catalogue) -> list[tuple[str, str]]:
    """How to pay, as pairs; without an IBAN the seller is asked by phone or mail."""
    seller = values.seller
    pairs = [
        (words("recipient"), clean(seller.name) if seller.iban else ""),
        ("IBAN", spaced_iban(seller.iban)),
        ("BIC", seller.bic),
        (words("bank"), clean(seller.bank_name)),
        (words("reference"), _reference(values)),
    ]
    return [(label, value) for label, value in pairs if value]


def _reference(values: MailValues) -> str:
    return values.reference or ", ".join(invoice.number for invoice in values.invoices)


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
