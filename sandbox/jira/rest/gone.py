"""What Atlassian removed: answers 410, whoever asks, and stays in the record so that tests can count such calls."""

from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation

REMOVED = "removed"


def _gone(_call: Call) -> Reply:
    raise JiraError(
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
    )


for _version in ("2", "3"):
    for _method in ("GET", "POST"):
        operation(REMOVED, _method, f"/rest/api/{_version}/search", scope="ANYONE")(_gone)
    operation(REMOVED, "POST", f"/rest/api/{_version}/search/id", scope="ANYONE")(_gone)
    operation(REMOVED, "POST", f"/rest/api/{_version}/expression/eval", scope="ANYONE")(_gone)
