"""Once a day: issues whose property would say something else today, because an invoice fell into another bucket."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.billing.states import OPEN
from plugin.services.history.issue_property import BATCH, body_hash, property_bodies
from plugin.services.history.record import queue_properties
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.outbox import Effect, IssueProperty


def refresh_buckets(session: TenantSession, *, now: datetime) -> int:
    """Queues the properties that have changed with the day, and gives their number; run again, it queues none twice."""
    open_invoices = select(Invoice.id).where(Invoice.state.in_([state.value for state in OPEN]))
    issues = session.scalars(
        select(WorklogClaim.issue_id).where(WorklogClaim.invoice_id.in_(open_invoices)).distinct()
    ).all()
    written = dict(session.execute(select(IssueProperty.issue_id, IssueProperty.body_hash)).all())
    wanted = {issue_id: body_hash(body) for issue_id, body in property_bodies(session, sorted(issues), now=now).items()}
    changed = [issue_id for issue_id, digest in wanted.items() if written.get(issue_id) != digest]
    waiting = _waiting(session, changed)
    count = 0
    for issue_id in changed:
        if issue_id not in waiting:
            queue_properties(session, [issue_id], key=f"{wanted[issue_id][:16]}:{now:%Y-%m-%d}", now=now)
            count += 1
    return count


def _waiting(session: TenantSession, issue_ids: list[str]) -> set[str]:
    """Issues whose property will be written anyway, as it stands when its turn comes."""
    found: set[str] = set()
    for start in range(0, len(issue_ids), BATCH):
        query = select(Effect.subject_id).where(
            Effect.subject_id.in_(issue_ids[start : start + BATCH]),
            Effect.kind == "jira_property",
            Effect.state.in_(["planned", "deferred"]),
        )
        found.update(session.scalars(query))
    return found
