"""Moving open invoices to a policy's newest version: first what would change for each, then the change as seen."""

from dataclasses import dataclass

from flask import request

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_move import InvoiceMove
from plugin.services.policies.move_invoices import movable, move_invoices, preview_move, seal, seal_of_all
from plugin.services.policies.versions import policy_row, published_version
from plugin.store.queries.settings import client_names, policies
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyVersion
from plugin.ui import here
from plugin.ui.filters import counted
from plugin.ui.forms import Failed
from plugin.ui.policies.place import Place
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

SHOWN = 50
MOST = 2_000
"""So many are looked at and moved at a time, so that a page answers within seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveRow:
    """One invoice of the preview; ``sealed`` is what its tick box sends."""

    move: InvoiceMove
    sealed: str


def show_moves(place: Place, policy_id: str, failed: Failed | None = None) -> Shown:
    """The preview; ``source`` and ``client`` of the address narrow it."""
    with here.reading() as session:
        target = published_version(session, policy_id)
        found = _movable(session, place, target)
        waiting, found = len(found) - MOST, found[:MOST]
        moves = preview_move(session, found, target, now=here.now())
        values = {
            "policy": policy_row(session, policy_id),
            "target": target,
            "rows": [MoveRow(move=move, sealed=f"{move.invoice_id}:{seal(move, target)}") for move in moves[:SHOWN]],
            "total": len(moves),
            "waiting": max(waiting, 0),
            "seal_all": seal_of_all(moves, target),
            "today": sum(bool(move.goes_today) for move in moves),
            "changing": sum(move.changes for move in moves),
            "source": request.values.get("source", ""),
            "client": request.values.get("client", ""),
            "sources": [("", "Any other policy or version"), *((row.id, row.name) for row in policies(session))],
            "clients": [("", "All clients"), *client_names(session)],
        }
        return place.shown(session, "moves", failed, values)


def move(session: TenantSession, place: Place, policy_id: str) -> Said:
    """Moves the invoices ticked, or all that were counted."""
    target = published_version(session, policy_id)
    if request.form.get("do") == "all":
        found, seen = _movable(session, place, target)[:MOST], request.form.get("seal_all", "")
    else:
        found, seen = _ticked(session, place, target)
    moved = move_invoices(session, found, target, seen=seen, now=here.now(), actor=here.actor())
    due = sum(bool(each.goes_today) for each in moved)
    told = (
        f"{counted(due, 'invoice')} of them have a step that goes today."
        if due
        else "Nothing goes today because of it."
    )
    return Said(title=f"{counted(len(moved), 'invoice')} moved", body=told, refresh=False)


def _ticked(session: TenantSession, place: Place, target: PolicyVersion) -> tuple[list[Invoice], str]:
    """The invoices that were ticked, and the seal that they have together if each is as it was shown."""
    sealed = dict(each.partition(":")[::2] for each in request.form.getlist("invoices"))
    if not sealed:
        raise InvalidInput("Tick at least one invoice.", field="invoices")
    found = [invoice for invoice in _movable(session, place, target) if invoice.id in sealed]
    moves = preview_move(session, found, target, now=here.now())
    same = len(found) == len(sealed) and all(seal(each, target) == sealed[each.invoice_id] for each in moves)
    return found, seal_of_all(moves, target) if same else ""


def _movable(session: TenantSession, place: Place, target: PolicyVersion) -> list[Invoice]:
    return list(
        movable(
            session,
            target,
            policy_id=request.values.get("source", ""),
            client_id=request.values.get("client", ""),
            project_id=place.project_id,
        )
    )
