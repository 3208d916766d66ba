"""Records money: a payment, a reversal, a write-off. The ladder stops, goes on with the rest, or starts again."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind, LedgerChange
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.follow_ups.send_receipt import add_receipt_mail
from plugin.services.payments.book import book, require_issued
from plugin.services.payments.ledger import ledger_of
from plugin.services.settings.checks import clean_block, clean_line
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment

LONGEST_PREPAYMENT = timedelta(days=366)
"""Clients pay in advance; a day further back is a slip of the pen."""


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

    Raises InvalidInput for an amount of zero or less, another currency, a day in the future or long before the invoice,
    Conflict for a draft. Of what was written off as much is taken back as the money covers; more than what is owed is
    taken and shown as overpaid.
    """
    invoice = invoice_of(session, invoice_id, lock=True)
    require_issued(invoice)
    _check_day(invoice, received_on, today=today)
    _make_room(session, invoice, amount, today=today, now=now, actor=actor)
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
    change = book(session, invoice, row, now=now, actor=actor)
    if receipt and change.receipt is not None:
        add_receipt_mail(session, invoice, payment=row, message_ids=message_ids, now=now)
    return change


def reverse_payment(
    session: TenantSession, payment_id: str, *, today: date, now: datetime, actor: str, reason: str
) -> LedgerChange:
    """Takes back what is left of a payment (a refund, a chargeback, a mistake) or of a write-off.

    The ladder goes on where money is owed again.
    """
    why = clean_block(reason, field="reason")
    if not why:
        raise InvalidInput("Say why it is taken back, for example a chargeback by the bank.", field="reason")
    entry = session.scalars(select(Payment).where(Payment.id == payment_id)).one_or_none()
    if entry is None or entry.kind not in (EntryKind.PAYMENT, EntryKind.WRITE_OFF):
        raise InvalidInput("There is no such payment on this invoice; reload the page.", field="payment")
    invoice = invoice_of(session, entry.invoice_id, lock=True)
    # Payments may have taken back a part of a write-off already; with nothing left the ledger refuses the whole.
    left = ledger_of(session, invoice).remaining(entry.id).minor or entry.amount_minor
    row = _reversal(entry, left, today=today, now=now, actor=actor, note=why)
    return book(session, invoice, row, now=now, actor=actor)


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
    return book(session, invoice, row, now=now, actor=actor)


def _check_day(invoice: Invoice, received_on: date, *, today: date) -> None:
    if received_on > today:
        raise InvalidInput(f"The payment is dated {received_on}, which is still to come.", field="received_on")
    if invoice.issued_on is not None and received_on < invoice.issued_on - LONGEST_PREPAYMENT:
        raise InvalidInput(
            f"The payment is dated {received_on}, more than a year before the invoice of {invoice.issued_on}; "
            "check the day.",
            field="received_on",
        )


def _make_room(
    session: TenantSession, invoice: Invoice, amount: Money, *, today: date, now: datetime, actor: str
) -> None:
    """Money for what was given up: first as much of the write-off is undone, newest first, as the money covers."""
    ledger = ledger_of(session, invoice)
    if amount.currency != ledger.gross.currency:
        return
    needed = min(amount.minor - ledger.amount_due.minor, ledger.written_off.minor)
    written_off = select(Payment).where(Payment.invoice_id == invoice.id, Payment.kind == EntryKind.WRITE_OFF.value)
    for entry in session.scalars(written_off.order_by(Payment.recorded_at.desc(), Payment.id)).all():
        part = min(needed, ledger.remaining(entry.id).minor)
        if part > 0:
            row = _reversal(entry, part, today=today, now=now, actor=actor, note="The client paid after all")
            book(session, invoice, row, now=now, actor=actor)
            needed -= part


def _reversal(entry: Payment, minor: int, *, today: date, now: datetime, actor: str, note: str) -> Payment:
    return Payment(
        id=new_id(),
        invoice_id=entry.invoice_id,
        kind=EntryKind.REVERSAL.value,
        amount_minor=minor,
        currency=entry.currency,
        received_on=max(today, entry.received_on),
        method=entry.method,
        reverses_id=entry.id,
        note=note,
        recorded_by=actor,
        recorded_at=now,
    )
