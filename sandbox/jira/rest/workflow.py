"""The workflow of an issue: from each status a way leads to every other one of its project."""

from sandbox.jira.changes import change_issue
from sandbox.jira.model import Issue, JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation

STATUSES = ("To Do", "In Progress", "Done")


@operation("getTransitions", "GET", "/rest/api/3/issue/<issue>/transitions", scope="READ")
def ways(call: Call, issue: str) -> Reply:
    """The ways out of the present status; none where the app may not take any."""
    shown = [_shown(call, place, name) for place, name in _ways(call, call.issue(issue))]
    return Reply({"expand": "transitions", "transitions": shown}, objects=len(shown))


@operation("getStatuses", "GET", "/rest/api/3/status", scope="READ")
def statuses(call: Call) -> Reply:
    """Every status that a workflow of the site uses, each name once."""
    used = call.world.workflows
    names = dict.fromkeys(name for project in call.world.projects for name in used.get(project, STATUSES))
    return Reply([call.render.status(name) for name in names], objects=len(names))


@operation("doTransition", "POST", "/rest/api/3/issue/<issue>/transitions", scope="WRITE")
def move(call: Call, issue: str) -> Reply:
    """Takes one of the ways."""
    found = call.issue(issue)
    call.needs("TRANSITION_ISSUES", found)
    body = call.json_object(
        {"transition", "fields", "update", "historyMetadata", "properties"}, required={"transition"}
    )
    wanted = body["transition"]
    way = str(wanted.get("id")) if isinstance(wanted, dict) else ""
    target = next((name for place, name in _ways(call, found) if str(place) == way), None)
    if target is None:
        raise JiraError(400, f"Transition id '{way}' is not valid for this issue.")
    change_issue(call.world, found, {"status": target}, actor=call.account)
    return Reply(status=204)


def _ways(call: Call, issue: Issue) -> list[tuple[int, str]]:
    statuses = call.world.workflows.get(issue.project_id, STATUSES)
    return [(11 + 10 * place, name) for place, name in enumerate(statuses) if name != issue.status]


def _shown(call: Call, place: int, name: str) -> JsonObject:
    return {
        "id": str(place),
        "name": name,
        "to": call.render.status(name),
        "hasScreen": False,
        "isGlobal": True,
        "isInitial": False,
        "isConditional": False,
        "isAvailable": True,
    }
