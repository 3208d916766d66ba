"""Carries out one step of a channel that needs no mail: gate, act, outcome. What is done and said is the room's."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from plugin.crash_points import crash_point
from plugin.domain.errors import DunlinError, Kind, Transient
from plugin.domain.reminders.reasons import ReasonCode
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.jira_site import JIRA_KINDS, heard, note_success
from plugin.services.effects.locks import lock_step
from plugin.services.effects.ports import Refusal
from plugin.services.effects.step_channel import Content, Receipt, StepChannel, StepInDoubt, StepJob
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep

FACTS = "facts"
"""The part of a content that must not change between attempts, where only a part must not."""
CONTENT = "content"
"""Where the payload of an effect keeps what was composed for it."""
CHANGED_IN_DOUBT = (
    "It may have been taken already, and what it says has changed since, so it is not repeated. Ask the taker, then "
    "mark it as sent or have it done again."
)
CHANGED = "What it says has changed since it was offered; it is put together anew."


def carry_step(attempt: Attempt) -> None:
    """Carries out a claimed effect of a step, to an outcome that stands in the database."""
    room = attempt.runtime.step_channels[attempt.held.kind]
    content = attempt.keep(lambda session: _pass_gate(session, attempt, room))
    if content is None:
        return
    crash_point("posting", attempt.held.subject_id)
    receipt = _act(attempt, room, content)
    if receipt is not None:
        crash_point("posted", attempt.held.subject_id)
        attempt.keep(lambda session: _sent(session, attempt, receipt))


def job_of(attempt: Attempt, content: Content) -> StepJob:
    """What the room gets."""
    return StepJob(
        runtime=attempt.runtime,
        tenant_id=attempt.tenant_id,
        effect_id=attempt.held.effect_id,
        step_id=attempt.held.subject_id,
        content=content,
        now=attempt.now(),
    )


def content_of(payload: Mapping[str, object]) -> Content:
    """What was composed at an earlier gate; empty where none was passed."""
    kept = payload.get(CONTENT)
    return kept if isinstance(kept, Mapping) else {}


def _pass_gate(session: TenantSession, attempt: Attempt, room: StepChannel) -> Content | None:
    """Claimed to posting with the content of now, by compare-and-set; None where the row already says what next."""
    step = lock_step(session, attempt.held.subject_id)
    now = attempt.now()
    follow_ups = attempt.runtime.follow_ups
    about = follow_ups.step_at_gate(session, step, effect_id=attempt.held.effect_id, now=now)
    if isinstance(about, Refusal):
        if about.code == ReasonCode.CLOCK_OFF:
            moves.put_back(session, attempt.held, next_at=now + attempt.timing.push, reason=about.sentence)
            return None
        _give_back(session, attempt, step, about)
        return None
    content = room.compose(session, about)
    known = content_of(attempt.held.payload)
    if room.keeps_content and known:
        if known.get(FACTS, known) != content.get(FACTS, content):
            _changed(session, attempt, step)
            return None
        content = known
    payload = {**attempt.held.payload, CONTENT: dict(content)}
    lease = attempt.timing.sending_lease
    won = moves.pass_gate(session, attempt.held, state="posting", now=now, lease=lease, payload=payload)
    return content if won else None


def _act(attempt: Attempt, room: StepChannel, content: Content) -> Receipt | None:
    """The room's answer; None where the failure stands in the database already."""
    try:
        return heard(attempt, lambda: room.act(job_of(attempt, content)), issue_id=str(content.get("issue_id", "")))
    except StepInDoubt as problem:
        outcomes.unsure(attempt, reason=problem.sentence)
    except DunlinError as problem:
        if problem.kind is Kind.TRANSIENT:
            outcomes.deferred(attempt, reason=problem.sentence, next_at=_asked_for(attempt, problem))
        elif problem.kind is Kind.BUG:
            raise
        else:
            outcomes.failed(attempt, reason=problem.sentence)
    return None


def _asked_for(attempt: Attempt, problem: DunlinError) -> datetime | None:
    """As the ladder says, but not before the other side wants it."""
    when = attempt.next_try()
    if when is None or not isinstance(problem, Transient) or problem.retry_after is None:
        return when
    return max(when, attempt.now() + timedelta(seconds=problem.retry_after))


def _sent(session: TenantSession, attempt: Attempt, receipt: Receipt) -> None:
    step = lock_step(session, attempt.held.subject_id)
    evidence = attempt.entry("receipt", text=receipt.text, **dict(receipt.evidence))
    if not moves.finish(session, attempt.held, to="sent", now=attempt.now(), evidence=evidence):
        outcomes.late(session, attempt, evidence)
        return
    session.expire_all()
    attempt.runtime.follow_ups.step_sent(session, step, now=attempt.now(), text=receipt.text, note=receipt.note)
    if attempt.held.kind in JIRA_KINDS:
        note_success(session, now=attempt.now())


def _give_back(session: TenantSession, attempt: Attempt, step: PlannedStep, refusal: Refusal) -> None:
    """Nothing was done: the planner has another verdict now, and gets its step back."""
    now = attempt.now()
    if moves.finish(session, attempt.held, to="cancelled", now=now, reason=refusal.sentence):
        session.expire_all()
        attempt.runtime.follow_ups.step_given_back(session, step, now=now, refusal=refusal)


def _changed(session: TenantSession, attempt: Attempt, step: PlannedStep) -> None:
    """A taker that knew the key would answer with what it made of the old content, or refuse the new one."""
    if not outcomes.was_in_doubt(session, attempt.held.effect_id):
        _give_back(session, attempt, step, Refusal(code="changed", sentence=CHANGED))
        return
    now = attempt.now()
    if moves.finish(session, attempt.held, to="parked", now=now, reason=CHANGED_IN_DOUBT):
        session.expire_all()
        attempt.runtime.follow_ups.step_in_doubt(session, step, reason=CHANGED_IN_DOUBT)
        outcomes.alert(session, attempt, kind="in_doubt", words=f"waits for a person. {CHANGED_IN_DOUBT}", now=now)
