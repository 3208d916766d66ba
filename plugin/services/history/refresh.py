"""What Jira shows and would say otherwise now: once an hour because of the calendar, at once for time and drafts."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select

from plugin.domain.billing.states import OPEN
from plugin.domain.calendar import civil_day
from plugin.services.history.issue_property import BATCH, body_hash, property_bodies
from plugin.services.history.mention import queue_mentions
from plugin.services.history.record import queue_properties, rewrite_comments
from plugin.services.history.standing import shown
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.outbox import Effect, HistoryComment, IssueProperty

DAY = timedelta(days=1)
WAITING = ("planned", "deferred", "claimed", "posting", "unknown")
TRIED = ("sent", "skipped", "failed")

Writing = Callable[[], AbstractContextManager[TenantSession]]


def refresh_jira(writing: Writing, *, now: datetime) -> int:
    """Queues the properties and comments that have changed, and gives their number; again, it queues none twice.

    In short transactions: a large site has tens of thousands of issues, and other writers wait meanwhile.
    """
    with writing() as session:
        issues, invoices = _issues(session), _overdue(session, now)
    count = 0
    for batch in _batches(issues):
        with writing() as session:
            count += _refresh_properties(session, batch, now=now)
    for batch in _batches(invoices):
        with writing() as session:
            count += _refresh_comments(session, batch, now=now)
            queue_mentions(session, batch, now=now)
    return count


def refresh_issues(session: TenantSession, issue_ids: Iterable[str], *, now: datetime) -> int:
    """Queues the properties that time or a draft of these issues has changed; the others have none to keep right."""
    own = select(IssueProperty.issue_id)
    count = 0
    for batch in _batches(sorted(set(issue_ids))):
        shown_in_jira = sorted(session.scalars(own.where(IssueProperty.issue_id.in_(batch))))
        count += _refresh_properties(session, shown_in_jira, now=now) if shown_in_jira else 0
    return count


def _batches(ids: list[str]) -> list[list[str]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _issues(session: TenantSession) -> list[str]:
    """Those of open invoices: nothing else changes with the calendar."""
    open_invoices = select(Invoice.id).where(Invoice.state.in_([state.value for state in OPEN]))
    return sorted(
        session.scalars(select(WorklogClaim.issue_id).where(WorklogClaim.invoice_id.in_(open_invoices)).distinct())
    )


def _overdue(session: TenantSession, now: datetime) -> list[str]:
    """Only these change with the calendar; a day early, since the client's day may begin before ours."""
    query = select(Invoice.id).where(
        Invoice.state.in_([state.value for state in OPEN]), Invoice.due_on < (now + DAY).date()
    )
    return sorted(session.scalars(query))


def _refresh_properties(session: TenantSession, issue_ids: list[str], *, now: datetime) -> int:
    known = select(IssueProperty.issue_id, IssueProperty.body_hash).where(IssueProperty.issue_id.in_(issue_ids))
    written = dict(session.execute(known).all())
    wanted = {issue_id: body_hash(body) for issue_id, body in property_bodies(session, issue_ids, now=now).items()}
    changed = [issue_id for issue_id, digest in wanted.items() if written.get(issue_id) != digest]
    spared = _spared(session, changed, now=now)
    due = [issue_id for issue_id in changed if issue_id not in spared]
    for issue_id in due:
        queue_properties(session, [issue_id], key=f"{wanted[issue_id][:16]}:{now:%Y-%m-%dT%H:%M}", now=now)
    return len(due)


def _spared(session: TenantSession, issue_ids: list[str], *, now: datetime) -> set[str]:
    """Issues whose property will be written anyway, as it stands then, and those that Jira refused within a day."""
    if not issue_ids:
        return set()
    query = select(Effect.subject_id).where(
        Effect.subject_id.in_(issue_ids),
        Effect.kind == "jira_property",
        or_(Effect.state.in_(("planned", "deferred")), (Effect.state == "failed") & (Effect.done_at > now - DAY)),
    )
    return set(session.scalars(query))


def _refresh_comments(session: TenantSession, invoice_ids: list[str], *, now: datetime) -> int:
    """Writes a comment anew whose invoice stood otherwise when it was last written, or tried."""
    commented = select(HistoryComment.invoice_id).where(HistoryComment.comment_id.is_not(None))
    query = (
        select(Invoice, Client.zone)
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .where(Invoice.id.in_(invoice_ids), Invoice.id.in_(commented))
        .order_by(Invoice.id)
    )
    tried, count = _last_tried(session, invoice_ids), 0
    for invoice, zone in session.execute(query).all():
        last = tried.get(invoice.id)
        if last is not None and _state(invoice, zone, last) != _state(invoice, zone, now):
            rewrite_comments(session, invoice, now=now)
            count += 1
    return count


def _state(invoice: Invoice, zone: str, at: datetime) -> str:
    return shown(invoice, today=civil_day(at, zone)).state


def _last_tried(session: TenantSession, invoice_ids: list[str]) -> dict[str, datetime]:
    """By invoice, where none of its comments waits to be written."""
    own = (Effect.subject_id.in_(invoice_ids), Effect.kind == "jira_comment")
    waiting = set(session.scalars(select(Effect.subject_id).where(*own, Effect.state.in_(WAITING))))
    last = func.max(Effect.done_at)
    query = select(Effect.subject_id, last).where(*own, Effect.state.in_(TRIED)).group_by(Effect.subject_id)
    return {invoice_id: at for invoice_id, at in session.execute(query) if at is not None and invoice_id not in waiting}
