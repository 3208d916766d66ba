"""Comments with their visibility and properties."""

from sandbox.jira.access import may_in_project, sees
from sandbox.jira.adf import wrong_with
from sandbox.jira.changes import add_comment, change_comment, delete_comment
from sandbox.jira.model import Comment, Issue, Json, JsonObject, Visibility
from sandbox.jira.rest.protocol import Call, JiraError, Reply, numbers, operation

PAGE = 100
LARGEST_LIST = 1000
MOST_COMMENTS = 5000
COMMENT_KEYS = {"body", "visibility", "properties", "parentId"}


@operation("getComments", "GET", "/rest/api/3/issue/<issue>/comment", scope="READ")
def of_issue(call: Call, issue: str) -> Reply:
    """At most 100 a page; ``orderBy`` is ``created`` or ``-created``. Properties are not expanded here."""
    found = call.issue(issue)
    order = call.args.get("orderBy", "created")
    if order not in ("created", "+created", "-created"):
        raise JiraError(400, f"'{order}' is not a field comments can be ordered by.")
    visible = _comments(call, found)
    visible.sort(key=lambda comment: (comment.created, comment.id), reverse=order.startswith("-"))
    start, size = call.number("startAt", 0), call.number("maxResults", PAGE, most=PAGE)
    page = [call.render.comment(comment) for comment in visible[start : start + size]]
    body = {"startAt": start, "maxResults": size, "total": len(visible), "comments": page}
    return Reply(body, objects=len(page))


@operation("addComment", "POST", "/rest/api/3/issue/<issue>/comment", scope="WRITE")
def add(call: Call, issue: str) -> Reply:
    """Watchers are told, always."""
    found = call.issue(issue)
    call.needs("ADD_COMMENTS", found)
    body = call.json_object(COMMENT_KEYS, required={"body"})
    if len(found.comment_ids) >= MOST_COMMENTS:
        raise JiraError(413, "The per-issue limit for comments has been breached.")
    now = call.world.now()
    comment = Comment(
        id=call.world.next_id("comment"),
        issue_id=found.id,
        author=call.account,
        body=_document(body["body"]),
        created=now,
        updated=now,
        update_author=call.account,
        visibility=_visibility(call, found, body.get("visibility")),
        properties=_properties(body.get("properties")),
        notified=1,
    )
    add_comment(call.world, found, comment)
    return Reply(call.render.comment(comment, expand=call.args.get("expand", "")), status=201)


@operation("getComment", "GET", "/rest/api/3/issue/<issue>/comment/<comment>", scope="READ")
def one(call: Call, issue: str, comment: str) -> Reply:
    """One comment of an issue."""
    return Reply(call.render.comment(_of(call, call.issue(issue), comment)), objects=1)


@operation("updateComment", "PUT", "/rest/api/3/issue/<issue>/comment/<comment>", scope="WRITE")
def update(call: Call, issue: str, comment: str) -> Reply:
    """A new body; tells the watchers unless ``notifyUsers=false``."""
    found = call.issue(issue)
    existing = _of(call, found, comment)
    body = call.json_object(COMMENT_KEYS, required={"body"})
    if existing.author != call.account and not may_in_project(
        call.world, call.account, "EDIT_ALL_COMMENTS", call.world.project_of(found)
    ):
        raise JiraError(400, "You do not have the permission to edit this comment.")
    document = _document(body["body"])
    visibility = _visibility(call, found, body["visibility"]) if "visibility" in body else existing.visibility
    notified = 0 if call.args.get("notifyUsers", "true") == "false" else 1
    change_comment(call.world, existing, document, visibility, actor=call.account, notified=notified)
    existing.properties.update(_properties(body.get("properties")))
    return Reply(call.render.comment(existing, expand=call.args.get("expand", "")))


@operation("deleteComment", "DELETE", "/rest/api/3/issue/<issue>/comment/<comment>", scope="DELETE")
def delete(call: Call, issue: str, comment: str) -> Reply:
    """Gone."""
    delete_comment(call.world, _of(call, call.issue(issue), comment), actor=call.account)
    return Reply(status=204)


@operation("getCommentsByIds", "POST", "/rest/api/3/comment/list", scope="READ")
def by_ids(call: Call) -> Reply:
    """Up to 1000 comments, wherever they are; the only list that expands properties."""
    ids = numbers(call.json_object({"ids"}, required={"ids"})["ids"], "ids")
    if len(ids) > LARGEST_LIST:
        raise JiraError(400, f"At most {LARGEST_LIST} comments may be asked for.")
    expand = call.args.get("expand", "")
    found = [call.world.comments[each] for each in dict.fromkeys(ids) if each in call.world.comments]
    shown = [call.render.comment(each, expand=expand) for each in found if _sees(call, each)]
    body = {"startAt": 0, "maxResults": LARGEST_LIST, "total": len(shown), "isLast": True, "values": shown}
    return Reply(body, objects=len(shown))


def _comments(call: Call, issue: Issue) -> list[Comment]:
    return [call.world.comments[each] for each in issue.comment_ids if _sees(call, call.world.comments[each])]


def _sees(call: Call, comment: Comment) -> bool:
    project = call.world.project_of(call.world.issues[comment.issue_id])
    may_browse = may_in_project(call.world, call.account, "BROWSE_PROJECTS", project)
    return may_browse and sees(call.world, call.account, comment.visibility, project)


def _of(call: Call, issue: Issue, comment_id: str) -> Comment:
    found = call.world.comments.get(int(comment_id)) if comment_id.isdecimal() else None
    if found is None or found.issue_id != issue.id or not _sees(call, found):
        raise JiraError(404, f"Can not find a comment for the id: {comment_id}.")
    return found


def _document(body: Json) -> JsonObject:
    wrong = wrong_with(body)
    if wrong or not isinstance(body, dict):
        raise JiraError(400, errors={"comment": f"INVALID_INPUT: {wrong}"})
    return body


def _visibility(call: Call, issue: Issue, given: Json) -> Visibility | None:
    """Of a role or group that exists, and that the writer is in."""
    if given is None:
        return None
    if not isinstance(given, dict) or given.get("type") not in ("group", "role"):
        raise JiraError(
            400, errors={"commentLevel": "A visibility has a type, group or role, and a value or identifier."}
        )
    found = _level(call, str(given["type"]), given.get("identifier") or given.get("value"))
    if not sees(call.world, call.account, found, call.world.project_of(issue)):
        raise JiraError(400, errors={"commentLevel": f"You are not a member of the {found.kind}: {found.name}."})
    return found


def _level(call: Call, kind: str, wanted: Json) -> Visibility:
    if kind == "role":
        if not any(wanted in project.roles for project in call.world.projects.values()):
            raise JiraError(400, errors={"commentLevel": f"The role '{wanted}' does not exist."})
        return Visibility("role", str(wanted))
    for group in call.world.groups.values():
        if wanted in (group.name, group.group_id):
            return Visibility("group", group.name)
    raise JiraError(400, errors={"commentLevel": f"Group: {wanted} does not exist."})


def _properties(given: Json) -> JsonObject:
    if given is None:
        return {}
    if not isinstance(given, list) or not all(isinstance(each, dict) and "key" in each for each in given):
        raise JiraError(400, "'properties' must be a list of keys and values.")
    return {str(each["key"]): each.get("value") for each in given}
