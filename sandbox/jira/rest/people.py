"""People and their groups."""

from sandbox.jira.model import JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation

LARGEST_PAGE = 200
SEARCH_WINDOW = 1000


@operation("getUser", "GET", "/rest/api/3/user", scope="READ")
def one(call: Call) -> Reply:
    """By ``accountId``."""
    account = _known(call)
    return Reply(call.render.user(account), identities=1)


@operation("bulkGetUsers", "GET", "/rest/api/3/user/bulk", scope="READ")
def bulk(call: Call) -> Reply:
    """Ten a page unless more are asked for: whoever forgets loses people."""
    asked = list(dict.fromkeys(call.args.getlist("accountId")))
    if not asked:
        raise JiraError(400, "The accountId query parameter is required.")
    known = [account for account in asked if account in call.world.people]
    start, size = call.number("startAt", 0), call.number("maxResults", 10, most=LARGEST_PAGE)
    page = known[start : start + size]
    base = f"{call.site.base_url}/rest/api/3/user/bulk"
    query = "&".join(f"accountId={account}" for account in asked)
    body: JsonObject = {
        "self": f"{base}?startAt={start}&maxResults={size}&{query}",
        "startAt": start,
        "maxResults": size,
        "total": len(known),
        "isLast": start + size >= len(known),
        "values": [call.render.user(account) for account in page],
    }
    if start + size < len(known):
        body["nextPage"] = f"{base}?startAt={start + size}&maxResults={size}&{query}"
    return Reply(body, identities=len(page))


@operation("findUsers", "GET", "/rest/api/3/user/search", scope="READ")
def search(call: Call) -> Reply:
    """By a part of the name or the address, or by account id; only among the first 1000."""
    query, account_id = call.args.get("query", "").lower(), call.args.get("accountId")
    if not query and not account_id:
        raise JiraError(400, "Either query or accountId is required.")
    people = [person for person in call.world.people.values() if person.account_type == "atlassian"][:SEARCH_WINDOW]
    found = [
        person.account_id
        for person in people
        if person.account_id == account_id or (query and query in f"{person.name} {person.email}".lower())
    ]
    start, size = call.number("startAt", 0), call.number("maxResults", 50, most=SEARCH_WINDOW)
    page = [call.render.user(account) for account in found[start : start + size]]
    return Reply(page, identities=len(page))


@operation("getUserGroups", "GET", "/rest/api/3/user/groups", scope="READ")
def groups(call: Call) -> Reply:
    """The groups a person is in."""
    account = _known(call)
    base = f"{call.site.base_url}/rest/api/3/group"
    found = [
        {"name": group.name, "groupId": group.group_id, "self": f"{base}?groupId={group.group_id}"}
        for group in call.world.groups.values()
        if account in group.members
    ]
    return Reply(found, identities=len(found))


@operation("findGroups", "GET", "/rest/api/3/groups/picker", scope="READ")
def pick_groups(call: Call) -> Reply:
    """Groups whose name contains ``query``."""
    query = call.args.get("query", "").lower()
    matching = [group for group in call.world.groups.values() if query in group.name.lower()]
    shown = matching[: call.number("maxResults", 20)]
    body = {
        "header": f"Showing {len(shown)} of {len(matching)} matching groups",
        "total": len(matching),
        "groups": [{"name": each.name, "html": each.name, "groupId": each.group_id} for each in shown],
    }
    return Reply(body, identities=len(shown))


@operation("getCurrentUser", "GET", "/rest/api/3/myself", scope="READ")
def myself(call: Call) -> Reply:
    """The account under which the app acts."""
    return Reply(call.render.user(call.account), identities=1)


def _known(call: Call) -> str:
    account = call.args.get("accountId")
    if not account:
        raise JiraError(400, "The accountId query parameter is required.")
    if account not in call.world.people:
        raise JiraError(404, "Specified user does not exist or you do not have required permissions.")
    return account
