"""A mail text before it is kept: written about a real invoice that a person chose, else about an invented one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import case, select

from plugin.domain.billing.states import OPEN
from plugin.domain.errors import NotFound
from plugin.domain.money import Money, total
from plugin.services.currencies import currency_of
from plugin.services.texts.from_rows import claims_on, invoice_values, seller_values
from plugin.services.texts.liquid import check_text
from plugin.services.texts.mail import WrittenMail, write
from plugin.services.texts.source import TextSource
from plugin.services.texts.values import (
    InstalmentValues,
    InvoiceValues,
    MailValues,
    NoteValues,
    StatementValues,
)
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice

MOST_CHOICES = 50
INVENTED = "invented"


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a preview is about: an invoice (empty: the first that is offered), alone or with the client's others, and
    whether the step states a claim.
    """

    invoice_id: str = ""
    several: bool = False
    states_claim: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """An invoice to write about."""

    invoice_id: str
    label: str


def choices(session: TenantSession, *, language: str) -> list[Choice]:
    """Open invoices, those of clients who speak the language first, the oldest due date first; at last an invented."""
    own_language = case((Client.language == language, 0), else_=1)
    query = (
        select(Invoice.id, Invoice.number, Client.name)
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .where(Invoice.state.in_([state.value for state in OPEN]), Invoice.due_on.is_not(None))
        .order_by(own_language, Invoice.due_on, Invoice.id)
        .limit(MOST_CHOICES)
    )
    found = [Choice(invoice_id=key, label=f"{number}, {name}") for key, number, name in session.execute(query)]
    return [*found, Choice(invoice_id=INVENTED, label="An invented invoice")]


def preview_text(
    session: TenantSession, source: TextSource, *, language: str, today: date, about: About = About()
) -> WrittenMail:
    """The mail that a wording would make today. Raises InvalidInput with line and column, like saving it does."""
    check_text(source.subject, field="subject")
    check_text(source.body, field="body")
    check_text(source.html, field="html")
    return write(source, language, _values(session, about, language=language, today=today))


def _values(session: TenantSession, about: About, *, language: str, today: date) -> MailValues:
    company = session.get_one(CompanyProfile, session.tenant_id)
    chosen = about.invoice_id or choices(session, language=language)[0].invoice_id
    if chosen == INVENTED:
        return _with_samples(_invented(company, today, several=about.several))
    invoice = session.get(Invoice, (session.tenant_id, chosen))
    if invoice is None or invoice.due_on is None:
        raise NotFound("There is no such invoice to write about; reload the page.")
    invoices = [invoice, *(_others(session, invoice) if about.several else ())]
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    values = _mail(company, tuple(_real(one, today) for one in invoices), today, client=client.name)
    contact = select(Contact.name).where(Contact.client_id == client.id, Contact.role == "billing").order_by(Contact.id)
    named = replace(values, contact_name=session.scalars(contact).first() or "")
    return _with_samples(replace(named, claims=claims_on(session, invoices, day=today) if about.states_claim else ()))


def _others(session: TenantSession, invoice: Invoice) -> Sequence[Invoice]:
    """What else the client owes in the same currency."""
    query = select(Invoice).where(
        Invoice.client_id == invoice.client_id,
        Invoice.currency == invoice.currency,
        Invoice.id != invoice.id,
        Invoice.state.in_([state.value for state in OPEN]),
        Invoice.due_on.is_not(None),
    )
    return session.scalars(query.order_by(Invoice.due_on, Invoice.id).limit(MOST_CHOICES)).all()


def _mail(
    company: CompanyProfile, invoices: tuple[InvoiceValues, ...], today: date, *, client: str = "Example Ltd"
) -> MailValues:
    lead = invoices[0]
    seller = seller_values(company)
    return MailValues(
        client_name=client,
        contact_name="Alex Example",
        invoices=invoices,
        total_due=total((one.amount_due for one in invoices), lead.amount_due.currency),
        deadline=today + timedelta(days=7),
        received=lead.paid if lead.paid.minor else lead.amount_due,
        day=today,
        tone="friendly",
        reminded=True,
        seller=replace(seller, name=seller.name or "Your company"),
    )


def _with_samples(values: MailValues) -> MailValues:
    """A promise, an instalment, a statement and a debit note, so that texts about those can be read as well."""
    owed, since = values.total_due, values.day - timedelta(days=30)
    part = Money(owed.minor // 4, owed.currency)
    late = values.day - timedelta(days=4)
    return replace(
        values,
        promised_on=values.day - timedelta(days=3),
        instalment=InstalmentValues(number=2, count=4, due_on=late, amount=part, days_late=4),
        statement=StatementValues(since=since, previous=part, billed=owed, received=part),
        note=NoteValues(number="DN-0042", amount=part, due_on=values.day + timedelta(days=14)),
    )


def _real(invoice: Invoice, today: date) -> InvoiceValues:
    balance = Money(max(invoice.balance_minor, 0), currency_of(invoice.currency))
    return invoice_values(invoice, amount_due=balance, day=today)


def _invented(company: CompanyProfile, today: date, *, several: bool) -> MailValues:
    currency = currency_of(company.currency)
    one = InvoiceValues(
        number="INV-0042",
        issued_on=today - timedelta(days=40),
        due_on=today - timedelta(days=10),
        days_late=10,
        gross=Money(119_000, currency),
        paid=Money(0, currency),
        amount_due=Money(119_000, currency),
    )
    other = replace(one, number="INV-0043", due_on=today - timedelta(days=3), days_late=3)
    return _mail(company, (one, other) if several else (one,), today)
