"""What Atlassian removed answers 410, what the pretend Jira does not have 404; both stay on record."""

from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation

REMOVED = "removed"
UNKNOWN = "unknown"


def _gone(_call: Call) -> Reply:
    raise JiraError(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
    )


def _unknown(_call: Call, path: str) -> Reply:
    raise JiraError(404, f"The pretend Jira has no resource {path}.")


for _version in ("2", "3"):
    for _method in ("GET", "POST"):
        operation(REMOVED, _method, f"/rest/api/{_version}/search", scope="ANYONE")(_gone)
    operation(REMOVED, "POST", f"/rest/api/{_version}/search/id", scope="ANYONE")(_gone)
    operation(REMOVED, "POST", f"/rest/api/{_version}/expression/eval", scope="ANYONE")(_gone)
for _method in ("GET", "POST", "PUT", "DELETE"):
    operation(UNKNOWN, _method, "/rest/<path:path>", scope="ANYONE")(_unknown)
