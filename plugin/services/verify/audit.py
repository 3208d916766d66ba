"""I9: the chain of audit rows, link by link; an edit, a deletion, a swap and a cut are each named to the row."""

from collections.abc import Iterator

from sqlalchemy import select

from plugin.services.verify.finding import VerifyFinding
from plugin.store.audit import audit_record, link_hash
from plugin.store.session import TenantSession
from plugin.store.tables.audit import AuditHead, AuditRow


def audit_findings(session: TenantSession) -> Iterator[VerifyFinding]:
    """Walks the chain from the first row to the head."""
    previous, expected = "", 1
    for row in session.scalars(select(AuditRow).order_by(AuditRow.seq)):
        if row.seq != expected:
            yield VerifyFinding("I9", f"Audit rows {expected} to {row.seq - 1} are missing before row {row.seq}.")
        record = audit_record(
            at=row.at, actor=row.actor, action=row.action, subject=row.subject, before=row.before, after=row.after
        )
        if link_hash(previous, row.seq, record) != row.hash:
            yield VerifyFinding("I9", f"Audit row {row.seq} ({row.action}) does not fit the row before it.")
        previous, expected = row.hash, row.seq + 1
    head = session.scalars(select(AuditHead)).one_or_none()
    if (head.seq, head.hash) != (expected - 1, previous) if head else expected > 1:
        said = head.seq if head else "nothing"
        yield VerifyFinding("I9", f"The audit chain ends at row {expected - 1}, but its head says {said}.")
