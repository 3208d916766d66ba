"""Sends one mail to a client: written before, offered up to RCPT, gate, body, and the server's word (section 2.2)."""

from functools import partial

from sqlalchemy import update

from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.mail_channel import MailRefused
from plugin.services.effects.mail_content import prepare
from plugin.services.effects.mail_gate import members_may_go
from plugin.services.effects.mail_offer import accepted, offer, reply_entry
from plugin.services.effects.mail_sent import has_crossed
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Contact
from plugin.store.tables.follow_ups import Message


def send_mail(attempt: Attempt) -> None:
    """Carries out a claimed effect of kind mail, to an outcome that stands in the database."""
    mail = prepare(attempt)
    if mail is None:
        return
    refused = partial(_refused, attempt)
    reply = offer(attempt, mail.envelope, mail.channel, may_go=members_may_go, refused=refused)
    if reply is not None:
        accepted(attempt, reply, _sent)


def _refused(attempt: Attempt, problem: MailRefused) -> None:
    if problem.address_failed:
        attempt.keep(lambda session: _address_failed(session, attempt, problem.sentence))
    outcomes.failed(attempt, reason=problem.sentence, evidence=reply_entry(attempt, problem.reply))


def _sent(session: TenantSession, attempt: Attempt, evidence: dict[str, object]) -> None:
    now = attempt.now()
    message = outcomes.message_of(session, attempt)
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
