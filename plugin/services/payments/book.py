"""Adds one entry to an invoice's ledger: state, balance, history, ladder, plan and audit follow from it.

Promises and disputes stay: nothing is chased once nothing is owed, and a payment that is taken back finds them again.
"""

from datetime import datetime

from plugin.domain.billing.states import ISSUED_STATES, InvoiceState
from plugin.domain.errors import Conflict
from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind, LadderEffect, LedgerChange, LedgerEntry, add_entry
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.call_off import call_off_tasks
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.history.record import record_event
from plugin.services.letters.outdated import warn_letters
from plugin.services.payments.crossing import last_gate, mails_leaving
from plugin.services.payments.ledger import ledger_of
from plugin.services.plans.watch import keep_plan, take_up_plan
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment


def require_issued(invoice: Invoice) -> None:
    """Raises Conflict for a draft."""
    if InvoiceState(invoice.state) not in ISSUED_STATES:
        raise Conflict("This is a draft: nobody owes it yet. Issue it before you record money.")


def book(session: TenantSession, invoice: Invoice, row: Payment, *, now: datetime, actor: str) -> LedgerChange:
    """Adds ``row`` to the ledger of an invoice that is locked, and does all that follows from it.

    Raises InvalidInput where the rules of the ledger refuse it, Conflict for a draft.
    """
    require_issued(invoice)
    ledger = ledger_of(session, invoice)
    amount = Money(row.amount_minor, currency_of(row.currency))
    change = add_entry(
        ledger,
        LedgerEntry(row.id, EntryKind(row.kind), amount, row.received_on, reverses=row.reverses_id, note=row.note),
    )
    row.recorded_at = last_gate(session, invoice.id, default=now)
    session.add(row)
    before = {"state": invoice.state, "balance_minor": invoice.balance_minor}
    invoice.state, invoice.balance_minor = change.state_after.value, change.ledger.balance.minor
    invoice.row_version += 1
    session.flush()
    _tell(session, invoice, row, change, now=now, actor=actor)
    if change.ladder is LadderEffect.STOP:
        call_off_tasks(session, invoice.id, now=now)
        keep_plan(session, invoice, now=now)
    warn_letters(session, invoice.id, "what is open has changed since it was made")
    if row.kind == EntryKind.REVERSAL:
        take_up_plan(session, invoice, now=now)
    replan(session, invoice, now=now)
    record_audit(
        session,
        actor=actor,
        action=f"payment.{row.kind}",
        subject=invoice.id,
        now=now,
        before=before,
        after={"state": invoice.state, "balance_minor": invoice.balance_minor, "amount_minor": row.amount_minor},
    )
    return change


def _tell(
    session: TenantSession, invoice: Invoice, row: Payment, change: LedgerChange, *, now: datetime, actor: str
) -> None:
    kind = _event(row, change)
    record_event(
        session,
        invoice,
        kind=kind,
        text=_text(row, change),
        key=f"{kind}:{row.id}",
        now=now,
        actor=actor,
        channel="money",
    )
    if row.kind == EntryKind.PAYMENT:
        _flag_crossing(session, invoice, now=now)


def _flag_crossing(session: TenantSession, invoice: Invoice, *, now: datetime) -> None:
    """A reminder past its gate cannot be held back any more; the history says that it crossed with the payment."""
    for message in mails_leaving(session, invoice.id):
        message.crossed_payment = True
        record_event(
            session,
            invoice,
            kind="crossed",
            text="A payment and a reminder crossed: the mail was leaving while the payment was recorded",
            key=f"crossed:{message.id}:{invoice.id}",
            now=now,
        )


def _event(row: Payment, change: LedgerChange) -> str:
    """The kind of the history's line; a write-off that is taken back is no payment that went back."""
    match EntryKind(row.kind):
        case EntryKind.WRITE_OFF:
            return "written_off"
        case EntryKind.CREDIT:
            return "credited"
        case EntryKind.REVERSAL:
            target = change.ledger.find(row.reverses_id or "")
            return "write_off_undone" if target.kind is EntryKind.WRITE_OFF else "reversal"
    return row.kind


def _text(row: Payment, change: LedgerChange) -> str:
    amount = amount_in_words(Money(row.amount_minor, currency_of(row.currency)))
    words = {
        "payment": f"Payment of {amount} received on {day_in_words(row.received_on)}",
        "reversal": f"Payment of {amount} taken back",
        "credited": f"{amount} credited",
        "written_off": f"{amount} written off",
        "write_off_undone": f"Write-off of {amount} taken back",
    }[_event(row, change)]
    if change.ledger.overpaid:
        return f"{words}; {amount_in_words(change.ledger.overpaid)} too much"
    if change.due_after:
        return f"{words}; {amount_in_words(change.due_after)} still open"
    given_up = change.ledger.written_off
    if given_up and row.kind != EntryKind.WRITE_OFF:
        return f"{words}; {amount_in_words(given_up)} stay written off"
    return f"{words}; nothing is open any more"
