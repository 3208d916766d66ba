"""Opens a link of a mail: the mail, its invoices as they stand now, and what was answered by the same link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.domain.calendar import civil_day
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.documents.snapshot import from_snapshot
from plugin.domain.errors import Gone, NotFound
from plugin.domain.money import Money
from plugin.domain.reminders.policy import Role
from plugin.keys import KeyRing
from plugin.services.answers.links import NO_SUCH_LINK, ClientLink, LinkKind, binding_of
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.amounts import amount_to_ask
from plugin.store.session import TenantSession
from plugin.store.tables.answers import ClientAnswer
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.tenants import Installation

NEVER_LEFT = ("cancelled", "skipped", "superseded", "failed")
OVER = "This link is over. Open the one in a newer mail, or write to us."
LIVING = ("installed", "enabled", "disabled", "broken")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """One invoice of the mail. ``asked``: what is open and not contested; ``document``: what was issued, unchanged."""

    invoice: Invoice
    document: InvoiceDocument
    balance: Money
    asked: Money

    @property
    def is_open(self) -> bool:
        """Whether something is owed."""
        return self.invoice.state in [state.value for state in OPEN]

    @property
    def is_paid(self) -> bool:
        """Whether the ledger says that all of it was paid."""
        return self.invoice.state == InvoiceState.PAID.value


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a link opens. ``today`` is the client's civil day; ``message`` is None for a copy that staff looks at.

    ``is_copy``: staff's preview, or the mail of our own account manager, in which nothing counts (C34).
    """

    link: ClientLink
    message: Message | None
    client: Client
    bills: tuple[Bill, ...]
    answers: Sequence[ClientAnswer]
    today: date
    is_copy: bool = False

    @property
    def open_bills(self) -> tuple[Bill, ...]:
        """Those that something is owed for."""
        return tuple(bill for bill in self.bills if bill.is_open)

    @property
    def language(self) -> str:
        """That of the mail."""
        return self.message.language if self.message else self.client.language


def open_link(session: TenantSession, keys: KeyRing, link: ClientLink, *, now: datetime) -> Opened:
    """The page behind a link whose MAC was checked. Changes nothing.

    Raises NotFound where the mail is unknown or not the one the link was made for; Gone where the link is too old, the
    mail never left, its recipient is no contact any more, or all its invoices were credited.
    """
    if link.until <= now:
        raise Gone(OVER)
    message = _message(session, link) if link.kind is LinkKind.MAIL else None
    ids = _invoice_ids(session, message) if message else [link.subject_id]
    known = binding_of(keys, session.tenant_id, message.recipient if message else "", ids)
    if link.binding not in known:
        raise NotFound(NO_SUCH_LINK)
    bills = [_bill(session, invoice) for invoice in _invoices(session, ids)]
    shown = tuple(bill for bill in bills if bill.invoice.state != InvoiceState.CREDITED.value)
    if not shown or not _is_alive(session):
        raise Gone(OVER)
    client = session.get_one(Client, (session.tenant_id, shown[0].invoice.client_id))
    is_ours = message is not None and _is_for_us(session, client, message)
    return Opened(
        link=link,
        message=message,
        client=client,
        bills=shown,
        answers=_answers(session, message) if message else (),
        today=civil_day(now, client.zone),
        is_copy=message is None or is_ours,
    )


def _message(session: TenantSession, link: ClientLink) -> Message:
    message = session.scalars(select(Message).where(Message.id == link.subject_id)).one_or_none()
    if message is None:
        raise NotFound(NO_SUCH_LINK)
    state = session.scalars(select(Effect.state).where(Effect.subject_id == message.id, Effect.kind == "mail")).first()
    if state in NEVER_LEFT:
        raise Gone(OVER)
    return message


def _invoice_ids(session: TenantSession, message: Message) -> list[str]:
    query = select(MessageMember.invoice_id).where(MessageMember.message_row_id == message.id).distinct()
    return list(session.scalars(query))


def _invoices(session: TenantSession, ids: Sequence[str]) -> Sequence[Invoice]:
    query = select(Invoice).where(Invoice.id.in_(ids), Invoice.snapshot.is_not(None))
    return session.scalars(query.order_by(Invoice.due_on, Invoice.number)).all()


def _bill(session: TenantSession, invoice: Invoice) -> Bill:
    return Bill(
        invoice=invoice,
        document=from_snapshot(invoice.snapshot or ""),
        balance=Money(max(invoice.balance_minor, 0), currency_of(invoice.currency)),
        asked=amount_to_ask(session, invoice),
    )


def _is_for_us(session: TenantSession, client: Client, message: Message) -> bool:
    """Whether the mail went to our account manager; Gone for somebody who was taken out of the client (L56)."""
    is_theirs = func.lower(Contact.email) == message.recipient.lower()
    query = select(Contact.role).where(Contact.client_id == client.id, is_theirs)
    roles = set(session.scalars(query))
    if not roles:
        raise Gone(OVER)
    return roles == {Role.ACCOUNT_MANAGER.value}


def _answers(session: TenantSession, message: Message) -> Sequence[ClientAnswer]:
    query = select(ClientAnswer).where(ClientAnswer.message_row_id == message.id)
    return session.scalars(query.order_by(ClientAnswer.given_at.desc(), ClientAnswer.id)).all()


def _is_alive(session: TenantSession) -> bool:
    """Whether the seller still uses this service; after an uninstall its data are locked."""
    return session.scalars(select(Installation.id).where(Installation.state.in_(LIVING)).limit(1)).first() is not None
