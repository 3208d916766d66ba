"""Who may do what: asked for others, and for the app itself."""

from sandbox.jira.access import GLOBAL_PERMISSIONS, PROJECT_PERMISSIONS, may_globally, may_in_project
from sandbox.jira.model import JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, numbers, operation, strings

MOST_SUBJECTS = 1000


@operation("getBulkPermissions", "POST", "/rest/api/3/permissions/check", scope="READ")
def check(call: Call) -> Reply:
    """What was granted of what was asked. Ids nobody knows are dropped without a word."""
    body = call.json_object({"accountId", "globalPermissions", "projectPermissions"})
    account = str(body.get("accountId") or call.account)
    wanted = strings(body.get("globalPermissions", []), "globalPermissions")
    _refuse_unknown(wanted, GLOBAL_PERMISSIONS)
    asked = body.get("projectPermissions", [])
    if not isinstance(asked, list) or not all(isinstance(each, dict) for each in asked):
        raise JiraError(400, "'projectPermissions' must be a list of objects.")
    granted = [grant for each in asked for grant in _project_grants(call, account, each)]
    answer = {
        "globalPermissions": [each for each in wanted if may_globally(call.world, account, each)],
        "projectPermissions": granted,
    }
    return Reply(answer, identities=len(wanted) + len(granted))


@operation("getMyPermissions", "GET", "/rest/api/3/mypermissions", scope="READ")
def mine(call: Call) -> Reply:
    """The app's own. Without a project or an issue: in any project."""
    wanted = call.names("permissions")
    if not wanted:
        raise JiraError(400, "The permissions query parameter is required.")
    _refuse_unknown(wanted, GLOBAL_PERMISSIONS | PROJECT_PERMISSIONS)
    projects = list(call.world.projects.values())
    for name in ("issueKey", "issueId"):
        if name in call.args:
            projects = [call.world.project_of(call.issue(call.args[name]))]
    for name in ("projectKey", "projectId"):
        if name in call.args:
            projects = [call.project(call.args[name])]
    permissions: JsonObject = {}
    for name in wanted:
        is_global = name in GLOBAL_PERMISSIONS
        have = (
            may_globally(call.world, call.account, name)
            if is_global
            else any(may_in_project(call.world, call.account, name, project) for project in projects)
        )
        permissions[name] = {
            "id": name.lower(),
            "key": name,
            "name": name.replace("_", " ").capitalize(),
            "type": "GLOBAL" if is_global else "PROJECT",
            "description": "",
            "havePermission": have,
        }
    return Reply({"permissions": permissions}, identities=len(permissions))


def _project_grants(call: Call, account: str, asked: JsonObject) -> list[JsonObject]:
    names = strings(asked.get("permissions", []), "permissions")
    _refuse_unknown(names, PROJECT_PERMISSIONS)
    project_ids = numbers(asked.get("projects", []), "projects")
    issue_ids = numbers(asked.get("issues", []), "issues")
    if len(project_ids) > MOST_SUBJECTS or len(issue_ids) > MOST_SUBJECTS:
        raise JiraError(400, f"At most {MOST_SUBJECTS} projects and issues may be asked about.")
    world, grants = call.world, []
    for name in names:
        projects = [
            each
            for each in dict.fromkeys(project_ids)
            if each in world.projects and may_in_project(world, account, name, world.projects[each])
        ]
        issues = [
            each
            for each in dict.fromkeys(issue_ids)
            if each in world.issues and may_in_project(world, account, name, world.project_of(world.issues[each]))
        ]
        grant: JsonObject = {"permission": name, "projects": projects, "issues": issues}
        grants.append(grant)
    return grants


def _refuse_unknown(names: list[str], known: set[str]) -> None:
    unknown = [name for name in names if name not in known]
    if unknown:
        raise JiraError(400, f"Unrecognized permission: {', '.join(unknown)}.")
