"""Who in Jira looks after a project's invoices, what they are told there, and whether calls become issues."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.services.billing.lookup import check_version, project_of
from plugin.services.settings.checks import clean_line
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project

ACCOUNT = re.compile(r"[0-9A-Za-z:-]{1,128}")


@dataclass(frozen=True, kw_only=True, slots=True)
class JiraWorkForm:
    """``owner`` is an account id, empty for nobody. ``call_issue_type`` is the name of an issue type of the project.

    ``query_project`` is the id of the project in which a client's question becomes an issue of ``query_issue_type``;
    empty: the project itself. ``query_issues``: it does so by itself.
    """

    owner: str
    comment_amounts: bool
    call_issues: bool
    call_issue_type: str
    row_version: int
    query_issues: bool = False
    query_project: str = ""
    query_issue_type: str = "Task"


def save_jira_work(
    session: TenantSession, project_id: str, form: JiraWorkForm, *, now: datetime, actor: str
) -> Project:
    """Checks and stores them. Jira itself refuses an unknown type or assignee; that raises an alert."""
    project = project_of(session, project_id)
    session.refresh(project, with_for_update={"key_share": True})
    check_version(project, form.row_version)
    if form.owner and ACCOUNT.fullmatch(form.owner) is None:
        raise InvalidInput("Choose one of the people offered.", field="owner")
    type_name = clean_line(form.call_issue_type, field="call_issue_type", longest=60)
    if form.call_issues and not type_name:
        raise InvalidInput("Name the issue type that calls become, such as Task or Sub-task.", field="call_issue_type")
    asked_as = clean_line(form.query_issue_type, field="query_issue_type", longest=60)
    if not asked_as:
        raise InvalidInput("Name the issue type that questions become, such as Task.", field="query_issue_type")
    before = _shown(project)
    project.owner_account_id = form.owner
    project.comment_amounts = form.comment_amounts
    project.call_issues, project.call_issue_type = form.call_issues, type_name or project.call_issue_type
    project.query_issues, project.query_issue_type = form.query_issues, asked_as
    project.query_project_id = _target(session, form.query_project)
    project.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="project.jira_work",
        subject=project.id,
        now=now,
        before=before,
        after=_shown(project),
    )
    return project


def _target(session: TenantSession, project_id: str) -> str | None:
    """A project of the site that is still there, or none."""
    if not project_id:
        return None
    found = session.get(Project, (session.tenant_id, project_id))
    if found is None or found.gone_at is not None:
        raise InvalidInput("Choose one of the projects offered.", field="query_project")
    return found.id


def query_projects(session: TenantSession) -> list[tuple[str, str]]:
    """Id, and key with name, of every project that is still there, by key."""
    query = select(Project.id, Project.key, Project.name).where(Project.gone_at.is_(None)).order_by(Project.key)
    return [(row_id, f"{key}: {name}") for row_id, key, name in session.execute(query)]


def _shown(project: Project) -> dict[str, object]:
    return {
        "owner": project.owner_account_id,
        "amounts": project.comment_amounts,
        "calls": project.call_issue_type if project.call_issues else "",
        "queries": [project.query_issues, project.query_project_id, project.query_issue_type],
    }
