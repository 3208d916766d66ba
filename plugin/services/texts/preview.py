"""A mail text before it is kept: written about a real invoice where there is one, else about an invented one."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.services.texts.from_rows import invoice_values, seller_values
from plugin.services.texts.liquid import check_text
from plugin.services.texts.mail import WrittenMail, write
from plugin.services.texts.source import TextSource
from plugin.services.texts.values import InvoiceValues, MailValues
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice


def preview_text(session: TenantSession, *, subject: str, body: str, language: str, today: date) -> WrittenMail:
    """The mail that a wording would make today. Raises InvalidInput with line and column, like saving it does."""
    check_text(subject, field="subject")
    check_text(body, field="body")
    return write(TextSource(subject, body), language, _values(session, today))


def _values(session: TenantSession, today: date) -> MailValues:
    company = session.get_one(CompanyProfile, session.tenant_id)
    newest = (
        select(Invoice)
        .where(Invoice.state.in_([state.value for state in OPEN]), Invoice.due_on.is_not(None))
        .order_by(Invoice.due_on, Invoice.id)
        .limit(1)
    )
    invoice = session.scalars(newest).first()
    client = session.get(Client, (session.tenant_id, invoice.client_id)) if invoice else None
    seller = seller_values(company)
    about = _real(invoice, today) if invoice else _invented(company, today)
    return MailValues(
        client_name=client.name if client else "Example Ltd",
        contact_name="Alex Example",
        invoices=(about,),
        total_due=about.amount_due,
        deadline=today + timedelta(days=7),
        received=about.paid if about.paid.minor else None,
        day=today,
        tone="friendly",
        reminded=True,
        seller=replace(seller, name=seller.name or "Your company"),
    )


def _real(invoice: Invoice, today: date) -> InvoiceValues:
    balance = Money(invoice.balance_minor, currency_of(invoice.currency))
    return invoice_values(invoice, amount_due=balance, day=today)


def _invented(company: CompanyProfile, today: date) -> InvoiceValues:
    currency = currency_of(company.currency)
    amount = Money(119_000, currency)
    return InvoiceValues(
        number="INV-0042",
        issued_on=today - timedelta(days=40),
        due_on=today - timedelta(days=10),
        days_late=10,
        gross=amount,
        paid=Money(0, currency),
        amount_due=amount,
    )
