"""Where a living comment stands, and the row that remembers it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, select

from plugin.store.session import TenantSession
from plugin.store.tables.outbox import HistoryComment
from plugin.store.upsert import upsert


@dataclass(frozen=True, kw_only=True, slots=True)
class CommentPlace:
    """One comment an invoice and issue; ``revision`` is the invoice's when the effect was added."""

    invoice_id: str
    issue_id: str
    revision: int


def place_of(invoice_id: str, payload: Mapping[str, object]) -> CommentPlace:
    """The place that an effect of kind jira_comment names."""
    return CommentPlace(
        invoice_id=invoice_id, issue_id=str(payload["issue_id"]), revision=int(str(payload["revision"]))
    )


def marker_of(place: CommentPlace, deletions: int) -> str:
    """What the comment carries, so that it is found again: any effect of the place finds what another one wrote."""
    return f"{place.invoice_id}:{place.issue_id}:{deletions}"


def comment_row(session: TenantSession, place: CommentPlace) -> HistoryComment:
    """The row of this comment, made if need be, locked: only one effect of a place passes its gate at a time."""
    row = {"invoice_id": place.invoice_id, "issue_id": place.issue_id, "written_revision": 0, "deletions": 0}
    upsert(session, cast(Table, HistoryComment.__table__), [row], keep=("written_revision", "deletions"))
    query = select(HistoryComment).where(
        HistoryComment.invoice_id == place.invoice_id, HistoryComment.issue_id == place.issue_id
    )
    return session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one()
