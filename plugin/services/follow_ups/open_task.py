"""Opens the tasks of people: those that a step asks for, and those that something else gives rise to."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import func, select

from plugin.services.call_issues.queue import queue_call_issue
from plugin.services.follow_ups.task_words import TITLES
from plugin.services.history.record import record_event
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep, Task
from plugin.store.tables.invoices import Invoice


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
    queue_call_issue(session, invoice, task, now=now)
    _tell(session, invoice, task, now=now, channel=step.channel)
    return task


def open_own_task(
    session: TenantSession,
    invoice: Invoice,
    *,
    kind: str,
    key: str,
    what: str,
    due_on: date,
    now: datetime,
    assignee: str = "",
    detail: Mapping[str, object] | None = None,
) -> Task:
    """Opens a task that no step asks for; ``what`` says it in a sentence, ``key`` names its cause.

    While one of the same kind and key is open there is no second one.
    """
    step_key = f"{kind}:{key}"[:64]
    of_cause = (Task.invoice_id == invoice.id, Task.step_key == step_key)
    known = session.scalars(select(Task).where(*of_cause, Task.state == "open")).first()
    if known is not None:
        return known
    before = session.scalar(select(func.max(Task.occurrence)).where(*of_cause)) or 0
    task = Task(
        id=new_id(),
        invoice_id=invoice.id,
        step_key=step_key,
        occurrence=before + 1,
        kind=kind,
        state="open",
        due_on=due_on,
        assignee=assignee,
        detail={"what": what, **(detail or {})},
        created_at=now,
        row_version=1,
    )
    session.add(task)
    session.flush()
    _tell(session, invoice, task, now=now, note=what)
    return task


def _tell(
    session: TenantSession, invoice: Invoice, task: Task, *, now: datetime, channel: str = "", note: str = ""
) -> None:
    record_event(
        session,
        invoice,
        kind="note",
        text=f"{TITLES[task.kind]}: task opened",
        internal_note=note,
        key=f"task:{task.id}:{task.row_version}",
        now=now,
        step_key=task.step_key,
        channel=channel,
    )


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
