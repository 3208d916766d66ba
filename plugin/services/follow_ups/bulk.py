"""One change on many rows of the board, with a result for each: a row that is refused does not stop the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from plugin.domain.errors import DunlinError, InvalidInput
from plugin.domain.reminders.sentences import day_in_words
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.change_step import approve_step, move_step, send_now, skip_step
from plugin.services.follow_ups.holds import put_hold
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client

MOST_ROWS = 100
"""As many as a person still looks through; the dry run shows them before they are sent (C37)."""


class Change(StrEnum):
    """What may be done to rows together."""

    HOLD = "hold"
    SKIP = "skip"
    MOVE = "move"
    NOW = "now"
    APPROVE = "approve"


@dataclass(frozen=True, kw_only=True, slots=True)
class RowRef:
    """A row of the board by its invoice and step."""

    invoice_id: str
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RowResult:
    """What became of one row: the invoice's number, a sentence, and whether it was done."""

    number: str
    sentence: str
    done: bool


def change_rows(
    session: TenantSession,
    rows: Sequence[RowRef],
    change: Change,
    *,
    now: datetime,
    actor: str,
    reason: str = "",
    to: date | None = None,
    until: date | None = None,
) -> list[RowResult]:
    """Does it row by row, in the order of invoices, so that two people at once never wait for each other in a ring.

    Raises InvalidInput where nothing is chosen, too much is, or the change lacks its reason or day.
    """
    chosen = sorted(dict.fromkeys(rows), key=lambda row: (row.invoice_id, row.key))
    if not chosen:
        raise InvalidInput("Choose at least one row.", field="rows")
    if len(chosen) > MOST_ROWS:
        raise InvalidInput(f"Choose at most {MOST_ROWS} rows at a time.", field="rows")
    if change in (Change.HOLD, Change.SKIP) and not reason.strip():
        raise InvalidInput("Say why; the history of each invoice shows it.", field="reason")
    if change is Change.MOVE and to is None:
        raise InvalidInput("Enter the day.", field="to")
    if change is Change.HOLD:
        # A hold is the invoice's: two of its rows are held by one.
        chosen = list({row.invoice_id: row for row in chosen}.values())
    done = _Doing(session=session, now=now, actor=actor, reason=reason, to=to, until=until)
    return [done.row(row, change) for row in chosen]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Doing:
    """The change and what it needs."""

    session: TenantSession
    now: datetime
    actor: str
    reason: str
    to: date | None
    until: date | None

    def row(self, row: RowRef, change: Change) -> RowResult:
        """One row in a savepoint of its own."""
        number = "?"
        try:
            with self.session.begin_nested():
                number = invoice_of(self.session, row.invoice_id).number or "Draft"
                return RowResult(number=number, sentence=self._do(row, change), done=True)
        except DunlinError as problem:
            return RowResult(number=number, sentence=problem.sentence, done=False)

    def _do(self, row: RowRef, change: Change) -> str:
        session, now, actor = self.session, self.now, self.actor
        today = self._today(row)
        match change:
            case Change.HOLD:
                put_hold(
                    session,
                    row.invoice_id,
                    kind="paused",
                    reason=self.reason,
                    until=self.until,
                    today=today,
                    now=now,
                    actor=actor,
                )
                return "Paused"
            case Change.SKIP:
                skip_step(session, row.invoice_id, row.key, reason=self.reason, today=today, now=now, actor=actor)
                return "Left out"
            case Change.MOVE:
                day = self.to or today
                step = move_step(session, row.invoice_id, row.key, to=day, today=today, now=now, actor=actor)
                return f"Moved to {day_in_words(step.planned_on)}"
            case Change.NOW:
                return send_now(session, row.invoice_id, row.key, now=now, actor=actor).reason
            case Change.APPROVE:
                return approve_step(session, row.invoice_id, row.key, now=now, actor=actor).reason

    def _today(self, row: RowRef) -> date:
        invoice = invoice_of(self.session, row.invoice_id)
        return client_today(self.session.get_one(Client, (self.session.tenant_id, invoice.client_id)), self.now)
