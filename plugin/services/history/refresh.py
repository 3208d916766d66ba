"""Once a day: issues whose property would say something else today, because an invoice fell into another bucket."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.services.history.issue_property import body_hash, property_bodies
from plugin.services.history.record import queue_properties
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.outbox import IssueProperty


def refresh_buckets(session: TenantSession, *, now: datetime) -> int:
    """Queues the properties that have changed with the day, and gives their number; run again, it queues none twice."""
    open_invoices = select(Invoice.id).where(Invoice.state.in_([state.value for state in OPEN]))
    issues = session.scalars(
        select(WorklogClaim.issue_id).where(WorklogClaim.invoice_id.in_(open_invoices)).distinct()
    ).all()
    written = dict(session.execute(select(IssueProperty.issue_id, IssueProperty.body_hash)).all())
    count = 0
    for issue_id, body in property_bodies(session, sorted(issues), now=now).items():
        wanted = body_hash(body)
        if written.get(issue_id) != wanted:
            queue_properties(session, [issue_id], key=f"{wanted[:16]}:{now:%Y-%m-%d}", now=now)
            count += 1
    return count
