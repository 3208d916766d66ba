"""Reads the worklogs of a project and period as facts for the domain: Core, since a draft may have thousands."""

from datetime import date

from sqlalchemy import ColumnElement, func, select

from plugin.domain.billing.worklogs import WorklogFact
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.jira_facts import JiraIssue, Worklog

# Columns, not rows: the ORM costs four to ten times as much for thousands of them.
_COLUMNS = (
    Worklog.id,
    Worklog.issue_id,
    JiraIssue.key,
    JiraIssue.summary,
    Worklog.author_id,
    Worklog.started_at,
    Worklog.day,
    Worklog.seconds,
    JiraIssue.type_name,
    JiraIssue.epic_key,
    JiraIssue.components,
    Worklog.comment,
    Worklog.updated_at,
    Worklog.content_hash,
    Worklog.confirmed_by,
    Worklog.missing_since,
)


def worklog_facts(
    session: TenantSession, project: Project, *, since: date | None, until: date, with_undated: bool = True
) -> list[WorklogFact]:
    """Facts of one project from ``since`` to ``until`` (civil days of the seller, both inclusive), claimed or not.

    Worklogs without a start belong to no period: they come along so that they can be listed, as hidden ones do.
    """
    period = Worklog.day <= until if since is None else Worklog.day.between(since, until)
    return _facts(session, project, period | Worklog.day.is_(None) if with_undated else period)


def issue_facts(session: TenantSession, project: Project, issue_id: str) -> list[WorklogFact]:
    """Facts of one issue, of any day, claimed or not."""
    return _facts(session, project, Worklog.issue_id == issue_id)


def _facts(session: TenantSession, project: Project, wanted: ColumnElement[bool]) -> list[WorklogFact]:
    query = (
        select(*_COLUMNS)
        .join(JiraIssue, (JiraIssue.tenant_id == Worklog.tenant_id) & (JiraIssue.id == Worklog.issue_id))
        .where(
            Worklog.tenant_id == session.tenant_id,
            JiraIssue.project_id == project.id,
            Worklog.gone_at.is_(None),
            wanted,
        )
    )
    return [
        WorklogFact(
            worklog_id=row[0],
            issue_id=row[1],
            issue_key=row[2],
            issue_summary=row[3],
            project_key=project.key,
            author=row[4],
            started=row[5],
            day=row[6],
            seconds=row[7],
            issue_type=row[8],
            epic_key=row[9],
            components=tuple(row[10]),
            comment=row[11],
            updated=row[12],
            content_hash=row[13],
            confirmed=row[14] is not None,
            hidden=row[15] is not None,
        )
        for row in session.execute(query)
    ]


def claims_on(session: TenantSession, facts: list[WorklogFact]) -> dict[str, str]:
    """Worklog id -> the number of the invoice that bills it ("a draft" while it has none), for live claims.

    Whichever project's invoice holds the claim counts: a worklog may have moved since.
    """
    query = (
        select(WorklogClaim.worklog_id, func.coalesce(Invoice.number, "a draft"))
        .join(Invoice, (Invoice.tenant_id == WorklogClaim.tenant_id) & (Invoice.id == WorklogClaim.invoice_id))
        .join(Worklog, (Worklog.tenant_id == WorklogClaim.tenant_id) & (Worklog.id == WorklogClaim.worklog_id))
        .where(WorklogClaim.tenant_id == session.tenant_id, WorklogClaim.released_at.is_(None))
    )
    issues = sorted({fact.issue_id for fact in facts})
    claimed: dict[str, str] = {}
    for start in range(0, len(issues), 500):
        batch = query.where(Worklog.issue_id.in_(issues[start : start + 500]))
        claimed.update(session.execute(batch).all())
    return claimed
