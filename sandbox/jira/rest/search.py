"""Search by JQL with a cursor. The old search is gone (see ``gone``)."""

import secrets

from sandbox.jira.access import may_browse
from sandbox.jira.jql import BadJql
from sandbox.jira.model import JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, numbers, operation, strings
from sandbox.jira.search import Search
from sandbox.jira.site import Site

SEARCH_KEYS = {
    "jql",
    "fields",
    "properties",
    "expand",
    "maxResults",
    "nextPageToken",
    "reconcileIssues",
    "fieldsByKeys",
}
LARGEST_PAGE = 5000
LARGEST_PAGE_WITH_FIELDS = 100
MOST_RECONCILED = 50
CURSORS_KEPT = 1000


@operation("searchAndReconsileIssuesUsingJqlPost", "POST", "/rest/api/3/search/jql", scope="READ")
def search(call: Call) -> Reply:
    """A page of issues; without ``fields`` only ids. The index may lag behind what was just written."""
    body = call.json_object(SEARCH_KEYS, required={"jql"})
    fields = strings(body.get("fields", ["id"]), "fields")
    properties = strings(body.get("properties", []), "properties")
    reconciled = numbers(body.get("reconcileIssues", []), "reconcileIssues")
    if len(properties) > 5 or len(reconciled) > MOST_RECONCILED:
        raise JiraError(400, "At most 5 properties and 50 issues to reconcile may be given.")
    ids = _ids(call, str(body["jql"]), str(body.get("nextPageToken") or ""), set(reconciled))
    size = _page_size(body, fields)
    page, rest = ids[:size], ids[size:]
    light = [name for name in fields if name not in ("id", "key")]
    issues = [
        call.render.issue(call.world.issues[each], light, properties) for each in page if each in call.world.issues
    ]
    if not light and "key" not in fields:
        issues = [{"id": issue["id"]} for issue in issues]
    answer: JsonObject = {"issues": issues, "isLast": not rest}
    if rest:
        answer["nextPageToken"] = _keep(call.site, str(body["jql"]), rest)
    return Reply(answer, objects=len(issues))


@operation("countIssues", "POST", "/rest/api/3/search/approximate-count", scope="READ")
def count(call: Call) -> Reply:
    """About how many issues match."""
    jql = str(call.json_object({"jql"}, required={"jql"})["jql"])
    return Reply({"count": len(_ids(call, jql, "", set()))})


def _page_size(body: JsonObject, fields: list[str]) -> int:
    asked = body.get("maxResults", 50)
    if not isinstance(asked, int) or asked < 1:
        raise JiraError(400, "'maxResults' must be a positive integer.")
    is_light = set(fields) <= {"id", "key"}
    return min(asked, LARGEST_PAGE if is_light else LARGEST_PAGE_WITH_FIELDS)


def _ids(call: Call, jql: str, cursor: str, reconciled: set[int]) -> list[int]:
    if cursor:
        kept_jql, rest = call.site.cursors.get(cursor, ("", []))
        if not rest or kept_jql != jql:
            raise JiraError(400, "The provided next page token is invalid or has expired.")
        return rest
    try:
        finder = Search(call.world, call.installation)
        return finder.run(jql, sees=lambda issue: may_browse(call.world, call.account, issue), reconciled=reconciled)
    except BadJql as error:
        raise JiraError(400, str(error)) from error


def _keep(site: Site, jql: str, rest: list[int]) -> str:
    token = secrets.token_urlsafe(24)
    site.cursors[token] = (jql, rest)
    while len(site.cursors) > CURSORS_KEPT:
        site.cursors.pop(next(iter(site.cursors)))
    return token
