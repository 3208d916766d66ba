"""Whom an invoice or a receipt goes to, asked again at the gate: contacts and payments change while a mail waits."""

from datetime import datetime, timedelta

from plugin.domain.reminders.policy import Role
from plugin.services.effects.ports import Recheck, Refusal
from plugin.services.follow_ups.gather_clients import recipients_of
from plugin.services.follow_ups.members import Member, has_mail
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.send_invoice import alert_no_address, billing_addresses
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message

LOOK_AGAIN = timedelta(hours=1)
GONE = "Its recipient is no billing contact of the client any more."
NOBODY = "The client has no working billing address; add one, and the mail goes there."


def addressee_says(session: TenantSession, message: Message, member: Member, *, now: datetime) -> Recheck | None:
    """None where the mail still goes where it was meant to go.

    A mail to somebody who is no contact any more goes to a contact who has none about this yet, since nothing of it was
    accepted so far; without one an invoice waits for a person, and a receipt ends.
    """
    billing = {one.address.casefold() for one in recipients_of(session, message.client_id) if one.role is Role.BILLING}
    if message.recipient.casefold() in billing:
        return None
    row, working = member.row, billing_addresses(session, message.client_id)
    for person in working:
        if not has_mail(session, row.invoice_id, row.step_key, row.occurrence, to=person.address):
            message.recipient = row.recipient = person.address
            session.flush()
            return Recheck(stale_content=True)
    if working or message.kind == MessageKind.RECEIPT:
        return Recheck(cancelled=Refusal(code="recipient_gone", sentence=GONE))
    alert_no_address(session, member.invoice, now=now)
    return Recheck(hold_until=now + LOOK_AGAIN, hold_reason=NOBODY)
