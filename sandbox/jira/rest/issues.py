"""Issues: one, many by id or key, and new ones."""

from datetime import date

from sandbox.jira.access import may_browse, may_in_project
from sandbox.jira.adf import wrong_with
from sandbox.jira.changes import add_issue, new_issue_key
from sandbox.jira.model import Issue, Json, JsonObject, Project
from sandbox.jira.render import ISSUE_TYPES, SUBTASK
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation, strings

LARGEST_FETCH = 100
MOST_PROPERTIES = 5
LONGEST_SUMMARY = 255
SCREEN = {"project", "issuetype", "summary", "description", "duedate", "assignee", "parent", "labels"}


@operation("getIssue", "GET", "/rest/api/3/issue/<issue>", scope="READ")
def one(call: Call, issue: str) -> Reply:
    """All fields unless ``fields`` names some."""
    found = call.issue(issue)
    return Reply(call.render.issue(found, call.names("fields") or ["*all"], call.names("properties")), objects=1)


@operation("createIssue", "POST", "/rest/api/3/issue", scope="WRITE")
def create(call: Call) -> Reply:
    """An issue with the fields of the project's create screen, as far as the product fills them."""
    body = call.json_object({"fields", "properties", "update"}, required={"fields"})
    fields = body["fields"]
    if not isinstance(fields, dict):
        raise JiraError(400, "'fields' must be an object.")
    unknown = set(fields) - SCREEN
    if unknown:
        name = min(unknown)
        raise JiraError(
            400, errors={name: f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."}
        )
    issue = _new_issue(call, fields)
    issue.properties.update(_properties(body.get("properties", [])))
    add_issue(call.world, call.world.projects[issue.project_id], issue, actor=call.account)
    base = f"{call.site.base_url}/rest/api/3/issue/{issue.id}"
    return Reply({"id": str(issue.id), "key": issue.key, "self": base}, status=201)


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


def _new_issue(call: Call, fields: JsonObject) -> Issue:
    project = call.project(_named(fields, "project", "id", "key"))
    if not may_in_project(call.world, call.account, "CREATE_ISSUES", project):
        raise JiraError(403, "You do not have permission to create issues in this project.")
    type_name = _named(fields, "issuetype", "name", "id")
    if type_name not in ISSUE_TYPES:
        raise JiraError(400, errors={"issuetype": "Specify a valid issue type"})
    parent = call.issue(_named(fields, "parent", "id", "key")) if "parent" in fields else None
    if (type_name == SUBTASK) != (parent is not None and parent.type_name != "Epic"):
        raise JiraError(400, errors={"parent": "A sub-task needs a parent, which is no epic."})
    now = call.world.now()
    return Issue(
        id=call.world.next_id("issue"),
        key=new_issue_key(project),
        project_id=project.id,
        summary=_summary(fields),
        created=now,
        updated=now,
        type_name=type_name,
        status="To Do",
        assignee=_assignee(call, fields, project),
        reporter=call.account,
        epic=parent.id if parent is not None else None,
        description=_description(fields),
        fields={"duedate": _day(fields["duedate"])} if "duedate" in fields else {},
    )


def _named(fields: JsonObject, field: str, *names: str) -> str:
    value = fields.get(field)
    given = next((value[name] for name in names if name in value), None) if isinstance(value, dict) else None
    if not isinstance(given, str) or not given:
        raise JiraError(400, errors={field: f"{field} is required"})
    return given


def _summary(fields: JsonObject) -> str:
    summary = fields.get("summary")
    if not isinstance(summary, str) or not summary.strip() or len(summary) > LONGEST_SUMMARY or "\n" in summary:
        raise JiraError(400, errors={"summary": "The summary is required, on one line of at most 255 characters."})
    return summary


def _description(fields: JsonObject) -> JsonObject | None:
    description = fields.get("description")
    wrong = wrong_with(description) if description is not None else ""
    if wrong:
        raise JiraError(400, errors={"description": f"INVALID_INPUT: {wrong}"})
    return description if isinstance(description, dict) else None


def _assignee(call: Call, fields: JsonObject, project: Project) -> str | None:
    if "assignee" not in fields:
        return None
    account_id = _named(fields, "assignee", "accountId", "id")
    if not may_in_project(call.world, account_id, "BROWSE_PROJECTS", project):
        raise JiraError(400, errors={"assignee": f"User '{account_id}' cannot be assigned issues."})
    return account_id


def _day(value: Json) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise JiraError(400, errors={"duedate": f"Operation value must be a date: {value}"}) from error


def _properties(given: Json) -> JsonObject:
    if not isinstance(given, list) or not all(isinstance(each, dict) and "key" in each for each in given):
        raise JiraError(400, "'properties' must be a list of keys and values.")
    return {str(each["key"]): each.get("value") for each in given}
