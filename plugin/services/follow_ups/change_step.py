"""What a person changes about a step to come: another day, now, or not at all. The history keeps who and why (F14)."""

from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.calendar import check_reach
from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.domain.reminders.step_names import mail_name
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.task_words import TITLES
from plugin.services.history.record import record_event
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice

CHANGEABLE = ("planned", "held", "deferred")


def move_step(
    session: TenantSession, invoice_id: str, key: str, *, to: date, today: date, now: datetime, actor: str
) -> PlannedStep:
    """Puts a step on another day, or the business day after it. ``to`` and ``today`` are the client's civil days."""
    if to < today:
        raise InvalidInput(f"{to} is over already; choose today or a later day.", field="to")
    check_reach(to, today=today, field="to")
    invoice, step = open_step(session, invoice_id, key)
    before, step.moved_to, step.requested = step.planned_on, to, False
    text = f"{_title(step)} moved from {before} to {to}"
    keep_change(session, invoice, step, text=text, change="moved", now=now, actor=actor)
    return step


def send_now(session: TenantSession, invoice_id: str, key: str, *, now: datetime, actor: str) -> PlannedStep:
    """Lets a step go at once: business days and the days between two contacts are not asked, payment and holds are."""
    invoice, step = open_step(session, invoice_id, key)
    step.requested = True
    text = f"{_title(step)}: asked for at once"
    keep_change(session, invoice, step, text=text, change="requested", now=now, actor=actor)
    return step


def skip_step(
    session: TenantSession, invoice_id: str, key: str, *, reason: str, today: date, now: datetime, actor: str
) -> PlannedStep:
    """Leaves a step out, with a reason; the steps after it go on."""
    if not reason.strip():
        raise InvalidInput("Say why this step is left out; the history shows it.", field="reason")
    invoice, step = open_step(session, invoice_id, key)
    step.state, step.next_at, step.done_at, step.done_on = "skipped", None, now, today
    step.reason_code, step.reason = "skipped_by_person", f"Left out by a person: {reason.strip()}"
    text = f"{_title(step)} left out: {reason.strip()}"
    keep_change(session, invoice, step, text=text, change="skipped", now=now, actor=actor)
    return step


def approve_step(session: TenantSession, invoice_id: str, key: str, *, now: datetime, actor: str) -> PlannedStep:
    """Releases a step that waits for a person's word: a policy that asks first, or a mail that is very late (C21)."""
    invoice, step = open_step(session, invoice_id, key)
    if step.approved:
        raise Conflict("This step is approved already; reload the page.")
    step.approved = True
    keep_change(session, invoice, step, text=f"{_title(step)} approved", change="approved", now=now, actor=actor)
    return step


def open_step(session: TenantSession, invoice_id: str, key: str) -> tuple[Invoice, PlannedStep]:
    """A step that is still to come and in nobody's hands, with its invoice, both locked. Conflict for any other."""
    invoice = invoice_of(session, invoice_id, lock=True)
    query = select(PlannedStep).where(PlannedStep.invoice_id == invoice.id, PlannedStep.step_key == key)
    rows = session.scalars(query.order_by(PlannedStep.occurrence).with_for_update()).all()
    if not rows:
        raise NotFound("There is no such step on this invoice; reload the page.")
    row = next((row for row in rows if row.state in CHANGEABLE and _is_free(row)), None)
    if row is None:
        raise Conflict("This step is on its way or done already; reload the page.")
    return invoice, row


def _is_free(row: PlannedStep) -> bool:
    """Neither a mail nor an effect of another channel carries it."""
    return row.message_row_id is None and row.effect_id is None


def keep_change(
    session: TenantSession,
    invoice: Invoice,
    step: PlannedStep,
    *,
    text: str,
    change: str,
    now: datetime,
    actor: str,
) -> None:
    """Plans anew after a person's change of a step (``change``: one word), with its line in history and audit."""
    # The gate waits for whoever changes the invoice row, so a change that is committed is seen (I3).
    invoice.row_version += 1
    session.flush()
    record_event(
        session,
        invoice,
        kind="skipped" if change == "skipped" else "note",
        text=text,
        key=f"step:{step.id}:{change}:{invoice.row_version}",
        now=now,
        step_key=step.step_key,
        channel=step.channel,
        actor=actor,
    )
    replan(session, invoice, now=now)
    # Last: whoever holds the head of the audit chain must wait for nobody.
    record_audit(
        session,
        actor=actor,
        action=f"step.{change}",
        subject=invoice.id,
        now=now,
        after={"step": step.step_key, "moved_to": str(step.moved_to) if step.moved_to else None},
    )


def _title(step: PlannedStep) -> str:
    return TITLES.get(step.channel) or mail_name(step.step_key, step.tone)
