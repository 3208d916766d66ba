"""Sends one mail: written before, offered up to RCPT, gate, body, and what the server said (section 2.2).

A known reply is never in doubt; only silence after the final dot is.
"""

import structlog
from sqlalchemy import select, update

from plugin.crash_points import crash_point
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.mail_channel import (
    Envelope,
    MailDeferred,
    MailInDoubt,
    MailLoginRefused,
    MailRefused,
    Reply,
)
from plugin.services.effects.mail_content import prepare
from plugin.services.effects.mail_gate import pass_gate
from plugin.services.effects.mail_sent import has_crossed
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Contact
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message

log = structlog.get_logger(__name__)


def send_mail(attempt: Attempt) -> None:
    """Carries out a claimed effect of kind mail, to an outcome that stands in the database."""
    envelope = prepare(attempt)
    if envelope is None:
        return
    try:
        reply = _offer(attempt, envelope)
    except MailDeferred as problem:
        outcomes.deferred(attempt, reason=problem.sentence, evidence=_evidence(attempt, problem.reply))
    except MailRefused as problem:
        _refused(attempt, problem)
    except MailLoginRefused as problem:
        _pause_mail(attempt, problem)
    except MailInDoubt as problem:
        outcomes.unsure(attempt, reason=problem.sentence)
    else:
        if reply is not None:
            _accepted(attempt, reply)


def _offer(attempt: Attempt, envelope: Envelope) -> Reply | None:
    return attempt.runtime.mail_channel.send(envelope, gate=lambda: pass_gate(attempt))


def _accepted(attempt: Attempt, reply: Reply) -> None:
    crash_point("accepted", attempt.held.effect_id)
    try:
        attempt.keep(lambda session: _sent(session, attempt, reply))
    except Exception:
        # The server's word outlives trouble of our own: whoever settles the row finds it.
        attempt.keep(lambda session: outcomes.late(session, attempt, _evidence(attempt, reply)))
        raise
    crash_point("outcome_kept", attempt.held.effect_id)


def _refused(attempt: Attempt, problem: MailRefused) -> None:
    if problem.address_failed:
        attempt.keep(lambda session: _address_failed(session, attempt, problem.sentence))
    outcomes.failed(attempt, reason=problem.sentence, evidence=_evidence(attempt, problem.reply))


def _sent(session: TenantSession, attempt: Attempt, reply: Reply) -> None:
    now = attempt.now()
    message = outcomes.message_of(session, attempt)
    evidence = _evidence(attempt, reply)
    if message is None or not moves.finish(session, attempt.held, to="sent", now=now, evidence=evidence):
        outcomes.late(session, attempt, evidence)
        return
    crossed = has_crossed(session, message, attempt.held.effect_id)
    attempt.runtime.follow_ups.message_sent(session, message, now=now, crossed=crossed)


def _address_failed(session: TenantSession, attempt: Attempt, sentence: str) -> None:
    """Marks the address, so that later mails are not planned for it."""
    message = session.get_one(Message, (attempt.tenant_id, attempt.held.subject_id))
    session.execute(
        update(Contact)
        .where(Contact.client_id == message.client_id, Contact.email == message.recipient)
        .values(failed_reason=sentence[:255])
    )


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
    outcomes.deferred(attempt, reason=problem.sentence, evidence=_evidence(attempt, problem.reply))


def _evidence(attempt: Attempt, reply: Reply) -> dict[str, object]:
    return attempt.entry("reply", code=reply.code, text=reply.text[:500])
