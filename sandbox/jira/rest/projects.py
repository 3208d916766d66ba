"""Projects and their roles."""

from sandbox.jira.access import may_in_project
from sandbox.jira.model import ROLE_IDS, JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation

LARGEST_PAGE = 100


@operation("searchProjects", "GET", "/rest/api/3/project/search", scope="READ")
def search(call: Call) -> Reply:
    """Pages of at most 100, by key unless ordered otherwise."""
    visible = [
        project
        for project in call.world.projects.values()
        if may_in_project(call.world, call.account, "BROWSE_PROJECTS", project)
    ]
    keys, ids = call.args.getlist("keys"), call.args.getlist("id")
    query = call.args.get("query", "").lower()
    if keys or ids:
        visible = [each for each in visible if each.key in keys or str(each.id) in ids]
    if query:
        visible = [each for each in visible if query in each.key.lower() or query in each.name.lower()]
    order = call.args.get("orderBy", "key")
    name = order.lstrip("+-")
    if name not in ("key", "name"):
        raise JiraError(400, f"'{order}' is not an order the pretend Jira knows.")
    visible.sort(key=lambda each: each.key if name == "key" else each.name, reverse=order.startswith("-"))
    start, size = call.number("startAt", 0), call.number("maxResults", 50, most=LARGEST_PAGE)
    page = visible[start : start + size]
    base = f"{call.site.base_url}/rest/api/3/project/search"
    body: JsonObject = {
        "self": f"{base}?startAt={start}&maxResults={size}",
        "startAt": start,
        "maxResults": size,
        "total": len(visible),
        "isLast": start + size >= len(visible),
        "values": [call.render.project(each) for each in page],
    }
    if start + size < len(visible):
        body["nextPage"] = f"{base}?startAt={start + size}&maxResults={size}"
    return Reply(body, objects=len(page))


@operation("getProject", "GET", "/rest/api/3/project/<project>", scope="READ")
def one(call: Call, project: str) -> Reply:
    """With lead, components and the addresses of the roles."""
    return Reply(call.render.project_in_full(call.project(project)), objects=1)


@operation("getProjectRoles", "GET", "/rest/api/3/project/<project>/role", scope="READ")
def roles(call: Call, project: str) -> Reply:
    """Role name -> address."""
    found = call.project(project)
    base = f"{call.site.base_url}/rest/api/3/project/{found.id}/role"
    return Reply({name: f"{base}/{ROLE_IDS[name]}" for name in found.roles}, identities=len(found.roles))


@operation("getProjectRole", "GET", "/rest/api/3/project/<project>/role/<role>", scope="READ")
def role(call: Call, project: str, role: str) -> Reply:
    """A role with its people."""
    found = call.project(project)
    name = next((name for name in found.roles if str(ROLE_IDS[name]) == role), None)
    if name is None:
        raise JiraError(404, f"Can not find a role with id: {role}.")
    members = sorted(found.roles[name])
    actors = [
        {
            "id": index,
            "displayName": call.world.people[account].name if account in call.world.people else "Former user",
            "type": "atlassian-user-role-actor",
            "actorUser": {"accountId": account},
        }
        for index, account in enumerate(members, start=1)
    ]
    base = f"{call.site.base_url}/rest/api/3/project/{found.id}/role/{role}"
    body = {"self": base, "id": ROLE_IDS[name], "name": name, "description": "", "actors": actors}
    return Reply(body, identities=len(actors))
