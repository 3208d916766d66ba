"""Records money: a payment, a reversal, a write-off. The ladder stops, goes on with the rest, or starts again."""

from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.billing.states import ISSUED_STATES, InvoiceState
from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind, LadderEffect, LedgerChange, LedgerEntry, add_entry
from plugin.domain.reminders.sentences import amount_in_words, day_in_words
from plugin.services.billing.lookup import invoice_of
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.call_off import call_off_tasks
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.send_receipt import add_receipt_mail
from plugin.services.history.record import record_event
from plugin.services.payments.crossing import last_gate, mails_leaving
from plugin.services.payments.ledger import ledger_of
from plugin.services.settings.checks import clean_block, clean_line
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment


def record_payment(
    session: TenantSession,
    invoice_id: str,
    *,
    amount: Money,
    received_on: date,
    today: date,
    now: datetime,
    actor: str,
    message_ids: MessageIds,
    method: str = "transfer",
    reference: str = "",
    receipt: bool = True,
) -> LedgerChange:
    """Adds a payment; ``received_on`` and ``today`` are the seller's civil days.

    Raises InvalidInput for an amount of zero or less, another currency or a day in the future, Conflict for a draft.
    More than what is due is taken and shown as overpaid.
    """
    if received_on > today:
        raise InvalidInput(f"The payment is dated {received_on}, which is still to come.", field="received_on")
    row = Payment(
        id=new_id(),
        invoice_id=invoice_id,
        kind=EntryKind.PAYMENT.value,
        amount_minor=amount.minor,
        currency=amount.currency.code,
        received_on=received_on,
        method=clean_line(method, field="method", longest=32),
        reference=clean_line(reference, field="reference"),
        recorded_by=actor,
        recorded_at=now,
    )
    invoice, change = _add(session, row, now=now, actor=actor)
    if receipt and change.receipt is not None:
        add_receipt_mail(session, invoice, payment=row, message_ids=message_ids, now=now)
    return change


def reverse_payment(
    session: TenantSession, payment_id: str, *, today: date, now: datetime, actor: str, reason: str
) -> LedgerChange:
    """Takes a payment back whole (a refund, a chargeback, a mistake); the ladder goes on where money is owed again."""
    why = clean_block(reason, field="reason")
    if not why:
        raise InvalidInput("Say why the payment is taken back, for example a chargeback by the bank.", field="reason")
    paid = session.scalars(select(Payment).where(Payment.id == payment_id)).one_or_none()
    if paid is None or paid.kind != EntryKind.PAYMENT:
        raise InvalidInput("There is no such payment on this invoice; reload the page.", field="payment")
    row = Payment(
        id=new_id(),
        invoice_id=paid.invoice_id,
        kind=EntryKind.REVERSAL.value,
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        received_on=max(today, paid.received_on),
        method=paid.method,
        reverses_id=paid.id,
        note=why,
        recorded_by=actor,
        recorded_at=now,
    )
    return _add(session, row, now=now, actor=actor)[1]


def write_off(
    session: TenantSession, invoice_id: str, *, today: date, now: datetime, actor: str, reason: str
) -> LedgerChange:
    """Gives up what is still owed, with a reason; nothing is chased any more."""
    why = clean_block(reason, field="reason")
    if not why:
        raise InvalidInput("Say why the rest is written off; the books need the reason.", field="reason")
    invoice = invoice_of(session, invoice_id, lock=True)
    row = Payment(
        id=new_id(),
        invoice_id=invoice.id,
        kind=EntryKind.WRITE_OFF.value,
        amount_minor=invoice.balance_minor,
        currency=invoice.currency,
        received_on=today,
        method="",
        note=why,
        recorded_by=actor,
        recorded_at=now,
    )
    return _add(session, row, now=now, actor=actor)[1]


def _add(session: TenantSession, row: Payment, *, now: datetime, actor: str) -> tuple[Invoice, LedgerChange]:
    invoice = invoice_of(session, row.invoice_id, lock=True)
    if InvoiceState(invoice.state) not in ISSUED_STATES:
        raise Conflict("This is a draft: nobody owes it yet. Issue it before you record money.")
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
        call_off_tasks(session, invoice.id)
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
    return invoice, change


def _tell(
    session: TenantSession, invoice: Invoice, row: Payment, change: LedgerChange, *, now: datetime, actor: str
) -> None:
    kinds = {EntryKind.PAYMENT: "payment", EntryKind.REVERSAL: "reversal", EntryKind.WRITE_OFF: "written_off"}
    kind = kinds[EntryKind(row.kind)]
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
    if change.ladder is LadderEffect.STOP and row.kind == EntryKind.PAYMENT:
        _end_holds(session, invoice, now=now, actor=actor)
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


def _text(row: Payment, change: LedgerChange) -> str:
    amount = amount_in_words(Money(row.amount_minor, currency_of(row.currency)))
    words = {
        EntryKind.PAYMENT: f"Payment of {amount} received on {day_in_words(row.received_on)}",
        EntryKind.REVERSAL: f"Payment of {amount} taken back",
        EntryKind.WRITE_OFF: f"{amount} written off",
    }[EntryKind(row.kind)]
    if change.ledger.overpaid:
        return f"{words}; {amount_in_words(change.ledger.overpaid)} too much"
    return (
        f"{words}; {amount_in_words(change.due_after)} still open"
        if change.due_after
        else f"{words}; nothing is open any more"
    )


def _end_holds(session: TenantSession, invoice: Invoice, *, now: datetime, actor: str) -> None:
    """A promise or a plan is kept once nothing is owed."""
    holds = session.scalars(
        select(Hold).where(
            Hold.invoice_id == invoice.id, Hold.lifted_at.is_(None), Hold.kind.in_(["promised", "in_plan", "disputed"])
        )
    )
    for hold in holds:
        hold.lifted_at, hold.lifted_by = now, actor
