"""Who may read the living comment: the project role or the group that the administration names, if any."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from plugin.domain.errors import DunlinError, InvalidInput
from plugin.services.jira_facts import Audience, CommentVisibility
from plugin.services.jira_gateway import JiraGateway
from plugin.services.settings.checks import clean_line
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.company import CompanyProfile

UNNAMED = (
    "Nobody is named who may read the history, so no comment is written: name a role or group in the administration, "
    "or let everybody who sees the issue read it in the project's settings."
)
PROJECTS_ASKED = 5
"""Company-managed projects share their roles; the others have their own, so more than one is asked."""


def audience_of(company: CompanyProfile | None) -> CommentVisibility | None:
    """What restricts comments; None while nobody is named."""
    if company is None or not company.comment_role:
        return None
    if company.comment_audience == Audience.GROUP:
        return CommentVisibility(audience=Audience.GROUP, name=company.comment_role)
    return CommentVisibility(audience=Audience.ROLE, identifier=company.comment_role)


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers:
    """Who reads what is written on an invoice's issue. ``internal``: a note of the agents on a service desk.

    ``discreet``: without amounts and free text, since a service desk's customers, or the whole project, may see it.
    """

    visibility: CommentVisibility | None
    internal: bool
    discreet: bool


def readers_of(session: TenantSession, project: Project | None) -> Readers | None:
    """The readers by the settings of project and site; None where nobody is named who may read it (F50)."""
    audience = audience_of(session.get(CompanyProfile, session.tenant_id))
    restricted = project is None or project.comment_visibility == "restricted"
    service_desk = project is not None and project.service_desk
    if restricted and audience is None and not service_desk:
        return None
    return Readers(
        visibility=audience if restricted or service_desk else None,
        internal=service_desk,
        discreet=service_desk or (project is not None and not project.comment_amounts),
    )


def check_audience(audience: str, name: str, *, roles: Collection[str]) -> tuple[str, str]:
    """Kind and name, cleaned. ``roles`` are those that Jira told, empty where it told none: then any name is taken.

    Jira itself refuses a comment for an unknown role or group, or one that the app is not in; that raises an alert.
    """
    audience = audience or Audience.ROLE.value
    if audience not in list(Audience):
        raise InvalidInput("Choose a project role or a group.", field="comment_audience")
    cleaned = clean_line(name, field="comment_role")
    if cleaned and audience == Audience.ROLE and roles and cleaned not in roles:
        known = ", ".join(sorted(roles))
        raise InvalidInput(f"Jira has no project role {cleaned[:60]}; it has {known}.", field="comment_role")
    return audience, cleaned


def told_roles(jira: JiraGateway, project_ids: Sequence[str]) -> set[str]:
    """The roles of some projects; none where Jira does not tell."""
    found: set[str] = set()
    for project_id in project_ids[:PROJECTS_ASKED]:
        try:
            found |= jira.roles_of(project_id)
        except DunlinError:
            continue
    return found
