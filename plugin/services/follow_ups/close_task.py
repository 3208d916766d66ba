"""The outcome of a task: who, when, what came of it, what next. What follows from it stands in ``task_effects``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.calendar import check_reach
from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.domain.payments.instalments import Part
from plugin.domain.reminders.policy import Channel
from plugin.services.billing.lookup import invoice_of
from plugin.services.call_issues.queue import queue_close
from plugin.services.follow_ups.legal import HAND_OVER, propose_hand_over
from plugin.services.follow_ups.open_task import open_own_task
from plugin.services.follow_ups.task_effects import follow_outcome
from plugin.services.follow_ups.task_words import NEEDS_DAY, NEXT, OUTCOMES
from plugin.services.history.record import record_event
from plugin.services.settings.checks import clean_block, clean_line
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the form says. ``promised_on`` is the day of a promise, or the last day of waiting (client's civil day).

    ``next_on`` makes a task of ``next_action``. ``resume_level``: where the ladder goes on if a promise or a plan is
    broken. ``parts``: the instalments of a plan that the client has accepted.
    """

    outcome: str
    notes: str = ""
    next_action: str = ""
    next_on: date | None = None
    spoke_with: str = ""
    promised_on: date | None = None
    amount_minor: int | None = None
    resume_level: int | None = None
    parts: Sequence[Part] = ()


def close_task(session: TenantSession, task_id: str, said: Outcome, *, today: date, now: datetime, actor: str) -> Task:
    """Closes a task with its outcome, records it, and lets the ladder rest or go on accordingly.

    Raises InvalidInput for an outcome the task does not know or a promise without a day, Conflict for a closed task.
    A decision to hand over is only proposed by this: it stays open until another person approves it.
    """
    invoice, task = _load(session, task_id)
    words = _words(task, said, today=today)
    if task.kind == Channel.LEGAL_DECISION and said.outcome == HAND_OVER:
        propose_hand_over(session, invoice, task, notes=said.notes, today=today, now=now, actor=actor)
        return task
    _fill_in(task, said)
    task.done_by, task.done_at = actor, now
    session.flush()
    queue_close(session, task, now=now)
    _record(session, invoice, task, words, now=now, actor=actor)
    follow_outcome(session, invoice, task, said, words=words, today=today, now=now, actor=actor)
    if said.next_on is not None:
        open_own_task(
            session,
            invoice,
            kind=NEXT,
            key=task.id,
            what=task.next_action,
            due_on=said.next_on,
            now=now,
            assignee=actor,
        )
    record_audit(
        session, actor=actor, action=f"task.{task.kind}", subject=invoice.id, now=now, after={"outcome": said.outcome}
    )
    return task


def _load(session: TenantSession, task_id: str) -> tuple[Invoice, Task]:
    """The invoice is locked first, as a payment does, which may call the task off."""
    invoice_id = session.scalars(select(Task.invoice_id).where(Task.id == task_id)).one_or_none()
    if invoice_id is None:
        raise NotFound("There is no such task here; reload the page.")
    invoice = invoice_of(session, invoice_id, lock=True)
    query = select(Task).where(Task.id == task_id).with_for_update()
    task = session.scalars(query, execution_options={"populate_existing": True}).one()
    if task.state != "open":
        raise Conflict("Somebody closed this task already; its record is in the history.")
    return invoice, task


def _fill_in(task: Task, said: Outcome) -> None:
    task.state, task.outcome, task.promised_on = "done", said.outcome, said.promised_on
    task.notes = clean_block(said.notes, field="notes")
    task.next_action = clean_block(said.next_action, field="next_action")
    task.spoke_with = clean_line(said.spoke_with, field="spoke_with")
    task.row_version += 1


def _words(task: Task, said: Outcome, *, today: date) -> str:
    known = OUTCOMES.get(task.kind, {})
    if said.outcome not in known:
        raise InvalidInput("Choose how it ended.", field="outcome")
    if said.outcome in NEEDS_DAY and said.promised_on is None:
        raise InvalidInput("Enter the day, so that the follow-ups can rest until then.", field="promised_on")
    if said.next_on is not None and not said.next_action.strip():
        raise InvalidInput("Say what is to be done on that day.", field="next_action")
    if said.next_on is not None and said.next_on < today:
        raise InvalidInput(f"{said.next_on} is over already; choose today or a later day.", field="next_on")
    for field, day in (("promised_on", said.promised_on), ("next_on", said.next_on)):
        if day is not None:
            check_reach(day, today=today, field=field)
    return known[said.outcome]


def _record(session: TenantSession, invoice: Invoice, task: Task, words: str, *, now: datetime, actor: str) -> None:
    """The comment says that it happened and how it ended; notes and names stay in the panel (L57)."""
    note = "\n".join(
        part
        for part in (
            f"With {task.spoke_with}" if task.spoke_with else "",
            task.notes,
            f"Next: {task.next_action}" if task.next_action else "",
        )
        if part
    )
    record_event(
        session,
        invoice,
        kind="call" if task.kind == Channel.CALL else "plan" if task.kind == Channel.PLAN_OFFER else "note",
        text=words,
        internal_note=note,
        key=f"outcome:{task.id}",
        now=now,
        step_key=task.step_key,
        channel=task.kind,
        actor=actor,
    )
