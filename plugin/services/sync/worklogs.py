"""Worklogs: by delta, in pages of ids, stored whole. A worklog is deleted only when Jira lists it as deleted."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import cast

from sqlalchemy import Table, select, update

from plugin.domain.billing.worklogs import billing_day, content_hash
from plugin.services.history.refresh import refresh_issues
from plugin.services.jira_facts import Worklog as JiraWorklog
from plugin.services.sync.context import SyncContext, in_batches
from plugin.services.sync.issues import read_issues, unknown_issues
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.jira_facts import Worklog
from plugin.store.upsert import upsert

OVERLAP_MS = 5 * 60_000
"""Jira leaves the last minute out of the delta; five minutes make up for that."""
AMID = "amid "
"""Stands before a cursor that a read left behind between two pages: it goes on exactly there, or a mass import that
takes longer than one hour's points would begin anew each hour."""
BEHIND = timedelta(hours=1)
"""A cursor that no change moves follows the present so far behind, which makes up for clocks that disagree. Left where
the last change was, it would have a whole import read again with each poll."""
BATCH = 1000
SWEPT = timedelta(days=35)
"""How far the nightly sweep looks back: what is billed month by month."""


def sync_updated_worklogs(context: SyncContext, cursor: str) -> tuple[str, int]:
    """Reads all worklogs changed since ``cursor`` (milliseconds as text, "" for the first time).

    Gives the next cursor, never later than a minute ago, and how many worklogs were read. Each page is kept before the
    next is asked for, and the place too, so what cuts a read off (a crash, a limit of Jira) repeats at most one page.
    """
    since: int | None = _first_page(cursor)
    until, read = _reached(cursor), 0
    while since is not None:
        page = context.jira.worklogs_updated(since_ms=since)
        read += len(read_worklogs(context, [change.worklog_id for change in page.changes]))
        until, since = max(until, page.until), page.next_since
        if since is not None:
            context.keep(f"{AMID}{since}")
    return str(_next_cursor(until, context.now)), read


def sync_deleted_worklogs(context: SyncContext, cursor: str) -> tuple[str, int]:
    """Marks worklogs gone that Jira lists as deleted since ``cursor``; gives the next cursor and their number."""
    since: int | None = _first_page(cursor)
    until, gone = _reached(cursor), 0
    while since is not None:
        page = context.jira.worklogs_deleted(since_ms=since)
        ids = [change.worklog_id for change in page.changes]
        with context.writing() as session:
            for batch in in_batches(ids, 500):
                own = select(Worklog.id).where(Worklog.id.in_(batch), Worklog.gone_at.is_(None))
                found = list(session.scalars(own))
                session.execute(update(Worklog).where(Worklog.id.in_(found)).values(gone_at=context.now))
                session.flush()
                refresh_issues(session, _issues_of(session, found), now=context.now)
                gone += len(found)
        until, since = max(until, page.until), page.next_since
        if since is not None:
            context.keep(f"{AMID}{since}")
    return str(_next_cursor(until, context.now)), gone


def read_worklogs(context: SyncContext, ids: list[str]) -> set[str]:
    """Reads worklogs by id with the issues they name, stores them, and gives the ids that Jira returned.

    One that Jira keeps back is hidden, which is not deleted: it is marked missing and listed, never billed.
    """
    returned: set[str] = set()
    for batch in in_batches(sorted(set(ids), key=int), BATCH):
        found = context.jira.worklogs(batch)
        _read_issues_of(context, found)
        with context.writing() as session:
            zone = session.scalars(select(CompanyProfile.zone)).one()
            rows = [_row(worklog, zone) for worklog in found]
            _doubt_what_changed(session, rows)
            touched = {*_issues_of(session, batch), *(worklog.issue_id for worklog in found)}
            upsert(session, cast(Table, Worklog.__table__), rows, keep=["confirmed_by"], newer="updated_at")
            hidden = set(batch) - {worklog.id for worklog in found}
            session.execute(
                update(Worklog)
                .where(Worklog.id.in_(hidden), Worklog.gone_at.is_(None), Worklog.missing_since.is_(None))
                .values(missing_since=context.now)
            )
            refresh_issues(session, touched, now=context.now)
        returned |= {worklog.id for worklog in found}
    return returned


def sweep_worklogs(context: SyncContext) -> int:
    """Reads again all worklogs of the last weeks, and gives their number.

    Finds what no webhook told and no delta lists: entries that were hidden, or went with their issue. Time that is
    still to come is not billed before its day, so it is read again when its day has come.
    """
    since = context.now - SWEPT
    recent = select(Worklog.id).where(
        Worklog.gone_at.is_(None), (Worklog.updated_at >= since) | Worklog.started_at.between(since, context.now)
    )
    with context.writing() as session:
        ids = list(session.scalars(recent))
    read_worklogs(context, ids)
    return len(ids)


def _issues_of(session: TenantSession, worklog_ids: Collection[str]) -> set[str]:
    """The issues on which these worklogs stand, as far as they are known."""
    return set(session.scalars(select(Worklog.issue_id).where(Worklog.id.in_(worklog_ids))))


def _doubt_what_changed(session: TenantSession, rows: list[dict[str, object]]) -> None:
    """A person released a long entry as it stood; one that says something else now is asked about anew."""
    hashes = {str(row["id"]): row["content_hash"] for row in rows}
    confirmed = session.execute(
        select(Worklog.id, Worklog.content_hash).where(Worklog.id.in_(hashes), Worklog.confirmed_by.is_not(None))
    )
    changed = [worklog_id for worklog_id, known in confirmed if hashes[worklog_id] != known]
    if changed:
        session.execute(update(Worklog).where(Worklog.id.in_(changed)).values(confirmed_by=None))


def _read_issues_of(context: SyncContext, worklogs: list[JiraWorklog]) -> None:
    with context.writing() as session:
        unknown = unknown_issues(session, {worklog.issue_id for worklog in worklogs})
    if unknown:
        read_issues(context, unknown)


def _row(worklog: JiraWorklog, zone: str) -> dict[str, object]:
    return {
        "id": worklog.id,
        "issue_id": worklog.issue_id,
        "author_id": worklog.author_id,
        "started_at": worklog.started,
        "day": billing_day(worklog.started, zone),
        "seconds": worklog.seconds,
        "comment": worklog.comment,
        "restricted": worklog.restricted,
        "updated_at": worklog.updated,
        "content_hash": content_hash(
            issue_id=worklog.issue_id,
            author=worklog.author_id,
            started=worklog.started,
            seconds=worklog.seconds,
            comment=worklog.comment,
        ),
        "confirmed_by": None,
        "missing_since": None,
        "gone_at": None,
    }


def _first_page(cursor: str) -> int:
    """Where a read begins: a little before the end of the last one, or where that one was cut off."""
    return _reached(cursor) if cursor.startswith(AMID) else max(0, _reached(cursor) - OVERLAP_MS)


def _reached(cursor: str) -> int:
    return int(cursor.removeprefix(AMID) or 0)


def _next_cursor(until_ms: int, now: datetime) -> int:
    """Where the next read begins, once everything up to ``now`` was read: never within the last minute."""
    return max(min(until_ms, _milliseconds(now - timedelta(seconds=60))), _milliseconds(now - BEHIND))


def _milliseconds(instant: datetime) -> int:
    return int((instant - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
