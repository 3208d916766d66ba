"""What an attempt came to, written down in one transaction: the effect, the steps of its mail, and who is told.

A move that does not win means that the lease was over and others decided; then only the evidence is kept.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from plugin.services.effects.attempt import Attempt
from plugin.services.effects.locks import lock_step, lock_to_change
from plugin.services.effects.timing import Timing
from plugin.store import effects as moves
from plugin.store.audit import raise_alert
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, PlannedStep
from plugin.store.tables.outbox import Effect

WHAT = {
    "mail": "A mail",
    "staff_mail": "A mail to a colleague",
    "document": "The PDF of an invoice",
    "jira_comment": "The history comment of an invoice",
    "jira_call": "The Jira issue of a call",
    "jira_call_done": "The end of a call's Jira issue",
    "jira_query": "The Jira issue of a client's question",
    "jira_mention": "The mention of a project's owner",
    "jira_property": "The invoice property of an issue",
}


def message_of(session: TenantSession, attempt: Attempt) -> Message | None:
    """The message of a mail, its rows locked; None for the other kinds."""
    return lock_to_change(session, attempt.held.subject_id) if attempt.held.kind == "mail" else None


def _step_of(session: TenantSession, attempt: Attempt) -> PlannedStep | None:
    """The step that an effect carries alone, its rows locked; None for the other kinds."""
    return lock_step(session, attempt.held.subject_id) if attempt.held.kind in moves.STEP_KINDS else None


def was_in_doubt(session: TenantSession, effect_id: str) -> bool:
    """Whether an earlier attempt may have been taken, so that a repetition may be a second one."""
    entries = session.scalars(select(Effect.evidence).where(Effect.id == effect_id)).one()
    return any(entry.get("kind") == "in_doubt" for entry in entries)


def deferred(
    attempt: Attempt,
    *,
    reason: str,
    next_at: datetime | None = None,
    evidence: Mapping[str, object] | None = None,
) -> None:
    """Known not to have happened: tried again at ``next_at``, by default as the ladder says; at its end it failed."""
    when = next_at or attempt.next_try()
    if when is None:
        failed(attempt, reason=f"Given up after four days of trying. {reason}", evidence=evidence)
        return

    def work(session: TenantSession) -> None:
        message, step = message_of(session, attempt), _step_of(session, attempt)
        if not moves.defer(session, attempt.held, next_at=when, reason=reason, evidence=evidence):
            late(session, attempt, evidence)
        elif message is not None:
            attempt.runtime.follow_ups.message_deferred(
                session, message, now=attempt.now(), next_at=when, reason=reason
            )
        elif step is not None:
            session.expire_all()
            attempt.runtime.follow_ups.step_deferred(session, step, next_at=when, reason=reason)

    attempt.keep(work)


def failed(attempt: Attempt, *, reason: str, evidence: Mapping[str, object] | None = None) -> None:
    """No retry will help: the row ends, and a person is told."""

    def work(session: TenantSession) -> None:
        now = attempt.now()
        message, step = message_of(session, attempt), _step_of(session, attempt)
        if not moves.finish(session, attempt.held, to="failed", now=now, reason=reason, evidence=evidence):
            late(session, attempt, evidence)
            return
        if message is not None:
            attempt.runtime.follow_ups.message_failed(session, message, now=now, reason=reason)
        if step is not None:
            session.expire_all()
            attempt.runtime.follow_ups.step_failed(session, step, now=now, reason=reason)
        alert(session, attempt, kind="failed", words=f"failed: {reason}", now=now)

    attempt.keep(work)


def struck(attempt: Attempt, problem: Exception) -> None:
    """An error of our own. Before the gate it is tried again, twice; after it, it is in doubt."""
    reason = f"An error of Dunlin's own: {type(problem).__name__}."

    def work(session: TenantSession) -> None:
        now = attempt.now()
        wait = now + attempt.timing.ladder[0]
        if moves.strike(session, attempt.held, now=now, next_at=wait, reason=reason) is moves.Stalled.PARKED:
            alert(session, attempt, kind="parked", words=f"was parked after three errors: {reason}", now=now)
            return
        in_doubt(session, attempt, reason=reason, now=now)

    attempt.keep(work)


def unsure(attempt: Attempt, *, reason: str) -> bool:
    """It may have happened: the row goes in doubt, in a transaction of its own. False where the gate is still ahead."""
    return attempt.keep(lambda session: in_doubt(session, attempt, reason=reason, now=attempt.now()))


def in_doubt(session: TenantSession, attempt: Attempt, *, reason: str, now: datetime) -> bool:
    """Nobody knows whether it happened; evidence will tell after the grace."""
    return moves.to_unknown(
        session,
        attempt.held,
        now=now,
        grace=attempt.timing.grace,
        reason=reason,
        evidence=attempt.entry("in_doubt", text=reason),
    )


def late(session: TenantSession, attempt: Attempt, evidence: Mapping[str, object] | None) -> None:
    """Our fence is over: what we learned is kept for whoever settles the row."""
    if evidence is not None:
        moves.add_evidence(session, attempt.held.effect_id, {**evidence, "late": True})


def alert(session: TenantSession, attempt: Attempt, *, kind: str, words: str, now: datetime) -> None:
    """Tells a person about this effect, once."""
    raise_alert(
        session,
        kind=f"{attempt.held.kind}_{kind}",
        sentence=f"{_what(attempt)} {words}",
        subject=attempt.held.subject_id,
        key=f"{kind}:{attempt.held.effect_id}:{attempt.held.fence}",
        now=now,
    )


def _what(attempt: Attempt) -> str:
    room = attempt.runtime.step_channels.get(attempt.held.kind)
    return WHAT[attempt.held.kind] if room is None else room.what


def wait_for_other(
    session: TenantSession, effect_id: str, *, state: str, dead: bool, now: datetime, timing: Timing
) -> None:
    """An effect whose document is not made yet stays due for later; if it never will be, its alert tells a person."""
    reason = f"Waits for the document, which is {state}."
    moves.wait_until(session, effect_id, next_at=now + (timing.ladder[-1] if dead else timing.push), reason=reason)
