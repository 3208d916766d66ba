"""The issue on which a project's new invoices keep their history, chosen by a person; else the one with most time."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.jira_facts import JiraIssue


def set_home_issue(session: TenantSession, project: Project, key: str, *, now: datetime, actor: str) -> None:
    """Chooses the issue with that key, or none. InvalidInput where the project has no such issue with logged time."""
    wanted = key.strip().upper()
    issue_id = None
    if wanted:
        query = select(JiraIssue.id).where(
            JiraIssue.key == wanted, JiraIssue.project_id == project.id, JiraIssue.gone_at.is_(None)
        )
        issue_id = session.scalars(query).first()
        if issue_id is None:
            raise InvalidInput(
                f"{wanted[:40]} is no issue of {project.key} with logged time; write a key such as {project.key}-1.",
                field="home_issue",
            )
    if issue_id == project.home_issue_id:
        return
    before, project.home_issue_id = project.home_issue_id, issue_id
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="project.home_issue",
        subject=project.id,
        now=now,
        before={"issue": before},
        after={"issue": issue_id},
    )
