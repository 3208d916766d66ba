"""Links between issues."""

from sandbox.jira.changes import change_issue
from sandbox.jira.model import Issue, Json, JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation

RELATES = {"id": "10003", "name": "Relates", "inward": "relates to", "outward": "relates to"}


@operation("linkIssues", "POST", "/rest/api/3/issueLink", scope="WRITE")
def link(call: Call) -> Reply:
    """The same link twice is one."""
    body = call.json_object(
        {"type", "inwardIssue", "outwardIssue", "comment"}, required={"type", "inwardIssue", "outwardIssue"}
    )
    kind = body["type"]
    if not isinstance(kind, dict) or kind.get("name") != RELATES["name"]:
        raise JiraError(404, "No issue link type with name found.")
    inward, outward = _issue(call, body["inwardIssue"]), _issue(call, body["outwardIssue"])
    for issue, other, side in ((inward, outward, "outwardIssue"), (outward, inward, "inwardIssue")):
        call.needs("LINK_ISSUES", issue)
        _add(call, issue, other, side)
    return Reply({}, status=201)


def _issue(call: Call, named: Json) -> Issue:
    name = (named.get("id") or named.get("key")) if isinstance(named, dict) else None
    if not isinstance(name, str):
        raise JiraError(400, "A link names two issues by id or key.")
    return call.issue(name)


def _add(call: Call, issue: Issue, other: Issue, side: str) -> None:
    known = issue.fields.get("issuelinks")
    links: list[JsonObject] = list(known) if isinstance(known, list) else []
    shown = {"id": str(other.id), "key": other.key}
    if all(each.get(side) != shown for each in links):
        number = str(call.world.next_id("link"))
        links.append({"id": number, "type": dict(RELATES), side: shown})
        change_issue(call.world, issue, {"fields": {**issue.fields, "issuelinks": links}}, actor=call.account)
