"""What is the same for all invoices of a client: its people, calendar and hours, and how it pays."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, or_, select

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.domain.calendar import BusinessCalendar, SendWindow
from plugin.domain.reminders.facts import OptOut, PaidOnTime, QuietPeriod, Recipient
from plugin.domain.reminders.policy import Role
from plugin.domain.reminders.quiet import quiet_in
from plugin.services.follow_ups.calendar import client_calendar, client_today, client_window
from plugin.services.follow_ups.gather_contacts import (
    ClientContacts,
    contacts_of_all,
    made_by_hand,
    manual_mails_of_all,
)
from plugin.services.follow_ups.rare import CLIENTS, RareRows
from plugin.services.late_payment.law import law_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.payments import Payment
from plugin.store.tables.policies import QuietPeriod as QuietRow

CONTACTS_BACK = timedelta(days=60)
LAST_SETTLED = 12
FEWEST_SETTLED = 3
"""A client with fewer settled invoices is too new to be judged."""
YEARS_AHEAD = 2

# Put together once: for a few clients that would take longer than the database does.
_PEOPLE = (
    select(Contact.client_id, Contact.email, Contact.role, Contact.name, Contact.failed_reason)
    .where(Contact.client_id.in_(bindparam("ids", expanding=True)))
    .order_by(Contact.id)
)
QUIET = (
    select(QuietRow)
    .where(or_(QuietRow.client_id.is_(None), QuietRow.client_id.in_(CLIENTS)))
    .order_by(QuietRow.starts_on, QuietRow.id)
)
_OPEN = (
    select(Invoice.client_id, func.count())
    .where(
        Invoice.client_id.in_(bindparam("ids", expanding=True)),
        Invoice.state.in_([state.value for state in OPEN]),
        Invoice.kind == "invoice",
    )
    .group_by(Invoice.client_id)
)
_SETTLED = (
    select(
        Invoice.client_id,
        Invoice.id.label("invoice_id"),
        Invoice.due_on,
        func.max(Payment.received_on).label("paid_on"),
    )
    .join(Payment, (Payment.tenant_id == Invoice.tenant_id) & (Payment.invoice_id == Invoice.id))
    .where(
        Invoice.client_id.in_(bindparam("ids", expanding=True)),
        Invoice.state == InvoiceState.PAID.value,
        Invoice.kind == "invoice",
        Payment.kind == "payment",
    )
    .group_by(Invoice.client_id, Invoice.id, Invoice.due_on)
    .subquery()
)
_NEWEST_FIRST = func.row_number().over(
    partition_by=_SETTLED.c.client_id, order_by=(_SETTLED.c.paid_on.desc(), _SETTLED.c.invoice_id.desc())
)
_NUMBERED = select(_SETTLED.c.client_id, _SETTLED.c.due_on, _SETTLED.c.paid_on, _NEWEST_FIRST.label("place")).subquery()
_LAST_SETTLED = select(_NUMBERED.c.client_id, _NUMBERED.c.due_on, _NUMBERED.c.paid_on).where(
    _NUMBERED.c.place <= LAST_SETTLED
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientFacts:
    """One client as the planner knows it."""

    name: str
    language: str
    zone: str
    is_consumer: bool
    autopay: bool
    segment: str
    reminders_on: bool
    today: date
    calendar: BusinessCalendar
    window: SendWindow
    opt_outs: tuple[OptOut, ...]
    recipients: tuple[Recipient, ...]
    contacts: ClientContacts
    manual_mails: tuple[date, ...]
    quiet: tuple[QuietPeriod, ...]
    paid_on_time: PaidOnTime | None
    open_invoices: int
    least_deadline_days: int


def client_facts(
    session: TenantSession, rare: RareRows, clients: Sequence[Client], mail: MailSettings, *, now: datetime
) -> dict[str, ClientFacts]:
    """By client id, in a number of queries that does not depend on how many there are."""
    zones = {client.id: client.zone for client in clients}
    company = session.get_one(CompanyProfile, session.tenant_id)
    recipients = _recipients(session, zones.keys())
    contacts = contacts_of_all(rare, zones, since=now - CONTACTS_BACK)
    written = manual_mails_of_all(rare, zones, since=now - CONTACTS_BACK)
    quiet = _quiet(rare, zones.keys(), year=now.year)
    settled = _paid_on_time(session, zones.keys())
    still_open = _open_invoices(session, zones.keys())
    found = {}
    for client in clients:
        today = client_today(client, now)
        found[client.id] = ClientFacts(
            name=client.name,
            language=client.language,
            zone=client.zone,
            is_consumer=not client.is_business,
            autopay=client.autopay,
            segment=client.segment,
            reminders_on=client.reminders_on,
            today=today,
            calendar=client_calendar(client, today),
            window=client_window(client, mail),
            opt_outs=_opt_outs(client),
            recipients=tuple(recipients[client.id]),
            contacts=ClientContacts(contacts[client.id]),
            manual_mails=tuple(sorted({*written[client.id], *made_by_hand(contacts[client.id])})),
            quiet=(*quiet[None], *quiet[client.id]),
            paid_on_time=settled.get(client.id),
            open_invoices=still_open.get(client.id, 0),
            least_deadline_days=_least_deadline_days(client, company),
        )
    return found


def _least_deadline_days(client: Client, company: CompanyProfile) -> int:
    """New days that the law makes every reminder give (C32)."""
    law = law_of(client, company)
    return law.min_deadline_days if law else 0


def recipients_of(session: TenantSession, client_id: str) -> tuple[Recipient, ...]:
    """The client's people by role; an address that failed comes along with why."""
    return tuple(_recipients(session, [client_id])[client_id])


def _recipients(session: TenantSession, ids: Collection[str]) -> dict[str, list[Recipient]]:
    found: dict[str, list[Recipient]] = defaultdict(list)
    for client_id, email, role, name, failed in session.execute(_PEOPLE, {"ids": list(ids)}):
        found[client_id].append(Recipient(address=email, role=Role(role), name=name, failed_reason=failed))
    return found


def _opt_outs(client: Client) -> tuple[OptOut, ...]:
    reason = client.opt_out_reason
    if not reason:
        return ()
    return (OptOut("client", reason, client.opt_out_by, since=client.opt_out_since, until=client.opt_out_until),)


def _quiet(rare: RareRows, ids: Collection[str], *, year: int) -> dict[str | None, list[QuietPeriod]]:
    """Those of the site under None. A period that began last year may not be over yet."""
    found: dict[str | None, list[QuietPeriod]] = defaultdict(list)
    for (row,) in rare.of(QUIET, {"clients": list(ids)}):
        found[row.client_id] += quiet_in(
            row.name,
            row.starts_on,
            row.ends_on,
            yearly=row.yearly,
            year_from=year - 1,
            year_to=year + YEARS_AHEAD,
        )
    return found


def _open_invoices(session: TenantSession, ids: Collection[str]) -> dict[str, int]:
    return dict(session.execute(_OPEN, {"ids": list(ids)}).all())


def _paid_on_time(session: TenantSession, ids: Collection[str]) -> dict[str, PaidOnTime]:
    """Of the last invoices that are paid, by the day of the last payment, those paid by their due day."""
    counts: dict[str, list[bool]] = defaultdict(list)
    for client_id, due_on, paid_on in session.execute(_LAST_SETTLED, {"ids": list(ids)}):
        counts[client_id].append(paid_on <= due_on)
    return {
        client_id: PaidOnTime(sum(in_time), len(in_time))
        for client_id, in_time in counts.items()
        if len(in_time) >= FEWEST_SETTLED
    }
