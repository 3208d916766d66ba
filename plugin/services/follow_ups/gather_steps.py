"""What already happened: steps, calls, and contacts with the client over all its projects."""

from datetime import datetime, timedelta

from sqlalchemy import select

from plugin.domain.calendar import civil_day
from plugin.domain.reminders.facts import CallRecord, ContactMade, StepRecord, StepRef, StepState
from plugin.domain.reminders.policy import CallOutcome, Channel, Tone
from plugin.services.follow_ups.messages import MessageKind
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep, Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

LONGEST_WAY = timedelta(days=60)
"""A mail in doubt may count as sent so long after the day for which it was put together."""


def records_of(session: TenantSession, invoice_id: str) -> tuple[StepRecord, ...]:
    """One record a stored step; a task step that was opened counts by the state of its task."""
    tasks = {
        (task.step_key, task.occurrence): task
        for task in session.scalars(select(Task).where(Task.invoice_id == invoice_id))
    }
    rows = session.scalars(select(PlannedStep).where(PlannedStep.invoice_id == invoice_id).order_by(PlannedStep.level))
    return tuple(_record(row, tasks.get((row.step_key, row.occurrence))) for row in rows)


def _record(row: PlannedStep, task: Task | None) -> StepRecord:
    state = StepState(row.state)
    if task is not None and state is StepState.SENT:
        state = {"open": StepState.OPEN, "done": StepState.DONE}.get(task.state, StepState.CANCELLED)
    return StepRecord(
        key=row.step_key,
        occurrence=row.occurrence,
        state=state,
        day=row.done_on,
        deadline=row.deadline_on,
        reason_code=row.reason_code,
        reason=row.reason,
        outcome=task.outcome if task else "",
        channel=Channel(row.channel),
        tone=Tone(row.tone),
        level=row.level,
        moved_to=row.moved_to,
        requested=row.requested,
        approved=row.approved,
    )


def calls_of(session: TenantSession, invoice_id: str, zone: str) -> tuple[CallRecord, ...]:
    """Phone calls about the invoice that were logged, by their day at the client's place."""
    tasks = session.scalars(
        select(Task).where(Task.invoice_id == invoice_id, Task.kind == Channel.CALL.value, Task.done_at.is_not(None))
    )
    return tuple(
        CallRecord(civil_day(task.done_at, zone), CallOutcome(task.outcome))
        for task in tasks
        if task.done_at is not None and task.outcome in list(CallOutcome)
    )


def contacts_of(session: TenantSession, client: Client, *, since: datetime) -> tuple[ContactMade, ...]:
    """Follow-up mails sent to the client and calls that reached it since an instant.

    The mail that brings an invoice and a receipt are no chasing, so they do not count.
    """
    return (*_mails(session, client, since), *_calls(session, client, since))


def _mails(session: TenantSession, client: Client, since: datetime) -> list[ContactMade]:
    """Begins with the client's messages: those of a site, over the years, are many more than those of one client."""
    query = (
        select(Message.id, Message.currency, MessageMember)
        .join(
            MessageMember,
            (MessageMember.tenant_id == Message.tenant_id) & (MessageMember.message_row_id == Message.id),
        )
        .where(
            Message.client_id == client.id,
            Message.kind == MessageKind.FOLLOW_UP.value,
            Message.day >= (since - LONGEST_WAY).date(),
        )
    )
    members: dict[str, set[StepRef]] = {}
    currencies: dict[str, str] = {}
    for message_id, currency, member in session.execute(query):
        members.setdefault(message_id, set()).add(StepRef(member.invoice_id, member.step_key, member.occurrence))
        currencies[message_id] = currency
    if not members:
        return []
    sent = select(Effect.subject_id, Effect.done_at).where(
        Effect.subject_id.in_(sorted(members)),
        Effect.kind == "mail",
        Effect.state == "sent",
        Effect.done_at >= since,
    )
    return [
        ContactMade(
            civil_day(done_at or since, client.zone),
            Channel.EMAIL,
            currencies[message_id],
            frozenset(members[message_id]),
        )
        for message_id, done_at in session.execute(sent)
    ]


def _calls(session: TenantSession, client: Client, since: datetime) -> list[ContactMade]:
    query = (
        select(Task)
        .join(Invoice, (Invoice.tenant_id == Task.tenant_id) & (Invoice.id == Task.invoice_id))
        .where(Invoice.client_id == client.id, Task.kind == Channel.CALL.value, Task.done_at >= since)
    )
    return [
        ContactMade(
            civil_day(task.done_at, client.zone),
            Channel.CALL,
            members=frozenset({StepRef(task.invoice_id, task.step_key, task.occurrence)}),
        )
        for task in session.scalars(query)
        if task.done_at is not None and task.outcome in list(CallOutcome) and CallOutcome(task.outcome).is_contact
    ]
