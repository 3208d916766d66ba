"""Who looks after a project's invoices in Jira, and what happens there beside the history."""

from collections.abc import Iterable

import msgspec

from plugin.domain.errors import NotAllowed
from plugin.services.billing.lookup import project_of
from plugin.services.settings.jira_work import JiraWorkForm, query_projects, save_jira_work
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.ui import here
from plugin.ui.forms import read_form
from plugin.ui.names import names_of
from plugin.ui.rights import Rights
from plugin.ui.submit import Said


class JiraWorkInput(msgspec.Struct):
    """The form."""

    row_version: int
    owner: str = ""
    comment_amounts: str = ""
    call_issues: str = ""
    call_issue_type: str = ""
    query_issues: str = ""
    query_project: str = ""
    query_issue_type: str = ""


def owner_choices(project: Project, people: Iterable[str]) -> list[tuple[str, str]]:
    """Nobody, whoever looks at the page, and the people who log time here, by name."""
    known = {*people, here.actor(), project.owner_account_id} - {""}
    names = names_of(known)
    return [("", "Nobody"), *sorted(((account, names[account]) for account in known), key=lambda pair: pair[1])]


def query_choices(session: TenantSession, project: Project, rights: Rights) -> list[tuple[str, str]]:
    """This project and, for who administers the site, every other; else the one that is chosen already."""
    known = [pair for pair in query_projects(session) if pair[0] != project.id]
    if not rights.site:
        known = [pair for pair in known if pair[0] == project.query_project_id]
    return [("", "This project"), *known]


def save(session: TenantSession, project_id: str, rights: Rights) -> Said:
    """Stores the form. Into another project only a site administrator may have issues written."""
    form = read_form(JiraWorkInput)
    project = project_of(session, project_id)
    if form.query_project not in dict(query_choices(session, project, rights)):
        raise NotAllowed("Ask a Jira administrator to have questions become issues of another project.")
    save_jira_work(
        session,
        project_id,
        JiraWorkForm(
            owner=form.owner,
            comment_amounts=bool(form.comment_amounts),
            call_issues=bool(form.call_issues),
            call_issue_type=form.call_issue_type,
            row_version=form.row_version,
            query_issues=bool(form.query_issues),
            query_project=form.query_project,
            query_issue_type=form.query_issue_type,
        ),
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Saved", body="What stands in Jira already stays as it is.")
