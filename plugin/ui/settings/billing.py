"""How a project's time becomes lines, and where its history is written."""

import msgspec

from plugin.domain.billing.grouping import Grouping
from plugin.domain.billing.rounding import RoundingMode, RoundingUnit
from plugin.services.billing.lookup import company_of, project_of
from plugin.services.history.audience import audience_of
from plugin.services.settings.home_issue import set_home_issue
from plugin.services.settings.projects import ProjectForm, save_project
from plugin.store.queries.settings import authors_in
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.jira_facts import JiraIssue
from plugin.ui import here
from plugin.ui.forms import Failed, read_form
from plugin.ui.rights import Rights
from plugin.ui.settings.frame import settings_values, shown
from plugin.ui.settings.jira_work import owner_choices, query_choices
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

UNITS = {
    RoundingUnit.WORKLOG: "Each worklog",
    RoundingUnit.PERSON_DAY: "Each person's day",
    RoundingUnit.LINE: "Each line of the invoice",
}
MODES = {
    RoundingMode.UP: "Up",
    RoundingMode.NEAREST: "To the nearest",
    RoundingMode.DOWN: "Down",
    RoundingMode.EXACT: "Not at all",
}
GROUPINGS = {
    Grouping.ISSUE: "Issue",
    Grouping.EPIC: "Epic",
    Grouping.PERSON: "Person",
    Grouping.ROLE: "Role",
    Grouping.DAY: "Day",
    Grouping.WEEK: "Week",
    Grouping.WORKLOG: "Worklog",
    Grouping.ONE_LINE: "One line for all",
}
COMMENTS = [("home", "On the invoice's home issue"), ("all", "On every issue billed, at most ten")]
VISIBILITY = [
    ("restricted", "The role or group that the administration names"),
    ("open", "Everybody who sees the issue"),
]


class BillingInput(msgspec.Struct):
    """The tab's form."""

    rounding_unit: str
    rounding_mode: str
    rounding_minutes: int
    minimum_minutes: int
    grouping: str
    comment_on: str
    comment_visibility: str
    row_version: int
    home_issue: str = ""


def form_of(project: Project, *, row_version: int, **changes: object) -> ProjectForm:
    """The project's settings as they are, with some of them changed: each tab changes its own."""
    values: dict[str, object] = {
        "client_id": project.client_id or "",
        "policy_id": project.policy_id or "",
        "rounding_unit": project.rounding_unit,
        "rounding_mode": project.rounding_mode,
        "rounding_minutes": project.rounding_minutes,
        "minimum_minutes": project.minimum_minutes,
        "grouping": project.grouping,
        "comment_on": project.comment_on,
        "comment_visibility": project.comment_visibility,
        "reminders_on": project.reminders_on,
        "row_version": row_version,
    }
    return msgspec.convert(values | changes, ProjectForm)


def show_billing(project_id: str, rights: Rights, failed: Failed | None = None) -> Shown:
    """The tab."""
    with here.reading() as session:
        values = settings_values(session, project_id, rights, tab="billing", failed=failed)
        project = project_of(session, project_id)
        unread = audience_of(company_of(session)) is None and project.comment_visibility == "restricted"
        home = session.get(JiraIssue, (session.tenant_id, project.home_issue_id)) if project.home_issue_id else None
        people = authors_in(session, project_id)
        queries = query_choices(session, project, rights)
    return shown(
        {
            **values,
            "home_issue": home.key if home else "",
            "rounding_units": [(key.value, text) for key, text in UNITS.items()],
            "rounding_modes": [(key.value, text) for key, text in MODES.items()],
            "groupings": [(key.value, text) for key, text in GROUPINGS.items()],
            "comment_places": COMMENTS,
            "visibilities": VISIBILITY,
            "unread": unread,
            "query_projects": queries,
            "owners": owner_choices(project, people) if rights.bills else [],
        }
    )


def save(session: TenantSession, project_id: str) -> Said:
    """Stores rounding, grouping and where the history goes."""
    form = read_form(BillingInput)
    project = project_of(session, project_id)
    values = msgspec.structs.asdict(form)
    del values["row_version"], values["home_issue"]
    saved = save_project(
        session,
        project_id,
        form_of(project, row_version=form.row_version, **values),
        now=here.now(),
        actor=here.actor(),
    )
    set_home_issue(session, saved, form.home_issue, now=here.now(), actor=here.actor())
    return Said(title="Saved", body="Drafts and invoices that exist stay as they are.")
