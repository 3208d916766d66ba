"""Issues: one, or many by id or key."""

from sandbox.jira.access import may_browse
from sandbox.jira.model import Issue, JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation, strings

LARGEST_FETCH = 100
MOST_PROPERTIES = 5


@operation("getIssue", "GET", "/rest/api/3/issue/<issue>", scope="READ")
def one(call: Call, issue: str) -> Reply:
    """All fields unless ``fields`` names some."""
    found = call.issue(issue)
    return Reply(call.render.issue(found, call.names("fields") or ["*all"], call.names("properties")), objects=1)


@operation("bulkFetchIssues", "POST", "/rest/api/3/issue/bulkfetch", scope="WRITE")
def bulk_fetch(call: Call) -> Reply:
    """Up to 100 issues in ascending order of their ids; the missing ones are listed beside them."""
    body = call.json_object(
        {"issueIdsOrKeys", "fields", "properties", "expand", "fieldsByKeys"}, required={"issueIdsOrKeys"}
    )
    wanted = strings(body["issueIdsOrKeys"], "issueIdsOrKeys")
    properties = strings(body.get("properties", []), "properties")
    if not 1 <= len(wanted) <= LARGEST_FETCH:
        raise JiraError(
            400, f"Between 1 and {LARGEST_FETCH} issues may be fetched at once, but {len(wanted)} are asked for."
        )
    if len(properties) > MOST_PROPERTIES:
        raise JiraError(400, f"At most {MOST_PROPERTIES} properties may be asked for.")
    fields = strings(body.get("fields", ["*navigable"]), "fields")
    found: dict[int, Issue] = {}
    errors: list[JsonObject] = []
    for name in wanted:
        issue = call.world.issue(name)
        if issue is None or not may_browse(call.world, call.account, issue):
            errors.append({"id": name, "errorMessage": "Issue does not exist or you do not have permission to see it."})
        else:
            found[issue.id] = issue
    shown = [call.render.issue(found[each], fields, properties) for each in sorted(found)]
    return Reply({"issues": shown, "issueErrors": errors}, objects=len(shown))
