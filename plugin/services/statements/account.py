"""What changed on a client's account since its last statement: what was open then, was billed and was received."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from plugin.domain.money import Money
from plugin.domain.payments.ledger import EntryKind
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.texts.values import StatementValues
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment


@dataclass(frozen=True, kw_only=True, slots=True)
class _Before:
    """The last statement that left: its day at the client's place, the instant, and what it said was open."""

    day: date
    at: datetime
    open_minor: int


def account_of(session: TenantSession, message: Message) -> StatementValues:
    """The movements that a statement tells; credits and write-offs lower what was billed. None before the first."""
    currency = currency_of(message.currency)
    before = _before(session, message)
    if before is None:
        none = Money.zero(currency)
        return StatementValues(since=None, previous=none, billed=none, received=none)
    moved = _moved(session, message, before.at)
    lowered = moved[EntryKind.CREDIT] + moved[EntryKind.WRITE_OFF]
    billed = _billed(session, message, before.at) - lowered
    return StatementValues(
        since=before.day,
        previous=Money(before.open_minor, currency),
        billed=Money(billed, currency),
        received=Money(moved[EntryKind.PAYMENT], currency),
    )


def _before(session: TenantSession, message: Message) -> _Before | None:
    left = func.coalesce(Effect.sending_at, Effect.done_at, type_=Effect.done_at.type)
    row = session.execute(
        select(Message.id, Message.day, left)
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
    if row is None:
        return None
    said = select(func.sum(MessageMember.amount_minor)).where(MessageMember.message_row_id == row[0])
    return _Before(day=row[1], at=row[2], open_minor=int(session.scalars(said).one() or 0))


def _billed(session: TenantSession, message: Message, since: datetime) -> int:
    issued = select(func.sum(Invoice.gross_minor)).where(
        Invoice.client_id == message.client_id,
        Invoice.currency == message.currency,
        Invoice.kind == "invoice",
        Invoice.issued_at > since,
    )
    return int(session.scalars(issued).one() or 0)


def _moved(session: TenantSession, message: Message, since: datetime) -> dict[EntryKind, int]:
    """The entries by kind, less their reversals, in minor units."""
    taken_back = select(Payment.id, Payment.kind).where(Payment.tenant_id == session.tenant_id).subquery("taken_back")
    query = (
        select(Payment.kind, taken_back.c.kind, Payment.amount_minor)
        .join(Invoice, (Invoice.tenant_id == Payment.tenant_id) & (Invoice.id == Payment.invoice_id))
        .outerjoin(taken_back, taken_back.c.id == Payment.reverses_id)
        .where(
            Invoice.client_id == message.client_id,
            Payment.currency == message.currency,
            Payment.recorded_at > since,
        )
    )
    moved = dict.fromkeys(EntryKind, 0)
    for kind, of_kind, minor in session.execute(query):
        if kind == EntryKind.REVERSAL:
            moved[EntryKind(of_kind)] -= minor
        else:
            moved[EntryKind(kind)] += minor
    return moved
