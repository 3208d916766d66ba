"""People, their groups and their rights. Names are looked up when shown; only account ids are kept."""

from collections.abc import Iterator, Sequence

from msgspec import Struct, field

from plugin.jira.client import JiraClient
from plugin.jira.operations import GROUPS_OF_USER, MYSELF, PERMISSIONS, PROJECT_ROLES, USERS
from plugin.jira.reading import numbers
from plugin.services.jira_facts import Granted, ProjectPermission, User

USERS_A_CALL = 50
"""Jira takes more, but every account id stands in the address, whose length has limits of its own."""
GROUPS_EXPECTED = 50
ROLES_EXPECTED = 20


class _User(Struct, rename="camel"):
    account_id: str
    display_name: str = ""
    active: bool = True
    time_zone: str | None = None
    locale: str | None = None


class _UserPage(Struct, rename="camel"):
    start_at: int
    is_last: bool
    values: list[_User]


class _Group(Struct, rename="camel"):
    group_id: str


class _ProjectGrant(Struct, rename="camel"):
    permission: str
    projects: list[int] = field(default_factory=list)
    issues: list[int] = field(default_factory=list)


class _Grants(Struct, rename="camel"):
    global_permissions: list[str]
    project_permissions: list[_ProjectGrant]


def users(client: JiraClient, account_ids: Sequence[str]) -> list[User]:
    """All of them, through as many calls and pages as Jira needs; those that Jira does not know are absent."""
    wanted = list(dict.fromkeys(account_ids))
    chunks = (wanted[start : start + USERS_A_CALL] for start in range(0, len(wanted), USERS_A_CALL))
    return [_fact(one) for chunk in chunks for one in _users_of(client, chunk)]


def groups_of(client: JiraClient, account_id: str) -> frozenset[str]:
    """Ids of the groups a person is in."""
    answer = client.call(
        GROUPS_OF_USER, list[_Group], query={"accountId": account_id}, at_most=GROUPS_EXPECTED, count=len
    )
    return frozenset(group.group_id for group in answer)


def roles_of(client: JiraClient, project_id: str) -> frozenset[str]:
    """Names of the roles of a project."""
    answer = client.call(PROJECT_ROLES, dict[str, str], path={"project": project_id}, at_most=ROLES_EXPECTED, count=len)
    return frozenset(answer)


def myself(client: JiraClient) -> User:
    """The account that our token stands for."""
    return _fact(client.call(MYSELF, _User, at_most=1, count=lambda _: 1))


def granted(
    client: JiraClient, account_id: str, *, site: Sequence[str], projects: Sequence[ProjectPermission]
) -> Granted:
    """What of the question Jira granted. The answer is held against the question: ids it lacks are denied."""
    body = {
        "accountId": account_id,
        "globalPermissions": list(site),
        "projectPermissions": [
            {"permissions": [one.permission], "projects": numbers(one.project_ids), "issues": numbers(one.issue_ids)}
            for one in projects
        ],
    }
    asked = len(site) + sum(len(one.project_ids) + len(one.issue_ids) for one in projects)
    answer = client.call(PERMISSIONS, _Grants, body=body, at_most=asked, count=_grants)
    in_projects = {(one.permission, str(known)) for one in answer.project_permissions for known in one.projects}
    on_issues = {(one.permission, str(known)) for one in answer.project_permissions for known in one.issues}
    return Granted(
        site=frozenset(site) & frozenset(answer.global_permissions),
        projects=frozenset((one.permission, id_) for one in projects for id_ in one.project_ids) & in_projects,
        issues=frozenset((one.permission, id_) for one in projects for id_ in one.issue_ids) & on_issues,
    )


def _users_of(client: JiraClient, account_ids: Sequence[str]) -> Iterator[_User]:
    start, is_last = 0, False
    while not is_last:
        # Without maxResults Jira gives ten.
        page = client.call(
            USERS,
            _UserPage,
            query={"accountId": account_ids, "startAt": start, "maxResults": USERS_A_CALL},
            at_most=len(account_ids),
            count=lambda page: len(page.values),
        )
        yield from page.values
        start, is_last = start + len(page.values), page.is_last or not page.values


def _grants(answer: _Grants) -> int:
    inner = sum(len(one.projects) + len(one.issues) for one in answer.project_permissions)
    return len(answer.global_permissions) + inner


def _fact(wire: _User) -> User:
    return User(
        account_id=wire.account_id,
        display_name=wire.display_name,
        active=wire.active,
        time_zone=wire.time_zone,
        locale=wire.locale,
    )
