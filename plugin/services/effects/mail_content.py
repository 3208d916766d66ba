"""Writes a mail once and freezes its bytes, before any server is spoken to; a second attempt sends the same bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.parser import BytesHeaderParser
from email.policy import SMTP
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from plugin.services.effects.attempt import Attempt
from plugin.services.effects.locks import lock_to_change
from plugin.services.effects.mail_channel import Envelope, MailChannel
from plugin.services.effects.mail_route import MailRoute
from plugin.services.effects.ports import RenderedMail
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


class Frozen(NamedTuple):
    """A mail whose bytes are stored, and the way that it takes."""

    envelope: Envelope
    channel: MailChannel


class _Wait(NamedTuple):
    until: datetime
    reason: str


def prepare(attempt: Attempt) -> Frozen | None:
    """The frozen mail, rendered anew only if what it says has changed; None where it has to wait, as its row says.

    Raises InvalidInput or Permanent where the mail cannot be written.
    """
    with _message(attempt) as (session, message):
        written = _write(session, attempt, message) if _is_free(session, attempt, message) else None
        route = attempt.runtime.mail_route(session)
    if written is None:
        if attempt.keep(lambda session: _must_wait(session, attempt)):
            return None
        with _message(attempt) as (session, message):
            written = _write(session, attempt, message)
    envelope = written if isinstance(written, Envelope) else _freeze(attempt, route, written, message.message_id)
    return None if envelope is None else Frozen(envelope, route.channel)


@contextmanager
def _message(attempt: Attempt) -> Iterator[tuple[TenantSession, Message]]:
    with attempt.runtime.reading(attempt.tenant_id) as session:
        yield session, session.get_one(Message, (attempt.tenant_id, attempt.held.subject_id))


def _write(session: TenantSession, attempt: Attempt, message: Message) -> Envelope | RenderedMail:
    if message.mime is not None and _says_the_same(session, attempt, message):
        return envelope_of(message.mime, message.recipient)
    return attempt.runtime.follow_ups.render_message(session, message)


def _freeze(attempt: Attempt, route: MailRoute, rendered: RenderedMail, message_id: str) -> Envelope | None:
    """None where the claim is over: whoever holds the row now has frozen, or will freeze, what it sends."""
    date, effect_id, parts = attempt.now(), attempt.held.effect_id, rendered.parts
    body = route.sign(route.channel.compose(parts, message_id=message_id, effect_id=effect_id, date=date), date)
    frozen = {"mime": body, "content_hash": rendered.content_hash, "subject": parts.subject, "text_body": parts.text}
    claim = select(Effect.id).where(
        Effect.tenant_id == attempt.tenant_id,
        Effect.id == effect_id,
        Effect.fence == attempt.held.fence,
        Effect.state == "claimed",
    )
    own = update(Message).where(
        Message.tenant_id == attempt.tenant_id, Message.id == attempt.held.subject_id, claim.exists()
    )
    is_ours = own.values(**frozen).returning(Message.id).execution_options(synchronize_session=False)
    if not attempt.keep(lambda session: session.execute(is_ours).all()):
        return None
    return Envelope(sender=parts.from_address, recipient=parts.recipient, body=body)


def _says_the_same(session: TenantSession, attempt: Attempt, message: Message) -> bool:
    return message.content_hash == attempt.runtime.follow_ups.current_content_hash(session, message)


def envelope_of(mime: bytes, recipient: str) -> Envelope:
    """The envelope of a frozen mail: its sender is the address in its own From."""
    header = BytesHeaderParser(policy=SMTP).parsebytes(mime)["From"]
    return Envelope(sender=str(header.addresses[0].addr_spec), recipient=recipient, body=mime)


def _is_free(session: TenantSession, attempt: Attempt, message: Message) -> bool:
    """Looked at without locks, since the gate asks under them: nothing is in the way, as nearly always."""
    now = attempt.now()
    return attempt.runtime.follow_ups.may_offer(session, message, now=now) and _wait(session, now) is None


def _must_wait(session: TenantSession, attempt: Attempt) -> bool:
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
    wait = _wait(session, attempt.now())
    return wait is not None and moves.put_back(session, attempt.held, next_at=wait.until, reason=wait.reason)


def _wait(session: TenantSession, now: datetime) -> _Wait | None:
    settings = session.get(MailSettings, session.tenant_id)
    if settings is None:
        return None
    if settings.paused_reason:
        return _Wait(now + HOUR, f"Mail is paused: {settings.paused_reason}")
    until = _hour_is_full_until(session, settings.hourly_limit, now)
    if until is None:
        return None
    return _Wait(until, f"{settings.hourly_limit} mails have left within an hour; this one waits for the next.")


def _hour_is_full_until(session: TenantSession, limit: int, now: datetime) -> datetime | None:
    count, oldest = session.execute(_LEFT, {"since": now - HOUR}).one()
    return oldest + HOUR if count >= limit and oldest is not None else None
