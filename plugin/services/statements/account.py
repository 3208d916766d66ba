"""What changed on a client's account since its last statement: what was open then, was billed and was received.

Told of the invoices that the statement lists and of those settled since; what is left off today is in none of it.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select

from plugin.domain.billing.states import OPEN
from plugin.domain.money import Money
from plugin.domain.payments.account import Booked, Movement, movement
from plugin.domain.payments.ledger import EntryKind
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.amounts import amount_to_ask
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.texts.values import StatementValues
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment


@dataclass(frozen=True, kw_only=True, slots=True)
class _Before:
    """The last statement that left: its day at the client's place, and the instant."""

    day: date
    at: datetime


def account_of(session: TenantSession, message: Message) -> StatementValues:
    """The movements that a statement tells; credits and write-offs lower what was billed. None before the first.

    Open then, and billed, less received is what the statement lists in sum.
    """
    currency = currency_of(message.currency)
    before = _before(session, message)
    if before is None:
        none = Money.zero(currency)
        return StatementValues(since=None, previous=none, billed=none, received=none)
    moved = Movement()
    invoices = _told_of(session, message, before.at)
    booked = _booked(session, [invoice.id for invoice, _ in invoices])
    for invoice, is_listed in invoices:
        one = movement(
            gross=invoice.gross_minor,
            issued_at=invoice.issued_at or before.at,
            entries=booked[invoice.id],
            since=before.at,
            listed=amount_to_ask(session, invoice).minor if is_listed else 0,
        )
        moved = moved.plus(one)
    return StatementValues(
        since=before.day,
        previous=Money(moved.previous, currency),
        billed=Money(moved.billed, currency),
        received=Money(moved.received, currency),
    )


def _before(session: TenantSession, message: Message) -> _Before | None:
    left = func.coalesce(Effect.sending_at, Effect.done_at, type_=Effect.done_at.type)
    row = session.execute(
        select(Message.day, left)
        .join(Effect, (Effect.tenant_id == Message.tenant_id) & (Effect.subject_id == Message.id))
        .where(
            Message.client_id == message.client_id,
            Message.currency == message.currency,
            Message.kind == MessageKind.STATEMENT.value,
            Message.created_at < message.created_at,
            Effect.kind == "mail",
            Effect.state == "sent",
        )
        .order_by(left.desc(), Message.id)
        .limit(1)
    ).first()
    return None if row is None else _Before(day=row[0], at=row[1])


def _told_of(session: TenantSession, message: Message, since: datetime) -> list[tuple[Invoice, bool]]:
    """The invoices that the statement lists (True), and those that something happened to and nothing is owed of."""
    members = select(MessageMember.invoice_id).where(MessageMember.message_row_id == message.id)
    is_listed = Invoice.id.in_(members)
    query = (
        select(Invoice, is_listed)
        .where(
            Invoice.client_id == message.client_id,
            Invoice.currency == message.currency,
            Invoice.kind == "invoice",
            Invoice.issued_at.is_not(None),
            or_(is_listed, _settled_since(since)),
        )
        .order_by(Invoice.id)
    )
    return [(invoice, bool(listed)) for invoice, listed in session.execute(query)]


def _settled_since(since: datetime) -> ColumnElement[bool]:
    moved = select(Payment.invoice_id).where(Payment.recorded_at > since)
    happened = or_(Invoice.issued_at > since, Invoice.id.in_(moved))
    return Invoice.state.not_in([state.value for state in OPEN]) & happened


def _booked(session: TenantSession, invoice_ids: list[str]) -> dict[str, list[Booked]]:
    """The ledgers' entries; a reversal counts as what it takes back."""
    taken_back = select(Payment.id, Payment.kind).where(Payment.tenant_id == session.tenant_id).subquery("taken_back")
    query = (
        select(Payment.invoice_id, Payment.kind, taken_back.c.kind, Payment.amount_minor, Payment.recorded_at)
        .outerjoin(taken_back, taken_back.c.id == Payment.reverses_id)
        .where(Payment.invoice_id.in_(invoice_ids))
    )
    found: dict[str, list[Booked]] = defaultdict(list)
    for invoice_id, kind, of_kind, minor, at in session.execute(query):
        is_reversal = kind == EntryKind.REVERSAL
        is_payment = (of_kind if is_reversal else kind) == EntryKind.PAYMENT
        found[invoice_id].append(Booked(at, -minor if is_reversal else minor, is_payment))
    return found
