"""Whom an invoice or a receipt goes to, asked again at the gate: contacts and payments change while a mail waits."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from plugin.domain.reminders.policy import Role
from plugin.services.effects.ports import Recheck, Refusal
from plugin.services.follow_ups.gather import recipients_of
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.send_invoice import alert_no_address, billing_addresses
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.payments import Payment

LOOK_AGAIN = timedelta(hours=1)
GONE = "Its recipient is no billing contact of the client any more."
NOBODY = "The client has no working billing address; add one, and the mail goes there."
TAKEN_BACK = "The payment was taken back before its receipt left."


def addressee_says(session: TenantSession, message: Message, member: Member, *, now: datetime) -> Recheck | None:
    """None where the mail still goes where it was meant to go.

    A mail to somebody who is no contact any more goes to a contact who has none about this yet, since nothing of it was
    accepted so far; without one an invoice waits for a person, and a receipt ends.
    """
    if message.kind == MessageKind.RECEIPT and _was_taken_back(session, member):
        return Recheck(cancelled=Refusal(code="payment_taken_back", sentence=TAKEN_BACK))
    billing = {one.address.casefold() for one in recipients_of(session, message.client_id) if one.role is Role.BILLING}
    if message.recipient.casefold() in billing:
        return None
    working = billing_addresses(session, message.client_id)
    for person in working:
        if not _has_mail(session, member, person.address):
            message.recipient = member.row.recipient = person.address
            session.flush()
            return Recheck(stale_content=True)
    if working or message.kind == MessageKind.RECEIPT:
        return Recheck(cancelled=Refusal(code="recipient_gone", sentence=GONE))
    alert_no_address(session, member.invoice, now=now)
    return Recheck(hold_until=now + LOOK_AGAIN, hold_reason=NOBODY)


def _has_mail(session: TenantSession, member: Member, address: str) -> bool:
    known = select(MessageMember.id).where(
        MessageMember.invoice_id == member.row.invoice_id,
        MessageMember.step_key == member.row.step_key,
        MessageMember.occurrence == member.row.occurrence,
        func.lower(MessageMember.recipient) == address.lower(),
    )
    return session.scalars(known).first() is not None


def _was_taken_back(session: TenantSession, member: Member) -> bool:
    """Whether no payment of the receipt's amount stands any more."""
    own = Payment.invoice_id == member.row.invoice_id
    reversed_ids = select(Payment.reverses_id).where(own, Payment.reverses_id.is_not(None))
    standing = select(Payment.id).where(
        own,
        Payment.kind == "payment",
        Payment.amount_minor == member.row.amount_minor,
        Payment.id.not_in(reversed_ids),
    )
    return session.scalars(standing).first() is None
