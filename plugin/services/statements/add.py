"""Puts the statements of the day into the outbox: one a client, currency and month, whoever looks how often."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.reminders.statement import STATEMENT, statement_due
from plugin.services.follow_ups.add_mail import NewMember, add_mail
from plugin.services.follow_ups.amounts import amount_to_ask
from plugin.services.follow_ups.calendar import client_calendar, client_today
from plugin.services.follow_ups.messages import STATEMENT_STEP, MessageIds, MessageKind
from plugin.services.follow_ups.send_invoice import billing_addresses
from plugin.services.follow_ups.undo import after_wait
from plugin.services.statements.listed import listed, month_number
from plugin.store.effects import WAITS_FOR_APPROVAL
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect


def add_statements(
    writing: Callable[[], AbstractContextManager[TenantSession]], *, now: datetime, message_ids: MessageIds
) -> int:
    """Looks at every client that wants statements, one a transaction; gives how many mails are new."""
    with writing() as session:
        wanted = select(Client.id).where(Client.statement_day.is_not(None)).order_by(Client.id)
        clients = list(session.scalars(wanted))
    added = 0
    for client_id in clients:
        with writing() as session:
            added += _add_of_client(session, client_id, now=now, message_ids=message_ids)
    return added


def _add_of_client(session: TenantSession, client_id: str, *, now: datetime, message_ids: MessageIds) -> int:
    """The row of the client is locked, so two workers never write the same statement."""
    client = session.scalars(select(Client).where(Client.id == client_id).with_for_update(key_share=True)).one()
    today = client_today(client, now)
    if client.statement_day is None or client.statement_since is None:
        return 0
    due = statement_due(
        client.statement_day, since=client.statement_since, today=today, calendar=client_calendar(client, today)
    )
    if due is None:
        return 0
    return sum(
        _add_one(session, client, currency, due=due, now=now, message_ids=message_ids)
        for currency in _currencies(session, client_id)
    )


def _currencies(session: TenantSession, client_id: str) -> Iterable[str]:
    """Those in which the client owes something."""
    is_open = Invoice.state.in_([state.value for state in OPEN])
    query = select(Invoice.currency).where(Invoice.client_id == client_id, is_open).distinct()
    return session.scalars(query.order_by(Invoice.currency)).all()


def _add_one(
    session: TenantSession, client: Client, currency: str, *, due: date, now: datetime, message_ids: MessageIds
) -> int:
    """One mail to each billing contact; none where nothing may be listed now, and then it is looked at again.

    One that only waits for its turn is there to be seen, with what it waits for.
    """
    key = f"statement:{client.id}:{currency}:{due:%Y-%m}"
    if session.scalars(select(Effect.id).where(Effect.dedupe_key == key)).first() is not None:
        return 0
    found = listed(session, client.id, currency, month=month_number(due), now=now)
    members = [_member(session, invoice_id, due) for invoice_id in found.free or found.waiting]
    if not members:
        return 0
    people = billing_addresses(session, client.id)
    for place, person in enumerate(people):
        _, effect = add_mail(
            session,
            kind=MessageKind.STATEMENT,
            client=client,
            currency=currency,
            day=client_today(client, now),
            recipient=person.address,
            template=STATEMENT.template,
            tone=STATEMENT.tone.value,
            members=members,
            message_ids=message_ids,
            now=now,
            leaves_at=after_wait(session, client, now=now),
            key=f"{key}:{place}" if place else key,
        )
        if found.asks_first:
            effect.reason = WAITS_FOR_APPROVAL
    session.flush()
    return len(people)


def _member(session: TenantSession, invoice_id: str, due: date) -> NewMember:
    invoice = session.get_one(Invoice, (session.tenant_id, invoice_id))
    return NewMember(
        invoice_id=invoice_id,
        step_key=STATEMENT_STEP,
        occurrence=month_number(due),
        amount_minor=amount_to_ask(session, invoice).minor,
    )
