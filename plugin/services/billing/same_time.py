"""Whether a draft still bills what Jira says: its worklogs as they were read, on issues of its project."""

from sqlalchemy import select

from plugin.domain.errors import Conflict
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.jira_facts import JiraIssue, Worklog

NAMED = 3
"""How many issues a sentence names."""


def require_same_time(session: TenantSession, invoice: Invoice) -> None:
    """Raises Conflict where worklogs were changed or deleted, or issues moved to another project, since the draft.

    A draft shows what will be billed, and to whom; if Jira moved on, a person looks again.
    """
    _require_same_worklogs(session, invoice)
    _require_same_project(session, invoice)


def _require_same_worklogs(session: TenantSession, invoice: Invoice) -> None:
    changed = session.scalars(
        select(WorklogClaim.worklog_id)
        .join(Worklog, (Worklog.tenant_id == WorklogClaim.tenant_id) & (Worklog.id == WorklogClaim.worklog_id))
        .where(
            WorklogClaim.invoice_id == invoice.id,
            WorklogClaim.released_at.is_(None),
            (Worklog.content_hash != WorklogClaim.content_hash)
            | Worklog.gone_at.is_not(None)
            | Worklog.missing_since.is_not(None),
        )
    ).all()
    if changed:
        raise Conflict(
            f"{len(changed)} worklogs of this draft were changed or deleted in Jira since it was made. "
            "Delete the draft and make it again, so that it bills what Jira says."
        )


def _require_same_project(session: TenantSession, invoice: Invoice) -> None:
    """An issue keeps its worklogs when it moves, and the other project may be another client's."""
    moved = session.scalars(
        select(JiraIssue.key)
        .join(WorklogClaim, (WorklogClaim.tenant_id == JiraIssue.tenant_id) & (WorklogClaim.issue_id == JiraIssue.id))
        .where(
            WorklogClaim.invoice_id == invoice.id,
            WorklogClaim.released_at.is_(None),
            JiraIssue.project_id != invoice.project_id,
        )
        .distinct()
        .order_by(JiraIssue.key)
    ).all()
    if moved:
        project = session.get_one(Project, (session.tenant_id, invoice.project_id))
        more = f" and {len(moved) - NAMED} more" if len(moved) > NAMED else ""
        raise Conflict(
            f"{', '.join(moved[:NAMED])}{more} moved out of project {project.key} since this draft was made, so the "
            "time may be another client's. Delete the draft and make it again; each project bills its own issues."
        )
