"""How an invoice stands when a mail names it: ahead of its due day or late, and whether it was reminded before."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import func, select

from plugin.domain.reminders.consolidate import stage_on
from plugin.domain.reminders.facts import delay_of
from plugin.domain.reminders.policy import Channel
from plugin.domain.reminders.wording import Stage
from plugin.services.follow_ups.asked import instalment_alone
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.own_mail import own_mails
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message, PlannedStep
from plugin.store.tables.invoices import Invoice

OF_AN_INSTALMENT = "instalment"
READ = [channel.value for channel in Channel if channel.has_text]


def stage_of(session: TenantSession, member: Member, due: date | None, *, day: date) -> Stage:
    """The stage of what a mail asks for on ``day``, a civil day at the client's place: an instalment has its own.

    ``due``: the invoice's day by ``counted_due_days``.
    """
    part = instalment_alone(session, member, day=day)
    due = part.due_on if part else due
    return stage_on(day, due or day)


def was_reminded(session: TenantSession, invoice: Invoice, due: date | None, *, but_for: str = "") -> bool:
    """Whether a text about the invoice left after it was due. ``but_for``: the id of the planned step at hand.

    What was said of an instalment reminded of that, and of no invoice.
    """
    if due is None:
        return False
    reminder = (
        select(PlannedStep.id)
        .outerjoin(Message, (Message.tenant_id == PlannedStep.tenant_id) & (Message.id == PlannedStep.message_row_id))
        .where(
            PlannedStep.invoice_id == invoice.id,
            PlannedStep.id != but_for,
            PlannedStep.channel.in_(READ),
            PlannedStep.state == "sent",
            PlannedStep.done_on > due,
            func.coalesce(Message.template, "") != OF_AN_INSTALMENT,
        )
    )
    return session.scalars(reminder.limit(1)).first() is not None


def counted_due_day(session: TenantSession, invoice: Invoice, client: Client) -> date | None:
    """As the planner counts: later than the due date where the invoice itself left only after it."""
    return counted_due_days(session, [invoice], client)[invoice.id]


def counted_due_days(session: TenantSession, invoices: Iterable[Invoice], client: Client) -> dict[str, date | None]:
    """The same for some invoices of one client, by their ids."""
    by_id = {invoice.id: invoice for invoice in invoices}
    mails = own_mails(session, dict.fromkeys(by_id, client.zone))
    return {name: _counted(invoice, mails[name].left_on) for name, invoice in by_id.items()}


def _counted(invoice: Invoice, left: date | None) -> date | None:
    if invoice.due_on is None or invoice.issued_on is None:
        return None
    return invoice.due_on + delay_of(issued=invoice.issued_on, due=invoice.due_on, left=left)
