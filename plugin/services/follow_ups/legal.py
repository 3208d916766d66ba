"""Legal steps: one person proposes to hand an invoice over, another approves; never before the final notice is over.

No law is threatened by the software: the decision, and the letter, are people's (F46).
"""

from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.sentences import day_in_words
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.holds import put_hold
from plugin.services.history.record import record_event
from plugin.services.settings.checks import clean_block
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep, Task
from plugin.store.tables.invoices import Invoice

HAND_OVER = "hand_over"
NOTICES = (Channel.EMAIL.value, Channel.LETTER.value)
"""By what a final notice reaches a client for sure enough to go to law after it."""
PROPOSED = "proposed_by"


def final_deadline(session: TenantSession, invoice_id: str) -> date | None:
    """The last day that the newest final notice gave; None where none was sent."""
    query = select(PlannedStep.deadline_on).where(
        PlannedStep.invoice_id == invoice_id,
        PlannedStep.tone == Tone.FINAL.value,
        PlannedStep.channel.in_(NOTICES),
        PlannedStep.state == "sent",
        PlannedStep.deadline_on.is_not(None),
    )
    return session.scalars(query.order_by(PlannedStep.deadline_on.desc()).limit(1)).first()


def require_final_deadline_over(session: TenantSession, invoice_id: str, *, today: date) -> None:
    """Raises Conflict while no final notice was sent, or its deadline still runs. ``today`` is the client's day."""
    deadline = final_deadline(session, invoice_id)
    if deadline is None:
        raise Conflict("No final notice with a deadline was sent; legal steps come only after it.")
    if today <= deadline:
        raise Conflict(f"The final notice gives the client until {day_in_words(deadline)}; wait until that is over.")


def propose_hand_over(
    session: TenantSession, invoice: Invoice, task: Task, *, notes: str, today: date, now: datetime, actor: str
) -> None:
    """Notes on an open legal task that it is to be handed over; it stays open until somebody else approves."""
    require_final_deadline_over(session, invoice.id, today=today)
    if task.detail.get(PROPOSED):
        raise Conflict("Handing over is proposed already; it waits for another person's approval.")
    why = clean_block(notes, field="notes")
    if not why:
        raise InvalidInput("Say why, and to whom; whoever approves reads it.", field="notes")
    task.detail = {**task.detail, PROPOSED: actor, "proposed_at": now.isoformat(), "reason": why}
    task.row_version += 1
    session.flush()
    _tell(session, invoice, task, "Handing over proposed; it waits for approval", note=why, now=now, actor=actor)
    _audit(session, invoice, task, "proposed", now=now, actor=actor)


def approve_hand_over(session: TenantSession, task_id: str, *, today: date, now: datetime, actor: str) -> Task:
    """Carries out what another person proposed: the hold "handed over" stops everything else.

    Raises NotAllowed for the proposer, Conflict where nothing is proposed.
    """
    invoice, task = _proposed(session, task_id)
    if task.detail[PROPOSED] == actor:
        raise NotAllowed("You proposed it yourself; somebody else who bills this project has to approve it.")
    require_final_deadline_over(session, invoice.id, today=today)
    reason = str(task.detail.get("reason", ""))
    task.state, task.outcome, task.notes = "done", HAND_OVER, reason
    task.done_by, task.done_at = str(task.detail[PROPOSED]), now
    task.approved_by, task.approved_at = actor, now
    task.row_version += 1
    session.flush()
    _tell(session, invoice, task, "Handing over approved", note=reason, now=now, actor=actor)
    put_hold(session, invoice.id, kind="handed_over", reason=reason, today=today, now=now, actor=actor)
    _audit(session, invoice, task, "approved", now=now, actor=actor)
    return task


def refuse_hand_over(session: TenantSession, task_id: str, *, reason: str, now: datetime, actor: str) -> Task:
    """Takes a proposal off the task, which stays open. The proposer may do that too."""
    invoice, task = _proposed(session, task_id)
    why = clean_block(reason, field="reason")
    if not why:
        raise InvalidInput("Say why it is not handed over; the proposer reads it.", field="reason")
    task.detail = {
        name: value for name, value in task.detail.items() if name not in (PROPOSED, "proposed_at", "reason")
    }
    task.row_version += 1
    session.flush()
    _tell(session, invoice, task, "Handing over refused", note=why, now=now, actor=actor)
    _audit(session, invoice, task, "refused", now=now, actor=actor)
    return task


def _proposed(session: TenantSession, task_id: str) -> tuple[Invoice, Task]:
    invoice_id = session.scalars(
        select(Task.invoice_id).where(Task.id == task_id, Task.kind == Channel.LEGAL_DECISION.value)
    ).one_or_none()
    if invoice_id is None:
        raise NotFound("There is no such task here; reload the page.")
    invoice = invoice_of(session, invoice_id, lock=True)
    task = session.get_one(Task, (session.tenant_id, task_id), with_for_update=True, populate_existing=True)
    if task.state != "open" or not task.detail.get(PROPOSED):
        raise Conflict("Nothing is proposed here any more; reload the page.")
    return invoice, task


def _tell(
    session: TenantSession, invoice: Invoice, task: Task, text: str, *, note: str, now: datetime, actor: str
) -> None:
    record_event(
        session,
        invoice,
        kind="note",
        text=text,
        internal_note=note,
        key=f"legal:{task.id}:{task.row_version}",
        now=now,
        step_key=task.step_key,
        channel=task.kind,
        actor=actor,
    )


def _audit(session: TenantSession, invoice: Invoice, task: Task, what: str, *, now: datetime, actor: str) -> None:
    record_audit(session, actor=actor, action=f"legal.{what}", subject=invoice.id, now=now, after={"task": task.id})
