"""Carries out what happens in Jira once and belongs to no step: claimed, posting, sent, found again by its marker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from plugin.crash_points import crash_point
from plugin.domain.errors import DunlinError, Permanent
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_site import gateway_of, heard, is_open, note_success
from plugin.services.effects.ports import EffectRuntime
from plugin.services.jira_errors import JiraForbidden, JiraGone, JiraRefused
from plugin.services.jira_gateway import JiraGateway
from plugin.store import effects as moves
from plugin.store.session import TenantSession

Words = Mapping[str, object]
"""JSON: what is to be done, or what came of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Needless:
    """Why nothing is to be done any more, or why not yet (``later``)."""

    sentence: str
    later: datetime | None = None


class JiraOnce(Protocol):
    """One kind of effect. ``marker`` is the effect's id, the same at every attempt."""

    def prepare(self, session: TenantSession, subject_id: str, *, now: datetime) -> Words | Needless:
        """What to do, asked under locks right before it is done."""
        ...

    def act(self, jira: JiraGateway, words: Words, *, marker: str) -> Words:
        """Does it; gives what came of it. What Jira raises passes through."""
        ...

    def done(self, session: TenantSession, subject_id: str, came: Words) -> None:
        """Writes down what came of it, in the transaction of the outcome."""
        ...

    def look(self, jira: JiraGateway, words: Words, doubt: Doubt, *, now: datetime) -> Words | Finding:
        """What came of it after all, or that it is absent, or that nobody can say yet. May raise what Jira does."""
        ...


def carry_once(attempt: Attempt, once: JiraOnce) -> None:
    """Carries out a claimed effect of this kind, to an outcome that stands in the database."""
    words = attempt.keep(lambda session: _pass_gate(session, attempt, once))
    if words is None:
        return
    crash_point("posting", attempt.held.subject_id)
    marker, issue = attempt.held.effect_id, str(words.get("issue_id", ""))
    try:
        came = heard(
            attempt,
            lambda: once.act(gateway_of(attempt.runtime, attempt.tenant_id), words, marker=marker),
            issue_id=issue,
        )
    except (JiraForbidden, JiraGone, JiraRefused) as problem:
        outcomes.failed(attempt, reason=problem.sentence)
        return
    if came is not None:
        crash_point("posted", attempt.held.subject_id)
        attempt.keep(lambda session: _sent(session, attempt, once, came))


def look_for_once(runtime: EffectRuntime, tenant_id: str, doubt: Doubt, once: JiraOnce) -> Finding:
    """FOUND also writes down what came of it."""
    words = doubt.payload.get("words")
    if not isinstance(words, Mapping):
        return Finding.ABSENT
    try:
        found = once.look(gateway_of(runtime, tenant_id), words, doubt, now=runtime.clock.now())
    except (JiraGone, Permanent):
        return Finding.ABSENT
    except DunlinError:
        return Finding.UNOBTAINABLE
    if isinstance(found, Finding):
        return found
    with runtime.writing(tenant_id) as session:
        once.done(session, doubt.subject_id, found)
    return Finding.FOUND


def _pass_gate(session: TenantSession, attempt: Attempt, once: JiraOnce) -> Words | None:
    now = attempt.now()
    if not is_open(session, attempt):
        return None
    words = once.prepare(session, attempt.held.subject_id, now=now)
    if isinstance(words, Needless):
        if words.later is None:
            moves.finish(session, attempt.held, to="skipped", now=now, reason=words.sentence)
        else:
            moves.put_back(session, attempt.held, next_at=words.later, reason=words.sentence)
        return None
    payload = {**attempt.held.payload, "words": dict(words)}
    lease = attempt.timing.sending_lease
    won = moves.pass_gate(session, attempt.held, state="posting", now=now, lease=lease, payload=payload)
    return words if won else None


def _sent(session: TenantSession, attempt: Attempt, once: JiraOnce, came: Words) -> None:
    once.done(session, attempt.held.subject_id, came)
    evidence = attempt.entry("jira", **dict(came))
    if moves.finish(session, attempt.held, to="sent", now=attempt.now(), evidence=evidence):
        note_success(session, now=attempt.now())
    else:
        outcomes.late(session, attempt, evidence)
