"""Opens the task that a step asks of a person: a call, the offer of a plan, a decision."""

from datetime import date, datetime

from sqlalchemy import select

from plugin.services.history.record import record_event
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep, Task
from plugin.store.tables.invoices import Invoice

TITLES = {
    "call": "Call the client",
    "plan_offer": "Offer a payment plan",
    "legal_decision": "Decide on legal steps",
}


def open_task(session: TenantSession, invoice: Invoice, step: PlannedStep, *, today: date, now: datetime) -> Task:
    """Opens the task and marks its step as carried out; the outcome form closes it. One for each step (I1).

    A task that was called off when money came opens again when the money went back.
    """
    task = _task_of(session, invoice, step, now=now)
    task.state, task.due_on = "open", today
    session.add(task)
    step.state, step.next_at, step.done_at, step.done_on = "sent", None, now, today
    step.reason_code, step.reason = "task_open", f"{TITLES[step.channel]}: the task waits for its outcome."
    session.flush()
    record_event(
        session,
        invoice,
        kind="note",
        text=f"{TITLES[step.channel]}: task opened",
        key=f"task:{task.id}:{task.row_version}",
        now=now,
        step_key=step.step_key,
        channel=step.channel,
    )
    return task


def _task_of(session: TenantSession, invoice: Invoice, step: PlannedStep, *, now: datetime) -> Task:
    known = session.scalars(
        select(Task).where(
            Task.invoice_id == invoice.id, Task.step_key == step.step_key, Task.occurrence == step.occurrence
        )
    ).one_or_none()
    return known or Task(
        id=new_id(),
        invoice_id=invoice.id,
        step_key=step.step_key,
        occurrence=step.occurrence,
        kind=step.channel,
        created_at=now,
        row_version=1,
    )
