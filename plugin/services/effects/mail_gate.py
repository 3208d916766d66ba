"""The one gate, between RCPT and DATA (section 2.3): read again under locks, ask the rules again, compare and set."""

from collections.abc import Callable
from itertools import count

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from plugin.crash_points import crash_point
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.locks import lock_to_check
from plugin.services.effects.mail_sent import GATE, open_balances
from plugin.services.effects.turn_away import turn_away
from plugin.store import effects as moves
from plugin.store.contention import worth_another_try
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect

MayGo = Callable[[TenantSession, Attempt], bool]
"""Asks the rules under locks and moves ``claimed`` to ``sending``; where it says no, the row already says what next."""


def pass_gate(attempt: Attempt, may_go: MayGo) -> bool:
    """True permits DATA. False means that nothing may be sent, and that the row already says why and what next."""
    crash_point("rcpt_accepted", attempt.held.effect_id)
    if attempt.time_left() < attempt.timing.sending_lease.total_seconds():
        attempt.keep(lambda session: _put_back(session, attempt, "The worker's time was over; the next one sends it."))
        return False
    passed = _decide(attempt, may_go)
    if passed:
        crash_point("gate_passed", attempt.held.effect_id)
    return passed


def _decide(attempt: Attempt, may_go: MayGo) -> bool:
    """A connection that breaks amid the commit leaves it open whether the gate was kept: the row knows (F21)."""
    tries = count()

    def decide(session: TenantSession) -> bool:
        is_again = next(tries) > 0
        return (is_again and _is_ours(session, attempt)) or may_go(session, attempt)

    try:
        return attempt.keep(decide)
    except DBAPIError as problem:
        if not worth_another_try(problem):
            raise
        return attempt.keep(lambda session: _is_ours(session, attempt))


def members_may_go(session: TenantSession, attempt: Attempt) -> bool:
    """The rules of a client's mail: every member is planned again."""
    message = lock_to_check(session, attempt.held.subject_id)
    now = attempt.now()
    answer = attempt.runtime.follow_ups.recheck(session, message, now=now)
    if answer.go:
        lease = attempt.timing.sending_lease
        balances = attempt.entry(GATE, open_minor=open_balances(session, message))
        return moves.pass_gate(session, attempt.held, state="sending", now=now, lease=lease, evidence=balances)
    turn_away(session, attempt, message, answer)
    return False


def _is_ours(session: TenantSession, attempt: Attempt) -> bool:
    held = attempt.held
    query = select(Effect.state).where(Effect.id == held.effect_id, Effect.fence == held.fence)
    return session.scalars(query).one_or_none() == "sending"


def _put_back(session: TenantSession, attempt: Attempt, reason: str) -> bool:
    return moves.put_back(session, attempt.held, next_at=attempt.now(), reason=reason)
