"""A wording tried out: as a mail to oneself, and as a page for the frame that shows it while it is typed."""

import hashlib
from datetime import date, datetime

from plugin.services.follow_ups.messages import MessageIds
from plugin.services.follow_ups.staff_mail import add_staff_mail
from plugin.services.texts.mail import WrittenMail
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect, IdempotencyKey

MARK = "[Test] "


def send_trial(
    session: TenantSession, mail: WrittenMail, *, recipient: str, day: date, now: datetime, message_ids: MessageIds
) -> Effect:
    """A test mail through the outbox, without documents and links. InvalidInput for an odd address."""
    return add_staff_mail(
        session,
        kind="test",
        recipient=recipient,
        subject=MARK + mail.subject,
        text=mail.text,
        html=mail.html,
        day=day,
        now=now,
        message_ids=message_ids,
        dedupe_key=f"text:{new_id()}",
    )


def keep_page(session: TenantSession, html: str, *, actor: str, now: datetime) -> str:
    """Keeps the HTML of a mail that somebody is typing until their frame asks for it; one a person, the newest.

    Gives the key to ask with. It is thrown away with the answers to old forms.
    """
    key = f"text-preview:{hashlib.sha256(actor.encode()).hexdigest()[:32]}"
    row = session.get(IdempotencyKey, (session.tenant_id, key))
    if row is None:
        row = IdempotencyKey(key=key, request_hash="", status=0, created_at=now)
        session.add(row)
    row.body, row.created_at = html, now
    session.flush()
    return key


def kept_page(session: TenantSession, key: str) -> str:
    """What was kept; empty where it is gone."""
    row = session.get(IdempotencyKey, (session.tenant_id, key))
    return row.body if row else ""
