"""What a mail says of an invoice and of the seller, taken from their rows."""

from collections.abc import Sequence
from datetime import date

from plugin.domain.late_payment.claim import Claim
from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.services.late_payment.noted import open_claim
from plugin.services.texts.values import ClaimValues, InvoiceValues, SellerValues
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice


def invoice_values(invoice: Invoice, *, amount_due: Money, day: date, credited_minor: int = 0) -> InvoiceValues:
    """The invoice as a mail of ``day`` (the client's civil day) names it; ``amount_due`` is what the mail asks for."""
    currency = currency_of(invoice.currency)
    due_on = invoice.due_on or day
    return InvoiceValues(
        number=invoice.number or "",
        issued_on=invoice.issued_on or day,
        due_on=due_on,
        days_late=max((day - due_on).days, 0),
        gross=Money(invoice.gross_minor, currency),
        paid=Money(invoice.gross_minor - invoice.balance_minor - credited_minor, currency),
        amount_due=amount_due,
        credited=Money(credited_minor, currency) if credited_minor else None,
    )


def seller_values(company: CompanyProfile) -> SellerValues:
    """The company of the profile."""
    return SellerValues(
        name=company.name,
        phone=company.phone,
        email=company.email,
        iban=company.iban,
        bic=company.bic,
        bank_name=company.bank_name,
        address=company.address,
        footer=company.footer,
        colour=company.colour,
    )


def claims_on(session: TenantSession, invoices: Sequence[Invoice], *, day: date) -> tuple[ClaimValues, ...]:
    """The claims that the law gives for invoices on a day; what stands on a debit note is not asked for twice."""
    found = [(invoice.number or "", open_claim(session, invoice, day=day)) for invoice in invoices]
    return tuple(ClaimValues(number=number, claim=claim) for number, claim in found if isinstance(claim, Claim))
