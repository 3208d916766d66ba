"""The board as a page shows it: rows by day with their words, the outbox, what waits for approval, the filters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from flask import request, url_for
from sqlalchemy import select

from plugin.domain.reminders.facts import StepRef
from plugin.services.follow_ups.board import Board, BoardRow, BoardScope, board_of
from plugin.services.follow_ups.bulk import RowResult
from plugin.services.follow_ups.calm import CalmScore, calm_score
from plugin.services.follow_ups.outbox import WaitingMail, waiting_mails
from plugin.services.follow_ups.try_step import DryRun
from plugin.services.own_words.speaking import worded_steps
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.ui import here, words
from plugin.ui.board.scope import Scope
from plugin.ui.words import Words

PERIODS = (14, 90)


@dataclass(frozen=True, kw_only=True, slots=True)
class RowView:
    """A row with its words. ``value`` names it in forms. ``worded``: a person wrote the words of its mail."""

    row: BoardRow
    title: str
    icon: str
    tone: str
    state: Words
    worded: bool = False

    @property
    def value(self) -> str:
        """What a form sends for it."""
        return f"{self.row.ref.invoice_id}:{self.row.ref.key}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Aside:
    """What a form has just brought up: results of a change, or a dry run to be confirmed."""

    results: Sequence[RowResult] = ()
    trial: Sequence[DryRun] = ()


def board_values(session: TenantSession, scope: Scope, *, bills: bool, aside: Aside) -> dict[str, object]:
    """Everything that ``ui/board/board.html`` shows."""
    days = 90 if request.values.get("days") == "90" else PERIODS[0]
    client_id = request.values.get("client", "") or None
    wanted = BoardScope(
        project_id=scope.project_id, client_id=client_id, invoice_id=request.values.get("invoice") or None
    )
    board = board_of(session, wanted, days=days, now=here.now())
    clients = _clients(session, scope)
    chosen = session.get(Client, (session.tenant_id, client_id)) if client_id else None
    return {
        "scope": scope,
        "days": days,
        "periods": PERIODS,
        "board": board,
        "board_days": _by_day(board, worded_steps(session, {row.ref.invoice_id for row in board.rows})),
        "to_approve": [_view(row) for row in board.rows if row.waits_for_approval] if bills else [],
        "waiting": _waiting(session, scope, wanted),
        "board_clients": clients,
        "chosen_client": client_id or "",
        "calm": _calm(session, chosen),
        "aside": aside,
        "board_bills": bills,
        "board_url": url_for("board.show", kind=scope.kind, place=scope.place),
    }


def _by_day(board: Board, worded: Collection[StepRef]) -> list[tuple[date, list[RowView]]]:
    views = [replace(_view(row), worded=row.ref in worded) for row in board.rows]
    return [(day, list(rows)) for day, rows in groupby(views, key=lambda view: view.row.day)]


def _view(row: BoardRow) -> RowView:
    return RowView(
        row=row,
        title=words.title_of_step(row.ref.key, row.channel.value, row.tone),
        icon=words.CHANNEL_ICON[words.CHANNEL[row.channel]],
        tone=words.TONE.get(row.tone, ""),
        state=Words("Approve it", "warning") if row.waits_for_approval else words.VERDICT[row.verdict],
    )


def _waiting(session: TenantSession, scope: Scope, wanted: BoardScope) -> list[WaitingMail]:
    """Mails in their undo window, of the invoices that the page is about."""
    invoices = select(Invoice.id).where(*scope.of_open_invoices(session))
    if wanted.invoice_id is not None:
        invoices = invoices.where(Invoice.id == wanted.invoice_id)
    if wanted.client_id is not None:
        invoices = invoices.where(Invoice.client_id == wanted.client_id)
    return waiting_mails(session, session.scalars(invoices).all())


def _clients(session: TenantSession, scope: Scope) -> list[tuple[str, str]]:
    """Those with an open invoice here, by name."""
    owing = select(Invoice.client_id).where(*scope.of_open_invoices(session))
    rows = session.execute(select(Client.id, Client.name).where(Client.id.in_(owing))).all()
    return sorted(((client_id, name) for client_id, name in rows), key=lambda pair: pair[1].casefold())


def _calm(session: TenantSession, client: Client | None) -> CalmScore | None:
    return calm_score(session, client, now=here.now()) if client else None
