"""The board: what is planned for the days ahead, row by row, as the sender would do it (F14, F19)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.domain.money import Money
from plugin.domain.reminders.facts import StepRef
from plugin.domain.reminders.policy import Channel
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Entry, Verdict
from plugin.services.follow_ups.plan_invoice import timelines_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice

COMING = (Verdict.DUE, Verdict.PLANNED, Verdict.HELD)
MOST_INVOICES = 500
"""As many invoices as a page plans at once; the filters find the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardScope:
    """Which invoices: those of a project, of a client, one alone; without any of them those of the whole site."""

    project_id: str | None = None
    client_id: str | None = None
    invoice_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardRow:
    """One step to come. ``day`` is the client's civil day; ``together``: rows that go with it in one mail.

    ``shifted``: it would have gone earlier, and something (the contact cap, a holiday, a pause) is in the way.
    """

    ref: StepRef
    day: date
    number: str
    client_id: str
    client: str
    project_id: str
    project: str
    channel: Channel
    tone: str
    verdict: Verdict
    reason: ReasonCode
    why: str
    amount: Money | None
    recipients: tuple[str, ...]
    together: int = 1
    shifted: bool = False

    @property
    def is_held(self) -> bool:
        """Whether something stands in its way."""
        return self.verdict is Verdict.HELD

    @property
    def waits_for_approval(self) -> bool:
        """Whether only a person's word is missing (review mode, lateness)."""
        return self.is_held and self.reason in (ReasonCode.NOT_APPROVED, ReasonCode.TOO_LATE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """The rows by day, the earliest first. ``is_cut``: there are more invoices than were planned here."""

    rows: tuple[BoardRow, ...]
    is_cut: bool


def board_of(session: TenantSession, scope: BoardScope, *, days: int, now: datetime) -> Board:
    """What is to come within ``days`` from today, in each client's own calendar; held rows on the day they expect."""
    found = _open_invoices(session, scope)
    shown = found[:MOST_INVOICES]
    planned = timelines_of(session, [invoice for invoice, _, _ in shown], now=now)
    rows: list[BoardRow] = []
    for (invoice, client, project), (asked, timeline) in zip(shown, planned, strict=True):
        last = asked.today + timedelta(days=days)
        rows.extend(
            _row(entry, invoice, client, project, today=asked.today)
            for entry in timeline.entries
            if entry.verdict in COMING and (entry.day or asked.today) <= last
        )
    return Board(rows=_consolidated(rows), is_cut=len(found) > MOST_INVOICES)


def _open_invoices(session: TenantSession, scope: BoardScope) -> Sequence[tuple[Invoice, Client, Project]]:
    query = (
        select(Invoice, Client, Project)
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .join(Project, (Project.tenant_id == Invoice.tenant_id) & (Project.id == Invoice.project_id))
        .where(
            Invoice.state.in_([state.value for state in OPEN]),
            Invoice.issued_on.is_not(None),
            Invoice.policy_version_id.is_not(None),
        )
        .order_by(Invoice.due_on, Invoice.id)
        .limit(MOST_INVOICES + 1)
    )
    for column, wanted in (
        (Invoice.project_id, scope.project_id),
        (Invoice.client_id, scope.client_id),
        (Invoice.id, scope.invoice_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    return session.execute(query).all()


def _row(entry: Entry, invoice: Invoice, client: Client, project: Project, *, today: date) -> BoardRow:
    return BoardRow(
        ref=entry.ref,
        day=entry.day or today,
        number=invoice.number or "",
        client_id=client.id,
        client=client.name,
        project_id=project.id,
        project=project.name,
        channel=entry.channel,
        tone=entry.tone.value,
        verdict=entry.verdict,
        reason=entry.reason.code,
        why=entry.sentence,
        amount=entry.amount,
        recipients=tuple(person.address for person in entry.recipients),
        shifted=entry.reason.code is ReasonCode.SHIFTED,
    )


def _consolidated(rows: Sequence[BoardRow]) -> tuple[BoardRow, ...]:
    """In the order of days, each mail row with how many go in the same mail: one client, currency and day (F25)."""
    mails = Counter(_mail(row) for row in rows if row.channel is Channel.EMAIL)
    marked = (replace(row, together=mails[_mail(row)]) if row.channel is Channel.EMAIL else row for row in rows)
    return tuple(sorted(marked, key=lambda row: (row.day, row.client, row.number, row.ref)))


def _mail(row: BoardRow) -> tuple[str, str, date, bool]:
    return (row.client_id, row.amount.currency.code if row.amount else "", row.day, row.is_held)
