"""Settles what is in doubt, by evidence alone (section 2.4). The passage of time never sends anything again."""

from collections.abc import Callable, Mapping

from sqlalchemy import select

from plugin.services.effects.carry_step import content_of
from plugin.services.effects.comment_evidence import look_for_comment
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_once import look_for_once
from plugin.services.effects.jira_onces import ONCE
from plugin.services.effects.locks import lock_step, lock_to_change
from plugin.services.effects.mail_sent import has_crossed
from plugin.services.effects.ports import EffectRuntime
from plugin.services.effects.step_channel import StepJob
from plugin.services.effects.timing import Timing
from plugin.store import effects as moves
from plugin.store.audit import raise_alert
from plugin.store.contention import keep_trying
from plugin.store.leases import lease_now
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, PlannedStep
from plugin.store.tables.outbox import Effect
from plugin.store.tables.staff import StaffMail

MAIL_KINDS = ("mail", "staff_mail")
VAIN_LOOKS = 10
"""A source that has not answered so often is taken for unobtainable; a minute lies between two looks."""


def settle_doubt(runtime: EffectRuntime, tenant_id: str, effect_id: str, *, timing: Timing) -> None:
    """Looks the effect up once its grace is over, and moves it to sent, to planned, or to a person."""
    with runtime.reading(tenant_id) as session:
        doubt = _doubt(session, effect_id)
    if doubt is None:
        return
    if not doubt.grace_over:
        _wait(runtime, tenant_id, doubt, timing=timing, why="grace")
        return
    finding = _LOOKS[doubt.kind](runtime, tenant_id, doubt)
    if finding is Finding.UNOBTAINABLE and doubt.looks < VAIN_LOOKS and _can_look(runtime, doubt):
        _wait(runtime, tenant_id, doubt, timing=timing, why="no_answer")
        return
    keep_trying(lambda: runtime.writing(tenant_id), lambda session: _resolve(session, runtime, doubt, finding))


def _doubt(session: TenantSession, effect_id: str) -> Doubt | None:
    over = (Effect.lease_until.is_(None)) | (Effect.lease_until <= lease_now(session))
    row = session.execute(
        select(
            Effect.kind,
            Effect.subject_id,
            Effect.payload,
            Effect.fence,
            Effect.sending_at,
            Effect.evidence,
            over,
        ).where(Effect.id == effect_id, Effect.state.in_(moves.IN_DOUBT))
    ).one_or_none()
    if row is None:
        return None
    return Doubt(
        effect_id=effect_id,
        kind=row.kind,
        subject_id=row.subject_id,
        payload=row.payload,
        fence=row.fence,
        sending_at=row.sending_at,
        evidence=tuple(row.evidence),
        grace_over=bool(row[6]),
    )


def _look_for_mail(runtime: EffectRuntime, tenant_id: str, doubt: Doubt) -> Finding:
    """What the sender itself learned too late counts most; then the mailbox."""
    for entry in doubt.late_entries:
        code = entry.get("code")
        return Finding.FOUND if isinstance(code, int) and 200 <= code < 300 else Finding.ABSENT
    if runtime.mail_evidence is None:
        return Finding.UNOBTAINABLE
    return runtime.mail_evidence.look(_message_id(runtime, tenant_id, doubt))


def _message_id(runtime: EffectRuntime, tenant_id: str, doubt: Doubt) -> str:
    table = Message if doubt.kind == "mail" else StaffMail
    with runtime.reading(tenant_id) as session:
        return session.scalars(select(table.message_id).where(table.id == doubt.subject_id)).one()


def _look_for_step(runtime: EffectRuntime, tenant_id: str, doubt: Doubt) -> Finding:
    """What came back too late counts most; then the room's own rule."""
    if any(entry.get("kind") == "receipt" for entry in doubt.late_entries):
        return Finding.FOUND
    return runtime.step_channels[doubt.kind].look(
        StepJob(
            runtime=runtime,
            tenant_id=tenant_id,
            effect_id=doubt.effect_id,
            step_id=doubt.subject_id,
            content=content_of(doubt.payload),
            now=runtime.clock.now(),
        )
    )


def _look_for_once(runtime: EffectRuntime, tenant_id: str, doubt: Doubt) -> Finding:
    return look_for_once(runtime, tenant_id, doubt, ONCE[doubt.kind])


def _repeatable(_runtime: EffectRuntime, _tenant_id: str, _doubt: Doubt) -> Finding:
    """A property is put whole and a document is stored once: doing it again does no harm."""
    return Finding.ABSENT


_LOOKS: Mapping[str, Callable[[EffectRuntime, str, Doubt], Finding]] = {
    "mail": _look_for_mail,
    "staff_mail": _look_for_mail,
    "jira_comment": look_for_comment,
    "jira_property": _repeatable,
    "document": _repeatable,
    **dict.fromkeys(moves.STEP_KINDS, _look_for_step),
    **dict.fromkeys(ONCE, _look_for_once),
}


def _can_look(runtime: EffectRuntime, doubt: Doubt) -> bool:
    return doubt.kind not in MAIL_KINDS or runtime.mail_evidence is not None


def _wait(runtime: EffectRuntime, tenant_id: str, doubt: Doubt, *, timing: Timing, why: str) -> None:
    at = runtime.clock.now()

    def work(session: TenantSession) -> None:
        entry = {"kind": "look", "why": why, "at": at.isoformat(), "fence": doubt.fence}
        if why == "grace":
            # Nothing was asked, so nothing is noted.
            moves.push_next(session, [doubt.effect_id], now=at + timing.push, to=at + timing.push / 4)
        else:
            moves.look_again(session, doubt.effect_id, doubt.fence, at=at + timing.push, evidence=entry)

    keep_trying(lambda: runtime.writing(tenant_id), work)


def _resolve(session: TenantSession, runtime: EffectRuntime, doubt: Doubt, finding: Finding) -> None:
    now = runtime.clock.now()
    message = lock_to_change(session, doubt.subject_id) if doubt.kind == "mail" else None
    step = lock_step(session, doubt.subject_id) if doubt.kind in moves.STEP_KINDS else None
    target = {Finding.FOUND: "sent", Finding.ABSENT: "planned"}.get(finding, "parked")
    entry = {"kind": "verdict", "finding": finding.value, "at": now.isoformat(), "fence": doubt.fence}
    reason = "" if target != "parked" else PARKED_REASON if step is None else PARKED_STEP
    if not moves.resolve(session, doubt.effect_id, doubt.fence, to=target, now=now, reason=reason, evidence=entry):
        return
    if target == "parked":
        raise_alert(
            session,
            kind=f"{doubt.kind}_in_doubt",
            sentence=IN_DOUBT_SENTENCE,
            subject=doubt.subject_id,
            key=f"in-doubt:{doubt.effect_id}:{doubt.fence}",
            now=now,
        )
    if step is not None:
        session.expire_all()
        _tell_step(session, runtime, step, finding)
    if message is None:
        return
    if finding is Finding.FOUND:
        crossed = has_crossed(session, message, doubt.effect_id)
        runtime.follow_ups.message_sent(session, message, now=now, crossed=crossed)
    elif finding is Finding.UNOBTAINABLE:
        runtime.follow_ups.message_in_doubt(session, message, now=now, reason=PARKED_REASON)


def _tell_step(session: TenantSession, runtime: EffectRuntime, step: PlannedStep, finding: Finding) -> None:
    if finding is Finding.FOUND:
        runtime.follow_ups.step_sent(session, step, now=runtime.clock.now(), text="", note="")
    elif finding is not Finding.ABSENT:
        runtime.follow_ups.step_in_doubt(session, step, reason=PARKED_STEP)


PARKED_STEP = "May have been carried out: nobody could say. Mark it as sent, or have it done again."
PARKED_REASON = "May have been sent: nobody could say. Mark it as sent, or send it again."
IN_DOUBT_SENTENCE = (
    "A mail or comment may have been sent: Dunlin was interrupted while it left, and nobody could say whether it "
    "arrived. Look into it, then mark it as sent or send it again."
)
