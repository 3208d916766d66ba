"""Who may do and see what in the pretend Jira."""

from sandbox.jira.model import ADMIN_GROUP, ADMINISTRATORS, Issue, Project, Visibility, Worklog
from sandbox.jira.world import World

GLOBAL_PERMISSIONS = {
    "ADMINISTER",
    "SYSTEM_ADMIN",
    "BULK_CHANGE",
    "CREATE_PROJECT",
    "USER_PICKER",
    "MANAGE_GROUP_FILTER_SUBSCRIPTIONS",
}
ADMIN_ONLY = {"ADMINISTER", "SYSTEM_ADMIN", "CREATE_PROJECT"}
PROJECT_PERMISSIONS = {
    "ADMINISTER_PROJECTS",
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "EDIT_ISSUES",
    "DELETE_ISSUES",
    "ADD_COMMENTS",
    "EDIT_OWN_COMMENTS",
    "EDIT_ALL_COMMENTS",
    "DELETE_OWN_COMMENTS",
    "DELETE_ALL_COMMENTS",
    "WORK_ON_ISSUES",
    "EDIT_OWN_WORKLOGS",
    "EDIT_ALL_WORKLOGS",
    "DELETE_OWN_WORKLOGS",
    "DELETE_ALL_WORKLOGS",
    "ASSIGN_ISSUES",
    "LINK_ISSUES",
    "TRANSITION_ISSUES",
    "VIEW_READONLY_WORKFLOW",
}
PROJECT_ADMIN_ONLY = {
    "ADMINISTER_PROJECTS",
    "EDIT_ALL_WORKLOGS",
    "DELETE_ALL_WORKLOGS",
    "DELETE_ALL_COMMENTS",
    "DELETE_ISSUES",
}


def is_site_admin(world: World, account_id: str) -> bool:
    """Members of the administrators' group."""
    group = world.groups.get(ADMIN_GROUP)
    return group is not None and account_id in group.members


def may_globally(world: World, account_id: str, permission: str) -> bool:
    """One of the global permissions; only people of the site have any."""
    person = world.people.get(account_id)
    if person is None or not person.active or permission not in GLOBAL_PERMISSIONS:
        return False
    if permission in ADMIN_ONLY:
        return is_site_admin(world, account_id)
    return person.account_type == "atlassian"


def may_in_project(world: World, account_id: str, permission: str, project: Project) -> bool:
    """One of the project permissions; roles give them, ``denied`` takes them."""
    person = world.people.get(account_id)
    if person is None or not person.active or permission not in PROJECT_PERMISSIONS:
        return False
    if permission in project.denied.get(account_id, set()) or "BROWSE_PROJECTS" in project.denied.get(
        account_id, set()
    ):
        return False
    if person.account_type == "app":
        return project.app_access and permission != "ADMINISTER_PROJECTS"
    if is_site_admin(world, account_id) or account_id in project.roles.get(ADMINISTRATORS, set()):
        return True
    if permission in PROJECT_ADMIN_ONLY:
        return False
    return any(account_id in members for members in project.roles.values())


def may_browse(world: World, account_id: str, issue: Issue) -> bool:
    """Whether the account sees the issue at all."""
    return may_in_project(world, account_id, "BROWSE_PROJECTS", world.project_of(issue))


def sees(world: World, account_id: str, visibility: Visibility | None, project: Project) -> bool:
    """Whether a comment or worklog restricted like this is visible to the account."""
    if visibility is None:
        return True
    if visibility.kind == "group":
        group = world.groups.get(visibility.name)
        return group is not None and account_id in group.members
    return account_id in project.roles.get(visibility.name, set())


def sees_worklog(world: World, account_id: str, worklog: Worklog) -> bool:
    """Browse permission on the issue, and the worklog's own restriction."""
    issue = world.issues[worklog.issue_id]
    project = world.project_of(issue)
    return may_in_project(world, account_id, "BROWSE_PROJECTS", project) and sees(
        world, account_id, worklog.visibility, project
    )
