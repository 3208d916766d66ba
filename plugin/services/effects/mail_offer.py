"""Offers one written mail to its server, and writes down every answer but acceptance (section 2.2).

A known reply is never in doubt; only silence after the final dot is.
"""

from collections.abc import Callable

from sqlalchemy import select

from plugin.crash_points import crash_point
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.mail_channel import (
    Envelope,
    MailChannel,
    MailDeferred,
    MailInDoubt,
    MailLoginRefused,
    MailRefused,
    Reply,
)
from plugin.services.effects.mail_gate import MayGo, pass_gate
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings


def offer(
    attempt: Attempt,
    envelope: Envelope,
    channel: MailChannel,
    *,
    may_go: MayGo,
    refused: Callable[[MailRefused], None],
) -> Reply | None:
    """The reply that accepted the mail; None where it did not leave, and the row already says why and what next."""
    try:
        return channel.send(envelope, gate=lambda: pass_gate(attempt, may_go))
    except MailDeferred as problem:
        outcomes.deferred(attempt, reason=problem.sentence, evidence=reply_entry(attempt, problem.reply))
    except MailRefused as problem:
        refused(problem)
    except MailLoginRefused as problem:
        _pause_mail(attempt, problem)
    except MailInDoubt as problem:
        outcomes.unsure(attempt, reason=problem.sentence)
    return None


def accepted(attempt: Attempt, reply: Reply, keep: Callable[[TenantSession, Attempt, dict[str, object]], None]) -> None:
    """Keeps the acceptance in a transaction; ``keep`` gets the reply as an entry of evidence."""
    crash_point("accepted", attempt.held.effect_id)
    evidence = reply_entry(attempt, reply)
    try:
        attempt.keep(lambda session: keep(session, attempt, evidence))
    except Exception:
        # The server's word outlives trouble of our own: whoever settles the row finds it.
        attempt.keep(lambda session: outcomes.late(session, attempt, evidence))
        raise
    crash_point("outcome_kept", attempt.held.effect_id)


def reply_entry(attempt: Attempt, reply: Reply) -> dict[str, object]:
    """A server's reply as evidence."""
    return attempt.entry("reply", code=reply.code, text=reply.text[:500])


def _pause_mail(attempt: Attempt, problem: MailLoginRefused) -> None:
    """One refused login pauses all mail of the tenant: more tries would lock the account (F40)."""

    def pause(session: TenantSession) -> None:
        settings = session.scalars(select(MailSettings).with_for_update()).one_or_none()
        if settings is None or settings.paused_reason:
            return
        settings.paused_reason = problem.sentence[:255]
        words = f"is not sent, and no other either, until the login is mended: {problem.sentence}"
        outcomes.alert(session, attempt, kind="paused", words=words, now=attempt.now())

    attempt.keep(pause)
    outcomes.deferred(attempt, reason=problem.sentence, evidence=reply_entry(attempt, problem.reply))
