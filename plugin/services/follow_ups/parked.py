"""What a person decides about a parked step that no mail carries: tried again, or left out with a reason.

A step is parked alone where our own code stumbled over it three times; one that leaves by Jira, webhook or letter is
parked with its effect. What a mail carries is decided for the whole mail (``effects/settle``).
"""

from datetime import datetime

from sqlalchemy import select, update

from plugin.domain.calendar import civil_day
from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.services.billing.lookup import invoice_of
from plugin.services.effects.locks import lock_step
from plugin.services.follow_ups.change_step import keep_change
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

LEFT_OUT = "skipped_by_person"


def try_step_again(session: TenantSession, invoice_id: str, key: str, *, now: datetime, actor: str) -> PlannedStep:
    """Gives a parked step back to the planner, which asks everything anew. Conflict where it is not parked alone."""
    invoice, step = _parked(session, invoice_id, key, now=now, actor=actor)
    step.state, step.reason_code, step.reason, step.next_at = "planned", "", "", now
    keep_change(session, invoice, step, change="tried_again", text="A follow-up is tried again", now=now, actor=actor)
    return step


def leave_step_out(
    session: TenantSession, invoice_id: str, key: str, *, reason: str, now: datetime, actor: str
) -> PlannedStep:
    """Leaves a parked step out; those after it go on."""
    words = _worded(reason)
    invoice, step = _parked(session, invoice_id, key, now=now, actor=actor)
    _end(session, invoice, step, words, now=now)
    keep_change(
        session, invoice, step, change="skipped", text=f"A follow-up was left out: {words}", now=now, actor=actor
    )
    return step


def leave_effect_out(session: TenantSession, effect_id: str, *, reason: str, now: datetime, actor: str) -> PlannedStep:
    """Leaves out a parked or failed step of Jira, a webhook or a letter, whether or not it may have happened."""
    words = _worded(reason)
    effect = session.scalars(select(Effect).where(Effect.id == effect_id)).one_or_none()
    if effect is None or effect.kind not in moves.STEP_KINDS:
        raise NotFound("There is no such step here; reload the page.")
    step = lock_step(session, effect.subject_id)
    invoice = session.get_one(Invoice, (session.tenant_id, step.invoice_id))
    evidence = {"kind": "person", "actor": actor, "at": now.isoformat(), "fence": effect.fence}
    told = f"Left out by a person: {words}"
    if step.effect_id != effect_id or not moves.settle_parked(
        session, effect_id, to="cancelled", now=now, reason=told, evidence=evidence
    ):
        raise Conflict("Somebody else has just settled this; look at it again.")
    session.refresh(step)
    _end(session, invoice, step, words, now=now)
    _settle_alerts(session, f"%:{effect_id}:%", now=now, actor=actor)
    keep_change(
        session, invoice, step, change="skipped", text=f"A follow-up was left out: {words}", now=now, actor=actor
    )
    return step


def _worded(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("Say why this step is left out; the history shows it.", field="reason")
    return reason.strip()


def _parked(
    session: TenantSession, invoice_id: str, key: str, *, now: datetime, actor: str
) -> tuple[Invoice, PlannedStep]:
    invoice = invoice_of(session, invoice_id, lock=True)
    alone = (PlannedStep.message_row_id.is_(None), PlannedStep.effect_id.is_(None), PlannedStep.state == "parked")
    query = select(PlannedStep).where(PlannedStep.invoice_id == invoice.id, PlannedStep.step_key == key, *alone)
    step = session.scalars(query.order_by(PlannedStep.occurrence).with_for_update()).first()
    if step is None:
        raise Conflict("This step does not wait for a person any more, or a mail carries it; reload the page.")
    _settle_alerts(session, f"step-parked:{step.id}", now=now, actor=actor)
    return invoice, step


def _end(session: TenantSession, invoice: Invoice, step: PlannedStep, words: str, *, now: datetime) -> None:
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    step.state, step.next_at, step.done_at, step.done_on = "skipped", None, now, civil_day(now, client.zone)
    step.reason_code, step.reason = LEFT_OUT, f"Left out by a person: {words}"


def _settle_alerts(session: TenantSession, pattern: str, *, now: datetime, actor: str) -> None:
    session.execute(
        update(Alert)
        .where(Alert.tenant_id == session.tenant_id, Alert.dedupe_key.like(pattern), Alert.settled_at.is_(None))
        .values(settled_at=now, settled_by=actor)
        .execution_options(synchronize_session=False)
    )
