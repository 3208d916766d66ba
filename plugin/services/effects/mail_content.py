"""Writes a mail once and freezes its bytes, before any server is spoken to; a second attempt sends the same bytes."""

from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import SMTP

from sqlalchemy import bindparam, func, select

from plugin.services.effects.attempt import Attempt
from plugin.services.effects.locks import lock_to_change
from plugin.services.effects.mail_channel import Envelope
from plugin.services.effects.mail_route import MailRoute
from plugin.services.effects.turn_away import turn_away
from plugin.store import effects as moves
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.outbox import Effect

HOUR = timedelta(hours=1)
_LEFT = select(func.count(), func.min(Effect.sending_at)).where(
    Effect.kind.in_(("mail", "staff_mail")), Effect.sending_at > bindparam("since")
)


def prepare(attempt: Attempt, route: MailRoute) -> Envelope:
    """The frozen mail, rendered anew only if what it says has changed.

    Raises InvalidInput or Permanent where the mail cannot be written.
    """
    with attempt.runtime.reading(attempt.tenant_id) as session:
        message = session.get_one(Message, (attempt.tenant_id, attempt.held.subject_id))
        if message.mime is not None and _says_the_same(session, attempt, message):
            return envelope_of(message.mime, message.recipient)
        rendered = attempt.runtime.follow_ups.render_message(session, message)
    date, effect_id = attempt.now(), attempt.held.effect_id
    composed = route.channel.compose(rendered.parts, message_id=message.message_id, effect_id=effect_id, date=date)
    body = route.sign(composed, date)

    def freeze(session: TenantSession) -> None:
        row = session.get_one(Message, (attempt.tenant_id, message.id))
        row.mime, row.content_hash = body, rendered.content_hash
        row.subject, row.text_body = rendered.parts.subject, rendered.parts.text

    attempt.keep(freeze)
    return Envelope(sender=rendered.parts.from_address, recipient=rendered.parts.recipient, body=body)


def _says_the_same(session: TenantSession, attempt: Attempt, message: Message) -> bool:
    return message.content_hash == attempt.runtime.follow_ups.current_content_hash(session, message)


def envelope_of(mime: bytes, recipient: str) -> Envelope:
    """The envelope of a frozen mail: its sender is the address in its own From."""
    header = BytesHeaderParser(policy=SMTP).parsebytes(mime)["From"]
    return Envelope(sender=str(header.addresses[0].addr_spec), recipient=recipient, body=mime)


def must_wait(session: TenantSession, attempt: Attempt) -> bool:
    """Turns the mail away where no server need be asked: what the rules know already, paused mail, a full hour.

    Not even an address is offered to the mail server then (F10, F36).
    """
    now = attempt.now()
    message = lock_to_change(session, attempt.held.subject_id)
    answer = attempt.runtime.follow_ups.before_offer(session, message, now=now)
    if answer is not None:
        turn_away(session, attempt, message, answer)
        return True
    return mail_waits(session, attempt)


def mail_waits(session: TenantSession, attempt: Attempt) -> bool:
    """Whether mail of the tenant is paused or its hour is full; then the row is put back."""
    now = attempt.now()
    settings = session.get(MailSettings, session.tenant_id)
    if settings is None:
        return False
    if settings.paused_reason:
        reason = f"Mail is paused: {settings.paused_reason}"
        return moves.put_back(session, attempt.held, next_at=now + HOUR, reason=reason)
    until = _hour_is_full_until(session, settings.hourly_limit, now)
    if until is None:
        return False
    reason = f"{settings.hourly_limit} mails have left within an hour; this one waits for the next."
    return moves.put_back(session, attempt.held, next_at=until, reason=reason)


def _hour_is_full_until(session: TenantSession, limit: int, now: datetime) -> datetime | None:
    count, oldest = session.execute(_LEFT, {"since": now - HOUR}).one()
    return oldest + HOUR if count >= limit and oldest is not None else None
