"""Adds a mail to a colleague (digest, alert, test): it has no client, no members and no ladder, only the outbox."""

from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.services.addresses import check_address
from plugin.services.follow_ups.messages import MessageIds
from plugin.store.base import new_id
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect
from plugin.store.tables.staff import StaffMail

KINDS = ("digest", "alert", "test")


def add_staff_mail(
    session: TenantSession,
    *,
    kind: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    day: date,
    now: datetime,
    message_ids: MessageIds,
    dedupe_key: str,
    project_id: str | None = None,
) -> Effect:
    """Adds the mail and its effect in the caller's transaction; a known ``dedupe_key`` gives the effect that stands.

    ``kind`` is one of KINDS; ``day`` is the civil day that the mail is about: a digest is not sent after it. Raises
    InvalidInput for an odd kind or address.
    """
    if kind not in KINDS:
        raise InvalidInput(f"A mail to a colleague is one of {', '.join(KINDS)}, not {kind[:20]!r}.", field="kind")
    address = check_address(recipient, field="recipient")
    key = f"staff_mail:{dedupe_key}"
    known = session.scalars(select(Effect).where(Effect.dedupe_key == key)).one_or_none()
    if known is not None:
        return known
    row_id = new_id()
    mail = StaffMail(
        id=row_id,
        kind=kind,
        project_id=project_id,
        recipient=address,
        day=day,
        subject=subject,
        text_body=text,
        html_body=html,
        message_id=message_ids(row_id),
        created_at=now,
    )
    session.add(mail)
    session.flush()
    return add_effect(session, kind="staff_mail", key=key, subject_id=row_id, now=now)
