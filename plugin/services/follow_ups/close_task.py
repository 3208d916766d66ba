"""The outcome of a task: who, when, what came of it, what next. Some outcomes put a hold on the invoice."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.domain.reminders.policy import CallOutcome, Channel
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.holds import put_hold
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.history.record import record_event
from plugin.services.settings.checks import clean_block, clean_line
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice

OUTCOMES: dict[str, dict[str, str]] = {
    Channel.CALL: {
        CallOutcome.ANSWERED: "Spoke with the client",
        CallOutcome.VOICEMAIL: "Left a message on voicemail",
        CallOutcome.NO_ANSWER: "Nobody answered",
        CallOutcome.WRONG_CONTACT: "Wrong contact",
        CallOutcome.PROMISE: "Promised to pay",
        CallOutcome.DISPUTE: "Disputes the invoice",
        CallOutcome.REFUSED: "Refuses to pay",
    },
    Channel.PLAN_OFFER: {
        "accepted": "Payment plan accepted",
        "declined": "Payment plan declined",
        "no_answer": "No answer to the plan",
        "not_offered": "No plan offered",
    },
    Channel.LEGAL_DECISION: {
        "hand_over": "Handed over to collection or a lawyer",
        "wait": "Decided to wait",
        "no_action": "Decided against legal steps",
    },
}
"""The words of the history by kind of task and outcome; each form offers exactly these."""

HOLD_OF = {
    (Channel.CALL, CallOutcome.PROMISE): "promised",
    (Channel.CALL, CallOutcome.DISPUTE): "disputed",
    (Channel.CALL, CallOutcome.WRONG_CONTACT): "obstacle",
    (Channel.PLAN_OFFER, "accepted"): "in_plan",
    (Channel.LEGAL_DECISION, "hand_over"): "handed_over",
    (Channel.LEGAL_DECISION, "wait"): "paused",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What the form says. ``promised_on`` is the day of a promise, or the last day of waiting (client's civil day)."""

    outcome: str
    notes: str = ""
    next_action: str = ""
    spoke_with: str = ""
    promised_on: date | None = None
    amount_minor: int | None = None


def close_task(session: TenantSession, task_id: str, said: Outcome, *, today: date, now: datetime, actor: str) -> Task:
    """Closes a task with its outcome, records it, and lets the ladder rest or go on accordingly.

    Raises InvalidInput for an outcome the task does not know or a promise without a day, Conflict for a closed task.
    """
    invoice, task = _load(session, task_id)
    words = _words(task, said)
    _fill_in(task, said)
    task.done_by, task.done_at = actor, now
    session.flush()
    _record(session, invoice, task, words, now=now, actor=actor)
    hold = HOLD_OF.get((Channel(task.kind), said.outcome))
    if hold is None:
        replan(session, invoice, now=now)
    else:
        put_hold(
            session,
            invoice.id,
            kind=hold,
            reason=task.notes or words,
            today=today,
            now=now,
            actor=actor,
            until=said.promised_on,
            amount_minor=said.amount_minor if hold == "disputed" else None,
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


def _words(task: Task, said: Outcome) -> str:
    known = OUTCOMES.get(task.kind, {})
    if said.outcome not in known:
        raise InvalidInput("Choose how it ended.", field="outcome")
    needs_day = said.outcome in (CallOutcome.PROMISE, "wait")
    if needs_day and said.promised_on is None:
        raise InvalidInput("Enter the day, so that the follow-ups can rest until then.", field="promised_on")
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
