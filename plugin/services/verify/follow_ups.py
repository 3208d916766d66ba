"""I1 to I3: nothing sent twice, nothing that disappears, nothing past a gate that was shut."""

from collections.abc import Iterator

from sqlalchemy import func, select

from plugin.services.follow_ups.messages import ASKS_FOR_MONEY
from plugin.services.verify.finding import VerifyFinding
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment

FINAL = ("sent", "failed", "skipped", "superseded", "cancelled", "parked")
OPEN = ("planned", "claimed", "sending", "deferred", "unknown", "verify")
OVER = ("sent", "failed", "cancelled", "skipped")
SETTLED = ("paid", "credited", "written_off")


def follow_up_findings(session: TenantSession) -> Iterator[VerifyFinding]:
    """Looks at members, steps and mails of the tenant."""
    yield from _twice(session)
    yield from _lost(session)
    yield from _left_behind(session)
    yield from _unexplained(session)
    yield from _after_payment(session)


def _twice(session: TenantSession) -> Iterator[VerifyFinding]:
    key = (MessageMember.invoice_id, MessageMember.step_key, MessageMember.occurrence, MessageMember.recipient)
    query = (
        select(*key, func.count())
        .join(
            Effect, (Effect.tenant_id == MessageMember.tenant_id) & (Effect.subject_id == MessageMember.message_row_id)
        )
        .where(MessageMember.tenant_id == session.tenant_id, Effect.kind == "mail", Effect.state == "sent")
        .group_by(*key)
        .having(func.count() > 1)
    )
    for invoice_id, step, _, _, count in session.execute(query):
        yield VerifyFinding("I1", f"Step {step} of invoice {invoice_id} was sent {count} times to one recipient.")


def _lost(session: TenantSession) -> Iterator[VerifyFinding]:
    """An open step needs a next instant, a message or an effect that carries it, or a hold that a person ends."""
    steps = session.scalars(
        select(PlannedStep).where(
            PlannedStep.state.in_(["planned", "deferred"]),
            PlannedStep.next_at.is_(None),
            PlannedStep.message_row_id.is_(None),
            PlannedStep.effect_id.is_(None),
        )
    )
    for step in steps:
        if step.reason_code not in ("no_promise", "after_previous"):
            yield VerifyFinding("I2", f"Step {step.step_key} of invoice {step.invoice_id} waits for nothing.")


def _left_behind(session: TenantSession) -> Iterator[VerifyFinding]:
    """A step that a mail carries is open only as long as that mail is."""
    query = (
        select(PlannedStep.step_key, PlannedStep.invoice_id, Effect.state)
        .join(Effect, (Effect.tenant_id == PlannedStep.tenant_id) & (Effect.subject_id == PlannedStep.message_row_id))
        .where(
            PlannedStep.tenant_id == session.tenant_id,
            PlannedStep.state.in_(OPEN),
            Effect.kind == "mail",
            Effect.state.in_(OVER),
        )
    )
    for step, invoice_id, state in session.execute(query):
        yield VerifyFinding("I2", f"Step {step} of invoice {invoice_id} waits for a mail that is over ({state}).")
    carried = (
        select(PlannedStep.step_key, PlannedStep.invoice_id, Effect.state)
        .join(Effect, (Effect.tenant_id == PlannedStep.tenant_id) & (Effect.id == PlannedStep.effect_id))
        .where(PlannedStep.tenant_id == session.tenant_id, PlannedStep.state.in_(OPEN), Effect.state.in_(OVER))
    )
    for step, invoice_id, state in session.execute(carried):
        yield VerifyFinding("I2", f"Step {step} of invoice {invoice_id} waits for an effect that is over ({state}).")


def _unexplained(session: TenantSession) -> Iterator[VerifyFinding]:
    steps = session.scalars(
        select(PlannedStep).where(PlannedStep.state.in_([*FINAL, "held"]), PlannedStep.reason == "")
    )
    for step in steps:
        yield VerifyFinding(
            "I2", f"Step {step.step_key} of invoice {step.invoice_id} is {step.state} without a reason."
        )


def _after_payment(session: TenantSession) -> Iterator[VerifyFinding]:
    """A gate that was passed after the payment that settled the invoice, unless it is marked as crossed."""
    settled_at = (
        select(func.max(Payment.recorded_at))
        .where(Payment.tenant_id == Invoice.tenant_id, Payment.invoice_id == Invoice.id)
        .correlate(Invoice)
        .scalar_subquery()
    )
    query = (
        select(Invoice.number, Message.id)
        .join(MessageMember, (MessageMember.tenant_id == Invoice.tenant_id) & (MessageMember.invoice_id == Invoice.id))
        .join(Message, (Message.tenant_id == MessageMember.tenant_id) & (Message.id == MessageMember.message_row_id))
        .join(Effect, (Effect.tenant_id == Message.tenant_id) & (Effect.subject_id == Message.id))
        .where(
            Invoice.tenant_id == session.tenant_id,
            Invoice.state.in_(SETTLED),
            Message.kind.in_(ASKS_FOR_MONEY),
            Message.crossed_payment.is_(False),
            Effect.state == "sent",
            Effect.sending_at > settled_at,
        )
    )
    for number, message_id in session.execute(query):
        yield VerifyFinding("I3", f"Invoice {number}: mail {message_id} passed the gate after the payment.")
