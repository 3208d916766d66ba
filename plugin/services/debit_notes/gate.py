"""What the mail of a debit note is asked before it is offered and at its gate: does all that it says still hold?"""

from datetime import datetime, timedelta

from plugin.domain.billing.states import InvoiceState
from plugin.domain.late_payment.claim import Claim, beyond
from plugin.domain.reminders.debit_note import objection
from plugin.domain.reminders.reasons import Outcome, Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.services.debit_notes.issue import CLAIMABLE
from plugin.services.debit_notes.rows import note_of_mail
from plugin.services.debit_notes.send import alert_note_stays
from plugin.services.effects.ports import Recheck, Refusal
from plugin.services.follow_ups.addressee import addressee_says
from plugin.services.follow_ups.gather import gather
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.site import site_stops
from plugin.services.late_payment.claim import claim_of
from plugin.services.late_payment.noted import CANCELLED, PAID, noted_of, notes_of
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote

LOOK_AGAIN = timedelta(hours=1)
_ENDED = {
    CANCELLED: Refusal(code="note_cancelled", sentence="The debit note was cancelled before it left."),
    PAID: Refusal(code="note_paid", sentence="The debit note was paid before it left."),
}
UNTRUE = "what the law gives is another sum by now, because a payment, a credit, a dispute or a rate was recorded"
NOT_CLAIMED = "the invoice is {state} by now"


def note_mail_says(session: TenantSession, message: Message, member: Member, *, now: datetime) -> Recheck | None:
    """None where nothing is in the way. What a person put on the invoice is asked as for a step sent by hand.

    A note that is not true any more never leaves: it ends with an alert, and a person cancels it and makes another.
    """
    note = note_of_mail(session, member.row)
    ended = _ended(session, member.invoice, note, now=now)
    if ended is not None:
        return Recheck(cancelled=ended)
    code = site_stops(session)
    if code is not None:
        return Recheck(hold_until=now + LOOK_AGAIN, hold_reason=sentence(Reason(code)))
    return _objection(session, member.invoice, now=now) or addressee_says(session, message, member, now=now)


def still_claimed(session: TenantSession, invoice: Invoice, note: DebitNote) -> bool:
    """Whether the law gives for the note's days what the note says, seen from what is recorded by now."""
    claim = claim_of(session, invoice, day=note.until)
    if not isinstance(claim, Claim):
        return False
    before = noted_of([one for one in notes_of(session, invoice.id) if one.place < note.place], invoice.currency)
    left = claim if before is None else beyond(claim, before)
    if not isinstance(left, Claim):
        return False
    return (left.interest.minor, left.fixed_sum.minor) == (note.interest_minor, note.fixed_sum_minor)


def _ended(session: TenantSession, invoice: Invoice, note: DebitNote, *, now: datetime) -> Refusal | None:
    if note.state in _ENDED:
        return _ENDED[note.state]
    state = InvoiceState(invoice.state)
    if state in CLAIMABLE and still_claimed(session, invoice, note):
        return None
    why = UNTRUE if state in CLAIMABLE else NOT_CLAIMED.format(state=state.value.replace("_", " "))
    alert_note_stays(session, note, why, now=now)
    return Refusal(code="note_untrue", sentence=f"It does not leave: {why}.")


def _objection(session: TenantSession, invoice: Invoice, *, now: datetime) -> Recheck | None:
    """It waits for whatever is in its way; what ends a reminder for good ends the mail, and the note stays."""
    asked = gather(session, invoice, now=now)
    found = objection(asked.facts, asked.policy, asked.calendar, asked.today)
    if found is None:
        return None
    words = sentence(found.reason)
    if found.outcome in (Outcome.HOLD, Outcome.WAIT) or found.reason.code is ReasonCode.TENANT_UNINSTALLED:
        return Recheck(hold_until=found.until_at or now + LOOK_AGAIN, hold_reason=words)
    return Recheck(cancelled=Refusal(code=found.reason.code.value, sentence=words))
