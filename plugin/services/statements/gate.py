"""What a statement is asked before it is offered and at its gate: it lists what is open then, or it waits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from plugin.domain.reminders.reasons import Finding, Outcome, Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.domain.reminders.statement import CATCH_UP
from plugin.services.effects.ports import Dropped, Recheck, Refusal
from plugin.services.follow_ups.amounts import amount_to_ask
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.send_invoice import billing_addresses
from plugin.services.follow_ups.site import site_stops
from plugin.services.statements.listed import listed
from plugin.store.base import new_id
from plugin.store.effects import WAITS_FOR_APPROVAL
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Invoice

LOOK_AGAIN = timedelta(hours=1)
REMINDER_FIRST = "A reminder goes to this client today; the statement follows after the days between two contacts."
TOO_LATE = Refusal(
    code=ReasonCode.TOO_LATE.value,
    sentence="This statement could not leave for two weeks; the next one says all the same.",
)
NOT_WANTED = Refusal(code="not_wanted", sentence="The client gets no statements any more.")
GONE = Refusal(code="recipient_gone", sentence="Its recipient is no billing contact of the client any more.")
SETTLED = Dropped(member_id="", code="settled", sentence="Nothing is open of this invoice any more.")


def statement_says(
    session: TenantSession, message: Message, members: Sequence[Member], *, now: datetime
) -> Recheck | None:
    """None where nothing is in the way. Invoices that may be listed by now join it, and those that may not leave it.

    What the mail says anew by that shows in the hash of its content.
    """
    refusal = _refusal(session, message, now)
    if refusal is not None:
        return Recheck(cancelled=refusal)
    code = site_stops(session)
    if code is not None:
        return Recheck(hold_until=now + LOOK_AGAIN, hold_reason=sentence(Reason(code)))
    month = members[0].row.occurrence
    found = listed(session, message.client_id, message.currency, month=month, now=now)
    if found.asks_first and message.approved_at is None:
        return Recheck(hold_until=now + LOOK_AGAIN, hold_reason=WAITS_FOR_APPROVAL)
    if not found.free:
        return _nothing_to_list(members, found.against, now)
    if found.reminder_first:
        return Recheck(hold_until=now + LOOK_AGAIN, hold_reason=REMINDER_FIRST)
    free = set(found.free)
    dropped = tuple(_dropped(member, found.against) for member in members if member.invoice.id not in free)
    _add(session, message, members[0].row, free - {member.invoice.id for member in members})
    for member in members:
        member.row.amount_minor = amount_to_ask(session, member.invoice).minor
    session.flush()
    return Recheck(dropped=dropped) if dropped else None


def _refusal(session: TenantSession, message: Message, now: datetime) -> Refusal | None:
    if now > message.created_at + CATCH_UP:
        return TOO_LATE
    if session.get_one(Client, (session.tenant_id, message.client_id)).statement_day is None:
        return NOT_WANTED
    working = {person.address.casefold() for person in billing_addresses(session, message.client_id)}
    return None if message.recipient.casefold() in working else GONE


def _nothing_to_list(members: Sequence[Member], found: Mapping[str, Finding | None], now: datetime) -> Recheck:
    """It waits where time or a person may change that; a settled account, or an opt-out, ends it."""
    against = [finding for member in members if (finding := found.get(member.invoice.id)) is not None]
    held = [finding for finding in against if finding.outcome in (Outcome.HOLD, Outcome.WAIT)]
    if held:
        return Recheck(hold_until=held[0].until_at or now + LOOK_AGAIN, hold_reason=sentence(held[0].reason))
    if against:
        reason = against[0].reason
        return Recheck(cancelled=Refusal(code=reason.code.value, sentence=sentence(reason)))
    return Recheck(cancelled=Refusal(code=ReasonCode.SETTLED.value, sentence=SETTLED.sentence))


def _dropped(member: Member, found: Mapping[str, Finding | None]) -> Dropped:
    finding = found.get(member.invoice.id)
    if finding is None:
        return Dropped(member_id=member.row.id, code=SETTLED.code, sentence=SETTLED.sentence)
    return Dropped(member_id=member.row.id, code=finding.reason.code.value, sentence=sentence(finding.reason))


def _add(session: TenantSession, message: Message, like: MessageMember, invoice_ids: set[str]) -> None:
    """New members, of the month and recipient of those that are there."""
    for invoice_id in sorted(invoice_ids):
        invoice = session.get_one(Invoice, (session.tenant_id, invoice_id))
        session.add(
            MessageMember(
                id=new_id(),
                message_row_id=message.id,
                invoice_id=invoice_id,
                step_key=like.step_key,
                occurrence=like.occurrence,
                recipient=like.recipient,
                amount_minor=amount_to_ask(session, invoice).minor,
            )
        )
