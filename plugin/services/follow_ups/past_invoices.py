"""What became of the invoices of a site so far: their money and disputes by day, for the replay of a policy."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from plugin.domain.calendar import BusinessCalendar, civil_day
from plugin.domain.money import Money
from plugin.domain.reminders.backtest import PastDispute, PastInvoice, PastMoney
from plugin.services.calendars import business_calendar
from plugin.services.currencies import currency_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Hold
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment

LONGEST_LADDER_YEARS = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """``calendars`` by client, as ``replay`` wants them."""

    invoices: tuple[PastInvoice, ...]
    calendars: Mapping[str, BusinessCalendar]


def past_of(session: TenantSession, *, until: date, project_id: str | None = None, most: int | None = None) -> Past:
    """All issued invoices of the tenant, or of a project, in the order of their issue; ``most``: the newest of them.

    A dispute of a part counts as one of all.
    """
    query = select(Invoice).where(Invoice.issued_on.is_not(None))
    if project_id is not None:
        query = query.where(Invoice.project_id == project_id)
    newest = query.order_by(Invoice.issued_on.desc(), Invoice.id.desc()).limit(most)
    rows = session.scalars(newest).all()[::-1]
    clients = {client.id: client for client in session.scalars(select(Client))}
    money, disputes = _money(session), _disputes(session, clients, rows)
    invoices = tuple(
        PastInvoice(
            invoice_id=row.id,
            client_id=row.client_id,
            number=row.number or "",
            gross=Money(row.gross_minor, currency_of(row.currency)),
            issue_date=row.issued_on,
            due_date=row.due_on,
            money=tuple(money[row.id]),
            disputes=tuple(disputes[row.id]),
        )
        for row in rows
        if row.issued_on is not None and row.due_on is not None
    )
    first = min((invoice.issue_date for invoice in invoices), default=until)
    return Past(
        invoices=invoices,
        calendars={
            client_id: business_calendar(
                clients[client_id].country,
                clients[client_id].region,
                year_from=first.year,
                year_to=until.year + LONGEST_LADDER_YEARS,
            )
            for client_id in {invoice.client_id for invoice in invoices}
        },
    )


def _money(session: TenantSession) -> dict[str, list[PastMoney]]:
    """What lowered the balance, and below zero what was taken back."""
    found: dict[str, list[PastMoney]] = defaultdict(list)
    for row in session.scalars(select(Payment).order_by(Payment.received_on, Payment.id)):
        sign = -1 if row.kind == "reversal" else 1
        found[row.invoice_id].append(
            PastMoney(row.received_on, Money(sign * row.amount_minor, currency_of(row.currency)))
        )
    return found


def _disputes(
    session: TenantSession, clients: Mapping[str, Client], invoices: Sequence[Invoice]
) -> dict[str, list[PastDispute]]:
    zones = {invoice.id: clients[invoice.client_id].zone for invoice in invoices}
    found: dict[str, list[PastDispute]] = defaultdict(list)
    for hold in session.scalars(select(Hold).where(Hold.kind == "disputed").order_by(Hold.created_at, Hold.id)):
        zone = zones.get(hold.invoice_id)
        if zone is None:
            continue
        lifted = civil_day(hold.lifted_at, zone) if hold.lifted_at is not None else hold.until
        found[hold.invoice_id].append(PastDispute(civil_day(hold.created_at, zone), lifted))
    return found
