"""Mails that Jira sends to people of the site because the app asks for it."""

from sandbox.jira.access import may_in_project
from sandbox.jira.model import Json, Notification
from sandbox.jira.rest.protocol import Call, JiraError, Reply, operation


@operation("notify", "POST", "/rest/api/3/issue/<issue>/notify", scope="WRITE")
def notify(call: Call, issue: str) -> Reply:
    """Only people who see the issue are told; nothing is left that could be asked for later."""
    found = call.issue(issue)
    body = call.json_object({"subject", "textBody", "htmlBody", "to", "restrict"}, required={"to"})
    wanted = _accounts(body["to"])
    project = call.world.project_of(found)
    told = tuple(each for each in wanted if may_in_project(call.world, each, "BROWSE_PROJECTS", project))
    if not told:
        raise JiraError(400, "No recipients were defined for notification.")
    subject, text = str(body.get("subject", "")), str(body.get("textBody", ""))
    call.world.notifications.append(Notification(found.id, told, subject, text, call.world.now()))
    return Reply(status=204)


def _accounts(to: Json) -> list[str]:
    users = to.get("users") if isinstance(to, dict) else None
    if not isinstance(users, list) or not all(isinstance(each, dict) and "accountId" in each for each in users):
        raise JiraError(400, "'to' must name users by their accountId.")
    return [str(each["accountId"]) for each in users]
