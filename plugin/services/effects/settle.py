"""What a person decides about an effect that Dunlin cannot settle: it was sent, send it again, try again."""

from datetime import datetime

from sqlalchemy import func, select, update

from plugin.domain.errors import Conflict, NotFound
from plugin.domain.reminders.facts import FIRST_RESEND
from plugin.keys import KeyRing
from plugin.services.effects.locks import lock_step, lock_to_change
from plugin.services.effects.message_ids import new_message_id
from plugin.services.effects.ports import FollowUps
from plugin.services.effects.successor import has_successor
from plugin.services.settings.contact_address import forget_failure
from plugin.store import effects as moves
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.outbox import Effect

INVOICE_MAIL = "invoice"
"""The kind of the message that brings an invoice (follow_ups/messages)."""


def mark_as_sent(session: TenantSession, effect_id: str, *, actor: str, now: datetime, follow_ups: FollowUps) -> None:
    """A person knows that a mail in doubt arrived, or brought an invoice to the client otherwise after its mail failed.

    Raises Conflict for any other: a reminder that was never offered is no reminder.
    """
    effect, message = _locked(session, effect_id)
    step = _carried(session, effect)
    in_doubt = effect.state == "parked" and effect.sending_at is not None
    brings_invoice = message is not None and message.kind == INVOICE_MAIL
    if not in_doubt and not (brings_invoice and effect.state in ("parked", "failed")):
        raise Conflict(f"Only what is in doubt can be marked as sent; this is {effect.state}.")
    evidence = {"kind": "person", "actor": actor, "at": now.isoformat(), "fence": effect.fence}
    if not moves.settle_parked(session, effect_id, to="sent", now=now, evidence=evidence):
        raise Conflict("Somebody else has just settled this mail; look at it again.")
    session.expire_all()
    if message is not None:
        follow_ups.message_sent(session, message, now=now, crossed=False)
    if step is not None:
        follow_ups.step_sent(session, step, now=now, text="", note="A person said that it was done.")
    _close(session, effect_id, actor=actor, now=now, action="effect.marked_sent")


def resend(session: TenantSession, effect_id: str, *, actor: str, now: datetime, keys: KeyRing, host_name: str) -> str:
    """Sends a mail in doubt, or one that failed, once more as a new occurrence; gives the id of the new effect.

    A row in doubt ends as cancelled, whatever became of it, so that it never leaves twice under one occurrence (I1);
    one that failed may be asked for again if the new mail was called off. Raises Conflict while that is on its way.
    """
    effect, old = _locked(session, effect_id)
    if old is None or effect.state not in ("parked", "failed"):
        raise Conflict(f"Only a mail that failed or is in doubt can be sent again; this is {effect.state}.")
    _refuse_twice(session, effect)
    forget_failure(session, old.client_id, old.recipient, now=now)
    new = _copy_message(session, old, keys=keys, host_name=host_name, now=now)
    for member in session.scalars(select(MessageMember).where(MessageMember.message_row_id == old.id)).all():
        _copy_member(session, member, new)
    if effect.state == "parked":
        evidence = {"kind": "person", "actor": actor, "at": now.isoformat(), "fence": effect.fence}
        reason = "May have been sent; a person sent it again."
        moves.settle_parked(session, effect_id, to="cancelled", now=now, reason=reason, evidence=evidence)
    added = add_effect(session, kind="mail", key=f"mail:{new.id}", subject_id=new.id, now=now)
    _close(session, effect_id, actor=actor, now=now, action="effect.resent")
    return added.id


def try_again(session: TenantSession, effect_id: str, *, actor: str, now: datetime) -> None:
    """Makes a parked or failed effect due again that was never offered to anybody. Raises Conflict otherwise.

    Of a step that left by a channel of its own a person may know that it did not happen: that is evidence. Whoever
    has a refused mail tried again vouches for its address, or nothing would be offered to it (F39).
    """
    effect, message = _locked(session, effect_id)
    if effect.state not in ("parked", "failed"):
        raise Conflict(f"This is {effect.state}, so there is nothing to try again.")
    if effect.state == "parked" and effect.sending_at is not None and effect.kind not in moves.STEP_KINDS:
        raise Conflict("This was offered and may have arrived; mark it as sent, or send it again as a new one.")
    if message is not None:
        _refuse_twice(session, effect)
    evidence = {"kind": "person", "actor": actor, "at": now.isoformat(), "fence": effect.fence}
    if not moves.settle_parked(session, effect_id, to="planned", now=now, evidence=evidence):
        raise Conflict("Somebody else has just settled this; look at it again.")
    if message is not None:
        forget_failure(session, message.client_id, message.recipient, now=now)
    _close(session, effect_id, actor=actor, now=now, action="effect.tried_again")


def resume_mail(session: TenantSession, *, actor: str, now: datetime) -> None:
    """The login was mended: the tenant's mail goes on, and what waited is due now."""
    settings = session.get_one(MailSettings, session.tenant_id)
    settings.paused_reason = ""
    session.execute(
        update(Effect)
        .where(Effect.kind.in_(("mail", "staff_mail")), Effect.state.in_(("planned", "deferred")), Effect.next_at > now)
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )
    record_audit(session, actor=actor, action="mail.resumed", subject=session.tenant_id, now=now)


def _refuse_twice(session: TenantSession, effect: Effect) -> None:
    """Raises Conflict where somebody has sent this once more already."""
    if has_successor(session, effect):
        raise Conflict("This was sent once more already; reload the page, and look at the newer mail.")


def _locked(session: TenantSession, effect_id: str) -> tuple[Effect, Message | None]:
    """A mail's effect and message, locked in everybody's order: client, invoices, message, then effect."""
    seen = session.execute(select(Effect.kind, Effect.subject_id).where(Effect.id == effect_id)).one_or_none()
    message = lock_to_change(session, seen.subject_id) if seen is not None and seen.kind == "mail" else None
    if seen is not None and seen.kind in moves.STEP_KINDS:
        lock_step(session, seen.subject_id)
    return _effect(session, effect_id), message


def _carried(session: TenantSession, effect: Effect) -> PlannedStep | None:
    """The step that the effect carries alone, as it is now."""
    if effect.kind not in moves.STEP_KINDS:
        return None
    step = session.get_one(PlannedStep, (session.tenant_id, effect.subject_id))
    return step if step.effect_id == effect.id else None


def _effect(session: TenantSession, effect_id: str) -> Effect:
    query = select(Effect).where(Effect.id == effect_id).with_for_update()
    effect = session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if effect is None:
        raise NotFound("There is no such mail.")
    return effect


def _copy_message(session: TenantSession, old: Message, *, keys: KeyRing, host_name: str, now: datetime) -> Message:
    row_id = new_id()
    new = Message(
        id=row_id,
        kind=old.kind,
        client_id=old.client_id,
        currency=old.currency,
        day=old.day,
        recipient=old.recipient,
        message_id=new_message_id(keys, host_name=host_name, tenant_id=session.tenant_id, message_row_id=row_id),
        tone=old.tone,
        language=old.language,
        template=old.template,
        created_at=now,
    )
    session.add(new)
    session.flush()
    return new


def _copy_member(session: TenantSession, member: MessageMember, new: Message) -> None:
    occurrence = _next_occurrence(session, member)
    session.add(
        MessageMember(
            id=new_id(),
            message_row_id=new.id,
            invoice_id=member.invoice_id,
            step_key=member.step_key,
            occurrence=occurrence,
            recipient=member.recipient,
            amount_minor=member.amount_minor,
            words_id=member.words_id,
        )
    )
    step = session.scalars(
        select(PlannedStep).where(
            PlannedStep.invoice_id == member.invoice_id,
            PlannedStep.step_key == member.step_key,
            PlannedStep.occurrence == member.occurrence,
        )
    ).one_or_none()
    if step is not None:
        _copy_step(session, step, new, occurrence=occurrence)
    session.flush()


def _next_occurrence(session: TenantSession, member: MessageMember) -> int:
    """A resend that was called off has left its step behind, so both are asked."""
    last = FIRST_RESEND - 1
    for table in (MessageMember, PlannedStep):
        same = (table.invoice_id == member.invoice_id, table.step_key == member.step_key)
        last = max(last, session.execute(select(func.max(table.occurrence)).where(*same)).scalar_one() or 0)
    return last + 1


def _copy_step(session: TenantSession, step: PlannedStep, new: Message, *, occurrence: int) -> None:
    """The new occurrence, asked for by a person, so courtesy gates such as the send window do not hold it back."""
    session.add(
        PlannedStep(
            id=new_id(),
            invoice_id=step.invoice_id,
            policy_version_id=step.policy_version_id,
            step_key=step.step_key,
            occurrence=occurrence,
            channel=step.channel,
            tone=step.tone,
            level=step.level,
            state="planned",
            requested=True,
            planned_on=step.planned_on,
            deadline_on=step.deadline_on,
            message_row_id=new.id,
            words_id=step.words_id,
        )
    )


def _close(session: TenantSession, effect_id: str, *, actor: str, now: datetime, action: str) -> None:
    session.execute(
        update(Alert)
        .where(Alert.dedupe_key.like(f"%:{effect_id}:%"), Alert.settled_at.is_(None))
        .values(settled_at=now, settled_by=actor)
        .execution_options(synchronize_session=False)
    )
    record_audit(session, actor=actor, action=action, subject=effect_id, now=now)
