"""What the settings pages list: clients, contacts, rates, roles, policies, people who logged time."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.jira_facts import JiraIssue, PersonRole, Worklog
from plugin.store.tables.policies import PolicyRow
from plugin.store.tables.rates import Rate

AUTHORS = 200


def client_names(session: TenantSession) -> list[tuple[str, str]]:
    """Every client's id and name, by name."""
    return [(row_id, name) for row_id, name in session.execute(select(Client.id, Client.name).order_by(Client.name))]


def contacts_of(session: TenantSession, client_id: str) -> Sequence[Contact]:
    """The people at a client."""
    return session.scalars(
        select(Contact).where(Contact.client_id == client_id).order_by(Contact.role, Contact.id)
    ).all()


def rates_for(session: TenantSession, project: Project) -> Sequence[Rate]:
    """The rates that can price time of a project: its own, its client's, and those of roles and the whole site."""
    own = or_(
        Rate.project_id == project.id,
        Rate.level.in_(["role", "site"]),
        Rate.client_id == project.client_id if project.client_id else Rate.level == "site",
    )
    return session.scalars(select(Rate).where(own).order_by(Rate.level, Rate.valid_from, Rate.id)).all()


def roles_of(session: TenantSession) -> Sequence[PersonRole]:
    """Billing roles of people."""
    return session.scalars(select(PersonRole).order_by(PersonRole.role, PersonRole.account_id)).all()


def authors_in(session: TenantSession, project_id: str) -> Sequence[str]:
    """Account ids of those who logged time in a project; at most 200."""
    query = (
        select(Worklog.author_id)
        .join(JiraIssue, (JiraIssue.tenant_id == Worklog.tenant_id) & (JiraIssue.id == Worklog.issue_id))
        .where(JiraIssue.project_id == project_id, Worklog.author_id.is_not(None))
        .distinct()
        .limit(AUTHORS)
    )
    return [author for author in session.scalars(query) if author]


def policies(session: TenantSession) -> Sequence[PolicyRow]:
    """The tenant's policies, the site's default first."""
    return session.scalars(select(PolicyRow).order_by(PolicyRow.is_default.desc(), PolicyRow.name)).all()


def policy_users(session: TenantSession, policy_id: str) -> set[str]:
    """Projects and clients that follow a policy, by id."""
    projects = session.scalars(select(Project.id).where(Project.policy_id == policy_id)).all()
    clients = session.scalars(select(Client.id).where(Client.policy_id == policy_id)).all()
    return {*projects, *clients}


def projects_of_client(session: TenantSession, client_id: str) -> set[str]:
    """Ids of the projects that are billed to a client."""
    return set(session.scalars(select(Project.id).where(Project.client_id == client_id)))


def project_ids(session: TenantSession) -> list[str]:
    """Jira's ids of the projects that are there, those that are billed first."""
    order = (Project.client_id.is_(None), Project.id)
    return list(session.scalars(select(Project.id).where(Project.gone_at.is_(None)).order_by(*order)))
