"""How much logged time of a project is on no invoice and no draft."""

from sqlalchemy import exists, func, select

from plugin.store.session import TenantSession
from plugin.store.tables.invoices import WorklogClaim
from plugin.store.tables.jira_facts import JiraIssue, Worklog


def open_seconds(session: TenantSession, project_id: str) -> int:
    """Seconds logged and not claimed, counted by the database."""
    claimed = exists().where(
        WorklogClaim.tenant_id == Worklog.tenant_id,
        WorklogClaim.worklog_id == Worklog.id,
        WorklogClaim.released_at.is_(None),
    )
    query = (
        select(func.coalesce(func.sum(Worklog.seconds), 0))
        .join(JiraIssue, (JiraIssue.tenant_id == Worklog.tenant_id) & (JiraIssue.id == Worklog.issue_id))
        .where(JiraIssue.project_id == project_id, Worklog.gone_at.is_(None), Worklog.missing_since.is_(None), ~claimed)
    )
    return int(session.execute(query).scalar_one())
