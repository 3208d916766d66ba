"""Who looks after a project's invoices in Jira, and what happens there beside the history."""

from collections.abc import Iterable

import msgspec

from plugin.services.settings.jira_work import JiraWorkForm, save_jira_work
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.ui import here
from plugin.ui.forms import read_form
from plugin.ui.names import names_of
from plugin.ui.submit import Said


class JiraWorkInput(msgspec.Struct):
    """The form."""

    row_version: int
    owner: str = ""
    comment_amounts: str = ""
    call_issues: str = ""
    call_issue_type: str = ""


def owner_choices(project: Project, people: Iterable[str]) -> list[tuple[str, str]]:
    """Nobody, whoever looks at the page, and the people who log time here, by name."""
    known = {*people, here.actor(), project.owner_account_id} - {""}
    names = names_of(known)
    return [("", "Nobody"), *sorted(((account, names[account]) for account in known), key=lambda pair: pair[1])]


def save(session: TenantSession, project_id: str) -> Said:
    """Stores the form."""
    form = read_form(JiraWorkInput)
    save_jira_work(
        session,
        project_id,
        JiraWorkForm(
            owner=form.owner,
            comment_amounts=bool(form.comment_amounts),
            call_issues=bool(form.call_issues),
            call_issue_type=form.call_issue_type,
            row_version=form.row_version,
        ),
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Saved", body="What stands in Jira already stays as it is.")
