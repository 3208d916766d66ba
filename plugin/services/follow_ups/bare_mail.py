"""Mails that are no reminders: new invoices, receipts, statements. What stops them, early and at the gate."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from plugin.domain.billing.states import InvoiceState
from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.services.debit_notes.gate import note_mail_says
from plugin.services.effects.ports import Recheck, Refusal
from plugin.services.follow_ups.addressee import addressee_says
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.site import site_stops
from plugin.services.statements.gate import statement_says
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.payments import Payment

LOOK_AGAIN, GONE_FOR_NOW = timedelta(hours=1), timedelta(days=1)
"""Whatever ends such a hold wakes the mail as well; this is for what nobody tells us, such as a licence."""
TAKEN_BACK = "The payment was taken back before its receipt left."
_NOT_OWED = {
    InvoiceState.CREDITED: "The invoice was credited in full before it left, so it is not sent.",
    InvoiceState.WRITTEN_OFF: "The invoice was written off before it left, so it is not sent.",
}


def bare_mail_says(
    session: TenantSession, message: Message, members: Sequence[Member], *, now: datetime
) -> Recheck | None:
    """None where nothing is in the way.

    A statement and a debit note have rules of their own; for the others switches and holds of follow-ups do not count:
    they are about one invoice and no reminders.
    """
    if message.kind == MessageKind.STATEMENT:
        return statement_says(session, message, members, now=now)
    member = members[0]
    if message.kind == MessageKind.DEBIT_NOTE:
        return note_mail_says(session, message, member, now=now)
    return (
        _site_says(session, now)
        or _no_longer_meant(session, message, member)
        or addressee_says(session, message, member, now=now)
    )


def _site_says(session: TenantSession, now: datetime) -> Recheck | None:
    code = site_stops(session)
    if code is None:
        return None
    # An uninstalled app may come back, and then the client still has no invoice; its data go soon enough if not.
    after = GONE_FOR_NOW if code is ReasonCode.TENANT_UNINSTALLED else LOOK_AGAIN
    return Recheck(hold_until=now + after, hold_reason=sentence(Reason(code)))


def _no_longer_meant(session: TenantSession, message: Message, member: Member) -> Recheck | None:
    """A paid invoice still goes out: the client needs the document for its books. One that nobody owes does not."""
    if message.kind == MessageKind.RECEIPT:
        if not _was_taken_back(session, member):
            return None
        return Recheck(cancelled=Refusal(code="payment_taken_back", sentence=TAKEN_BACK))
    words = _NOT_OWED.get(InvoiceState(member.invoice.state))
    return Recheck(cancelled=Refusal(code=member.invoice.state, sentence=words)) if words else None


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
