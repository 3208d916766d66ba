"""The board: what is planned for the days ahead, row by row, as the sender would do it (F14, F19)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select

from plugin.domain.money import Money
from plugin.domain.reminders.facts import StepRef
from plugin.domain.reminders.policy import Channel
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Verdict
from plugin.services.follow_ups.outlook import OutlookRow, outlook
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.invoices import Invoice

COMING = (Verdict.DUE, Verdict.PLANNED, Verdict.HELD)
MOST_ROWS = 1000
"""As many rows as a page shows at once; the filters find the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardScope:
    """Which invoices: those of a project, of a client, one alone; without any of them those of the whole site."""

    project_id: str | None = None
    client_id: str | None = None
    invoice_id: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class BoardRow:
    """One step to come. ``day`` is the client's civil day; ``together``: how many rows go in one mail, with this one.

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
    goes: bool
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
    """The rows by day, the earliest first. ``is_cut``: there are more than are shown here."""

    rows: tuple[BoardRow, ...]
    is_cut: bool


def board_of(session: TenantSession, scope: BoardScope, *, days: int, now: datetime) -> Board:
    """What is to come within ``days`` from today, in each client's own calendar; held rows on the day they expect."""
    names = dict(session.execute(select(Project.id, Project.name)).all())
    rows = outlook(session, *_conditions(scope), now=now, days=days)
    shown = tuple(_row(row, names) for row in rows[:MOST_ROWS])
    return Board(rows=shown, is_cut=len(rows) > MOST_ROWS)


def _conditions(scope: BoardScope) -> list[ColumnElement[bool]]:
    wanted = (
        (Invoice.project_id, scope.project_id),
        (Invoice.client_id, scope.client_id),
        (Invoice.id, scope.invoice_id),
    )
    return [column == value for column, value in wanted if value is not None]


def _row(row: OutlookRow, projects: Mapping[str, str]) -> BoardRow:
    return BoardRow(
        ref=row.ref,
        day=row.day,
        number=row.number,
        client_id=row.client_id,
        client=row.client,
        project_id=row.project_id,
        project=projects.get(row.project_id, ""),
        channel=row.channel,
        tone=row.tone.value,
        verdict=row.verdict,
        goes=row.goes,
        reason=row.reason.code,
        why=row.why,
        amount=row.amount,
        recipients=row.recipients,
        together=row.together,
        shifted=row.is_shifted,
    )
