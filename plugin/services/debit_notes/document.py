"""A debit note as a document: what is claimed with its days, rates and formula, outside the scope of VAT."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from plugin.catalogue import Catalogue, Place, catalogue
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import (
    DocumentKind,
    InvoiceDocument,
    Language,
    Line,
    Preceding,
    TaxLine,
    Terms,
    Totals,
    Unit,
)
from plugin.domain.late_payment.claim import Claim, formula
from plugin.domain.money import Money
from plugin.formatting import format_amount, format_period
from plugin.services.billing.document import brand_of, buyer_of, language_of, seller_of
from plugin.services.billing.exemptions import exemption_text
from plugin.services.currencies import currency_of
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice

WHOLE = 100
"""One piece, in hundredths: the amount is the price."""


def note_document(
    invoice: Invoice,
    claim: Claim,
    *,
    company: CompanyProfile,
    client: Client,
    contact: Contact | None,
    issue_date: date,
    due: date,
    number: str | None,
) -> InvoiceDocument:
    """The note as it would be issued on ``issue_date`` (the seller's day); ``number`` None is a placeholder.

    Neither side's VAT id stands on it: a document of category O carries none (BR-O-02).
    """
    language = language_of(client.language)
    total = claim.total.minor
    reason = exemption_text(TaxCategory.OUTSIDE_SCOPE, language=language)
    return InvoiceDocument(
        kind=DocumentKind.DEBIT_NOTE,
        number=number,
        issue_date=issue_date,
        due_date=due,
        language=language,
        currency=invoice.currency,
        exponent=currency_of(invoice.currency).exponent,
        seller=seller_of(company, vat_id=""),
        buyer=buyer_of(client, contact, vat_id=""),
        lines=tuple(_lines(claim, language, catalogue(Place.PAPER, language.value))),
        tax_lines=(
            TaxLine(
                category=TaxCategory.OUTSIDE_SCOPE,
                basis_points=0,
                base_minor=total,
                tax_minor=0,
                exemption_reason=reason,
            ),
        ),
        totals=Totals(net_minor=total, tax_minor=0, gross_minor=total, prepaid_minor=0, due_minor=total),
        terms=Terms(days=(due - issue_date).days),
        preceding=Preceding(number=invoice.number or "", issue_date=invoice.issued_on),
        payment_reference=number or "",
        notes=(catalogue(Place.PAPER, language.value)("claimed.about", number=invoice.number or ""),),
        brand=brand_of(company),
    )


def _lines(claim: Claim, language: Language, words: Catalogue) -> Iterator[Line]:
    """Interest and fixed sum, each where there is any; interest is rounded once, so it is one line (L06)."""
    position = 1
    if claim.interest:
        yield _line(position, words("claimed.interest"), claim.interest, _reckoning(claim, language))
        position += 1
    if claim.fixed_sum:
        yield _line(position, words("claimed.fixed_sum"), claim.fixed_sum, "")


def _line(position: int, description: str, amount: Money, detail: str) -> Line:
    return Line(
        position=position,
        description=description,
        detail=detail,
        quantity_hundredths=WHOLE,
        unit=Unit.PIECE,
        unit_price_minor=amount.minor,
        amount_minor=amount.minor,
        tax_category=TaxCategory.OUTSIDE_SCOPE,
        tax_basis_points=0,
    )


def _reckoning(claim: Claim, language: Language) -> str:
    """The days of each segment, and the formula that adds them."""

    def amount(money: Money) -> str:
        return format_amount(money.minor, exponent=money.currency.exponent, language=language.value)

    def percent(rate: Decimal) -> str:
        return f"{format_amount(int(rate * 100), exponent=2, language=language.value)} %"

    days = [format_period(one.first, one.last, language=language.value) for one in claim.segments]
    return f"{'; '.join(days)}: {formula(claim, amount=amount, percent=percent)}"
