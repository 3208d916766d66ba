"""What the issue of a call says: whom to call, about what, what to ask, and how to log it."""

from sqlalchemy import case, select

from plugin.domain.billing.states import OPEN
from plugin.domain.money import Money
from plugin.domain.reminders.policy import Role
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.services.currencies import currency_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.invoices import Invoice

MOST_ITEMS = 20
NO_NUMBER = "No phone number is known; look it up, and enter it at the client in Dunlin."
SCRIPT = (
    "Say who you are and which invoice it is about.",
    "Ask whether it has arrived and whether anything about it is unclear.",
    "Ask on which day it will be paid, and repeat the day.",
    "If something is wrong with it, note what, and which amount it concerns.",
)
LOG_IT = (
    "Log how the call went in Dunlin's panel. Or move this issue to a status named like an outcome (Answered, "
    "Voicemail, No answer, Wrong contact, Promise, Dispute, Refused); for a promise, set the due date to its day."
)


def call_paragraphs(session: TenantSession, invoice: Invoice, client: Client, project: Project) -> list[str]:
    """One line each. Without amounts where the project wants none, or customers may read the issue (F50)."""
    shows_amounts = project.comment_amounts and not project.service_desk
    numbers = _numbers(session, client)
    return [
        f"Call {client.name} about invoice {invoice.number}.",
        *(numbers or [NO_NUMBER]),
        *_open_items(session, invoice, shows_amounts=shows_amounts),
        *SCRIPT,
        LOG_IT,
    ]


def _numbers(session: TenantSession, client: Client) -> list[str]:
    order = case({"billing": 0, "sponsor": 1, "escalation": 2}, value=Contact.role, else_=3)
    theirs = (Contact.client_id == client.id, Contact.phone != "", Contact.role != Role.ACCOUNT_MANAGER.value)
    people = select(Contact).where(*theirs).order_by(order, Contact.id)
    found = [f"{person.name or person.email}: {person.phone}" for person in session.scalars(people)]
    return [*found, f"{client.name}: {client.phone}"] if client.phone else found


def _open_items(session: TenantSession, invoice: Invoice, *, shows_amounts: bool) -> list[str]:
    """The client's open invoices of this project; those of other projects are no business of its members."""
    query = (
        select(Invoice)
        .where(
            Invoice.client_id == invoice.client_id,
            Invoice.project_id == invoice.project_id,
            Invoice.state.in_([state.value for state in OPEN]),
            Invoice.balance_minor > 0,
        )
        .order_by(Invoice.due_on, Invoice.id)
        .limit(MOST_ITEMS)
    )
    return [_item(row, shows_amounts=shows_amounts) for row in session.scalars(query)]


def _item(invoice: Invoice, *, shows_amounts: bool) -> str:
    due = f", due on {day_in_words(invoice.due_on)}" if invoice.due_on else ""
    if not shows_amounts:
        return f"Open: {invoice.number}{due}"
    amount = amount_in_words(Money(invoice.balance_minor, currency_of(invoice.currency)))
    return f"Open: {invoice.number}{due}, {amount}"
