"""When a client heard from us: reminders, calls, letters and messages of other channels, over all its projects."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select

from plugin.domain.calendar import civil_day
from plugin.domain.reminders.facts import BY_HAND, FIRST_RESEND, ContactMade, StepRef
from plugin.domain.reminders.policy import CallOutcome, Channel, Role
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.rare import CLIENTS, RareRows
from plugin.store.session import TenantSession
from plugin.store.tables.by_hand import ContactNote
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep, Task
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

LONGEST_WAY = timedelta(days=60)
"""A mail in doubt may count as sent so long after the day for which it was put together."""
LEFT_US = ("sent", "sending", "unknown")
"""A mail past its gate may arrive any moment: until its fate is known it counts as if it had."""
HEARD_ALONE = (Channel.WEBHOOK.value, Channel.LETTER.value)
"""Channels by which one step alone reaches the client."""


def to_our_own_people() -> ColumnElement[bool]:
    """Whether a message went to an account manager, who stands among the client's contacts and is none of them."""
    own = select(Contact.id).where(
        Contact.tenant_id == Message.tenant_id,
        Contact.client_id == Message.client_id,
        Contact.role == Role.ACCOUNT_MANAGER.value,
        func.lower(Contact.email) == func.lower(Message.recipient),
    )
    return own.exists()


# Put together once: for a few clients that would take longer than the database does.
_SINCE: BindParameter[datetime] = bindparam("since")
_OURS = (
    Message.client_id.in_(CLIENTS),
    # A statement demands nothing, and the client hears from us all the same.
    Message.kind.in_((MessageKind.FOLLOW_UP.value, MessageKind.DEBIT_NOTE.value, MessageKind.STATEMENT.value)),
    Message.day >= bindparam("first_day"),
    ~to_our_own_people(),
)
_LEFT_AT = func.coalesce(Effect.done_at, Effect.sending_at, type_=Effect.done_at.type)
TOLD = (
    select(
        Message.id,
        Message.client_id,
        Message.currency,
        _LEFT_AT.label("left_at"),
        MessageMember.invoice_id,
        MessageMember.step_key,
        MessageMember.occurrence,
    )
    .join(
        MessageMember,
        (MessageMember.tenant_id == Message.tenant_id) & (MessageMember.message_row_id == Message.id),
    )
    .join(Effect, (Effect.tenant_id == Message.tenant_id) & (Effect.subject_id == Message.id))
    .where(*_OURS, Effect.kind == "mail", Effect.state.in_(LEFT_US), _LEFT_AT >= _SINCE)
    .order_by(_LEFT_AT, Effect.id)
)
CALLS = (
    select(Invoice.client_id, Task.invoice_id, Task.step_key, Task.occurrence, Task.outcome, Task.done_at)
    .join(Invoice, (Invoice.tenant_id == Task.tenant_id) & (Invoice.id == Task.invoice_id))
    .where(Invoice.client_id.in_(CLIENTS), Task.kind == Channel.CALL.value, Task.done_at >= _SINCE)
    .order_by(Task.done_at, Task.id)
)
_OF_INVOICE = (Invoice.tenant_id == PlannedStep.tenant_id) & (Invoice.id == PlannedStep.invoice_id)
WENT_ALONE = (
    select(
        Invoice.client_id,
        PlannedStep.invoice_id,
        PlannedStep.step_key,
        PlannedStep.occurrence,
        PlannedStep.channel,
        PlannedStep.done_at,
    )
    .join(Invoice, _OF_INVOICE)
    .where(
        Invoice.client_id.in_(CLIENTS),
        PlannedStep.channel.in_(HEARD_ALONE),
        PlannedStep.state == "sent",
        PlannedStep.done_at >= _SINCE,
    )
    .order_by(PlannedStep.done_at, PlannedStep.id)
)
NOTED = (
    select(ContactNote.client_id, ContactNote.invoice_id, ContactNote.made_on)
    .where(
        ContactNote.client_id.in_(CLIENTS),
        ContactNote.made_on >= bindparam("since_day"),
        ContactNote.voided_at.is_(None),
    )
    .order_by(ContactNote.made_on, ContactNote.id)
)
RESENT = (
    select(Message.client_id, Effect.done_at)
    .join(
        MessageMember,
        (MessageMember.tenant_id == Message.tenant_id) & (MessageMember.message_row_id == Message.id),
    )
    .join(Effect, (Effect.tenant_id == Message.tenant_id) & (Effect.subject_id == Message.id))
    .where(
        Message.client_id.in_(CLIENTS),
        Message.day >= bindparam("first_day"),
        MessageMember.occurrence >= FIRST_RESEND,
        Effect.kind == "mail",
        Effect.state == "sent",
        Effect.done_at >= _SINCE,
    )
)
ASKED_FOR = (
    select(Invoice.client_id, PlannedStep.done_at)
    .join(Invoice, _OF_INVOICE)
    .where(
        Invoice.client_id.in_(CLIENTS),
        or_(PlannedStep.channel == Channel.EMAIL.value, PlannedStep.channel.in_(HEARD_ALONE)),
        PlannedStep.requested,
        PlannedStep.state == "sent",
        PlannedStep.done_at >= _SINCE,
    )
)


class ClientContacts:
    """The contacts with one client, ready to be seen from each of its invoices.

    A rule asks of a contact with other invoices only on which day it was and in which currency, so of those one a day
    is enough: a client with thousands of invoices has as many contacts.
    """

    __slots__ = ("_about", "_count", "_merged")

    def __init__(self, contacts: Sequence[ContactMade]) -> None:
        self._about: dict[str, list[ContactMade]] = defaultdict(list)
        self._count = Counter((contact.day, contact.currency) for contact in contacts)
        self._merged = {key: ContactMade(key[0], currency=key[1]) for key in sorted(self._count)}
        for contact in contacts:
            for invoice_id in {ref.invoice_id for ref in contact.members}:
                self._about[invoice_id].append(contact)

    def seen_from(self, invoice_id: str) -> tuple[ContactMade, ...]:
        """Those about this invoice as they were, the others merged by day and currency."""
        own = self._about.get(invoice_id, ())
        if not own:
            return tuple(self._merged.values())
        mine = Counter((contact.day, contact.currency) for contact in own)
        others = (merged for key, merged in self._merged.items() if self._count[key] > mine[key])
        return (*own, *others)


def contacts_of(session: TenantSession, client: Client, *, since: datetime) -> tuple[ContactMade, ...]:
    """Follow-ups and statements that reached one client since an instant, and what people noted by hand.

    The mail that brings an invoice and a receipt are no chasing, so they do not count.
    """
    return tuple(contacts_of_all(RareRows(session), {client.id: client.zone}, since=since)[client.id])


def contacts_of_all(rare: RareRows, zones: Mapping[str, str], *, since: datetime) -> dict[str, list[ContactMade]]:
    """The same for many clients, given by id with their zones; the days are civil days there."""
    found: dict[str, list[ContactMade]] = defaultdict(list)
    asked = asked_of_clients(zones, since=since)
    _add_mails(rare, zones, asked, found)
    _add_calls(rare, zones, asked, found)
    _add_what_went_alone(rare, zones, asked, found)
    _add_noted(rare, asked, found)
    return found


def asked_of_clients(clients: Iterable[str], *, since: datetime) -> dict[str, object]:
    """The parameters of the statements here."""
    first_day = (since - LONGEST_WAY).date()
    return {"clients": list(clients), "since": since, "since_day": since.date(), "first_day": first_day}


def _add_mails(
    rare: RareRows, zones: Mapping[str, str], asked: Mapping[str, object], found: dict[str, list[ContactMade]]
) -> None:
    """One contact a mail, however many invoices it was about."""
    members: dict[str, set[StepRef]] = defaultdict(set)
    left: dict[str, tuple[str, str, datetime]] = {}
    for message_id, client_id, currency, at, invoice_id, key, occurrence in rare.of(TOLD, asked):
        members[message_id].add(StepRef(invoice_id, key, occurrence))
        left[message_id] = (client_id, currency, at)
    for message_id, (client_id, currency, at) in left.items():
        day = civil_day(at, zones[client_id])
        found[client_id].append(ContactMade(day, Channel.EMAIL, currency, frozenset(members[message_id])))


def _add_calls(
    rare: RareRows, zones: Mapping[str, str], asked: Mapping[str, object], found: dict[str, list[ContactMade]]
) -> None:
    for client_id, invoice_id, key, occurrence, outcome, done_at in rare.of(CALLS, asked):
        if done_at is not None and outcome in list(CallOutcome) and CallOutcome(outcome).is_contact:
            step = StepRef(invoice_id, key, occurrence)
            day = civil_day(done_at, zones[client_id])
            found[client_id].append(ContactMade(day, Channel.CALL, members=frozenset({step})))


def _add_what_went_alone(
    rare: RareRows, zones: Mapping[str, str], asked: Mapping[str, object], found: dict[str, list[ContactMade]]
) -> None:
    for client_id, invoice_id, key, occurrence, channel, done_at in rare.of(WENT_ALONE, asked):
        if done_at is not None:
            step = StepRef(invoice_id, key, occurrence)
            day = civil_day(done_at, zones[client_id])
            found[client_id].append(ContactMade(day, Channel(channel), members=frozenset({step})))


def _add_noted(rare: RareRows, asked: Mapping[str, object], found: dict[str, list[ContactMade]]) -> None:
    """What people noted by hand, by the client's civil day."""
    for client_id, invoice_id, made_on in rare.of(NOTED, asked):
        about = StepRef(invoice_id or "", BY_HAND, 0)
        found[client_id].append(ContactMade(made_on, Channel.CALL, members=frozenset({about})))


def made_by_hand(contacts: Iterable[ContactMade]) -> set[date]:
    """The days of those that a person noted."""
    return {contact.day for contact in contacts if any(ref.key == BY_HAND for ref in contact.members)}


def manual_mails_of_all(rare: RareRows, zones: Mapping[str, str], *, since: datetime) -> dict[str, list[date]]:
    """The days on which a person had a mail sent to a client: a resend, or a step that was asked for at once (C06)."""
    found: dict[str, set[date]] = defaultdict(set)
    asked = asked_of_clients(zones, since=since)
    for statement in (RESENT, ASKED_FOR):
        for client_id, done_at in rare.of(statement, asked):
            if done_at is not None:
                found[client_id].add(civil_day(done_at, zones[client_id]))
    return defaultdict(list, {client_id: sorted(days) for client_id, days in found.items()})
