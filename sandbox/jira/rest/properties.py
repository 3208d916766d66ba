"""Entity properties of issues and comments."""

import json

from sandbox.jira.access import may_in_project, sees
from sandbox.jira.changes import set_property
from sandbox.jira.model import Comment, Json, JsonObject
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation

LONGEST_KEY = 255
LONGEST_VALUE = 32_768


@operation("getIssuePropertyKeys", "GET", "/rest/api/3/issue/<issue>/properties", scope="READ")
def keys_of_issue(call: Call, issue: str) -> Reply:
    """Which properties an issue has."""
    found = call.issue(issue)
    base = f"{call.site.base_url}/rest/api/3/issue/{found.id}/properties"
    return Reply({"keys": [{"self": f"{base}/{key}", "key": key} for key in found.properties]}, objects=1)


@operation("getIssueProperty", "GET", "/rest/api/3/issue/<issue>/properties/<key>", scope="READ")
def of_issue(call: Call, issue: str, key: str) -> Reply:
    """A property's value."""
    return _value(call.issue(issue).properties, key)


@operation("setIssueProperty", "PUT", "/rest/api/3/issue/<issue>/properties/<key>", scope="WRITE")
def set_on_issue(call: Call, issue: str, key: str) -> Reply:
    """201 for a new property, 200 for one that was there."""
    found = call.issue(issue)
    call.needs("EDIT_ISSUES", found)
    is_new = set_property(call.world, found, key, _checked(key, call.body), actor=call.account)
    return Reply({}, status=201 if is_new else 200)


@operation("deleteIssueProperty", "DELETE", "/rest/api/3/issue/<issue>/properties/<key>", scope="DELETE")
def delete_from_issue(call: Call, issue: str, key: str) -> Reply:
    """404 where it is not there."""
    found = call.issue(issue)
    call.needs("EDIT_ISSUES", found)
    _value(found.properties, key)
    call.world.touch_issue(found)
    del found.properties[key]
    return Reply(status=204)


@operation("getCommentPropertyKeys", "GET", "/rest/api/3/comment/<comment>/properties", scope="READ")
def keys_of_comment(call: Call, comment: str) -> Reply:
    """Which properties a comment has."""
    found = _comment(call, comment)
    base = f"{call.site.base_url}/rest/api/3/comment/{found.id}/properties"
    return Reply({"keys": [{"self": f"{base}/{key}", "key": key} for key in found.properties]}, objects=1)


@operation("getCommentProperty", "GET", "/rest/api/3/comment/<comment>/properties/<key>", scope="READ")
def of_comment(call: Call, comment: str, key: str) -> Reply:
    """A property's value."""
    return _value(_comment(call, comment).properties, key)


@operation("setCommentProperty", "PUT", "/rest/api/3/comment/<comment>/properties/<key>", scope="WRITE")
def set_on_comment(call: Call, comment: str, key: str) -> Reply:
    """201 for a new property, 200 for one that was there."""
    found = _comment(call, comment)
    value = _checked(key, call.body)
    is_new = key not in found.properties
    found.properties[key] = value
    return Reply({}, status=201 if is_new else 200)


def _value(properties: JsonObject, key: str) -> Reply:
    if key not in properties:
        raise JiraError(404, f"The property {key} does not exist.")
    return Reply({"key": key, "value": properties[key]}, objects=1)


def _checked(key: str, value: Json) -> Json:
    if len(key) > LONGEST_KEY:
        raise JiraError(400, f"The property key is longer than {LONGEST_KEY} characters.")
    if value is None:
        raise JiraError(400, "The property value must be valid, non-empty JSON.")
    if len(json.dumps(value, ensure_ascii=False)) > LONGEST_VALUE:
        raise JiraError(400, f"The property value is longer than {LONGEST_VALUE} characters.")
    return value


def _comment(call: Call, comment_id: str) -> Comment:
    found = call.world.comments.get(int(comment_id)) if comment_id.isdecimal() else None
    if found is not None:
        project = call.world.project_of(call.world.issues[found.issue_id])
        may_browse = may_in_project(call.world, call.account, "BROWSE_PROJECTS", project)
        if may_browse and sees(call.world, call.account, found.visibility, project):
            return found
    raise JiraError(404, f"Can not find a comment for the id: {comment_id}.")
