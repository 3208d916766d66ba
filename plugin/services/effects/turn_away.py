"""What becomes of a mail that the rules turn away before anything of it was offered, or between RCPT and DATA."""

from plugin.services.effects.attempt import Attempt
from plugin.services.effects.ports import Recheck
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message

QUICK_ROUNDS = 5


def turn_away(session: TenantSession, attempt: Attempt, message: Message, answer: Recheck) -> None:
    """The message is cancelled, waits, or is written anew without what changed. Its rows are locked."""
    now, follow_ups = attempt.now(), attempt.runtime.follow_ups
    if answer.cancelled is not None:
        code, sentence = answer.cancelled.code, answer.cancelled.sentence
        if moves.finish(session, attempt.held, to="cancelled", now=now, reason=sentence):
            session.expire_all()
            follow_ups.message_cancelled(session, message, now=now, code=code, reason=sentence)
        return
    if answer.hold_until is not None:
        moves.put_back(session, attempt.held, next_at=answer.hold_until, reason=answer.hold_reason)
        return
    _write_anew(session, attempt, message, answer)


def _write_anew(session: TenantSession, attempt: Attempt, message: Message, answer: Recheck) -> None:
    """Due at once; after some rounds only as the ladder says, so that a quarrel about the content cannot spin."""
    message.mime = None
    session.flush()
    now = attempt.now()
    next_at = now if attempt.held.attempts <= QUICK_ROUNDS else attempt.next_try() or now + attempt.timing.ladder_end
    reason = "Something changed while the mail was offered; it is written anew."
    if moves.plan_again(session, attempt.held, next_at=next_at, reason=reason) and answer.dropped:
        session.expire_all()
        attempt.runtime.follow_ups.members_dropped(session, message, answer.dropped, now=now)
