"""The site itself: server facts, fields, time tracking settings, webhooks that failed."""

from sandbox.clock import milliseconds
from sandbox.jira.model import JsonObject
from sandbox.jira.render import stamp
from sandbox.jira.rest.protocol import Call, Reply, operation

SYSTEM_FIELDS = {
    "summary": ("Summary", "string"),
    "issuetype": ("Issue Type", "issuetype"),
    "project": ("Project", "project"),
    "status": ("Status", "status"),
    "assignee": ("Assignee", "user"),
    "reporter": ("Reporter", "user"),
    "created": ("Created", "datetime"),
    "updated": ("Updated", "datetime"),
    "description": ("Description", "string"),
    "components": ("Components", "array"),
    "labels": ("Labels", "array"),
    "timespent": ("Time Spent", "number"),
    "worklog": ("Log Work", "array"),
    "parent": ("Parent", "issuelink"),
}
LARGEST_PAGE = 100


@operation("getServerInfo", "GET", "/rest/api/3/serverInfo", scope="ANYONE")
def server_info(call: Call) -> Reply:
    """Which Jira this is."""
    body: JsonObject = {
        "baseUrl": call.site.base_url,
        "displayUrl": call.site.base_url,
        "version": "1001.0.0-SNAPSHOT",
        "versionNumbers": [1001, 0, 0],
        "deploymentType": "Cloud",
        "buildNumber": 100_300,
        "serverTime": stamp(call.world.clock.now()),
        "serverTitle": call.site.name,
        "serverTimeZone": "Europe/Berlin",
    }
    return Reply(body)


@operation("getFields", "GET", "/rest/api/3/field", scope="READ")
def fields(call: Call) -> Reply:
    """System fields, and every custom field some issue has."""
    found: list[JsonObject] = [
        {
            "id": key,
            "key": key,
            "name": name,
            "custom": False,
            "orderable": True,
            "navigable": True,
            "searchable": True,
            "clauseNames": [key],
            "schema": {"type": kind, "system": key},
        }
        for key, (name, kind) in SYSTEM_FIELDS.items()
    ]
    customs = sorted({key for issue in call.world.issues.values() for key in issue.fields})
    for key in customs:
        number = key.removeprefix("customfield_")
        found.append(
            {
                "id": key,
                "key": key,
                "name": call.world.field_names.get(key, key),
                "custom": True,
                "orderable": True,
                "navigable": True,
                "searchable": True,
                "clauseNames": [f"cf[{number}]"],
                "schema": {"type": "string", "custom": "com.atlassian.jira.plugin.system.customfieldtypes:textfield"},
            }
        )
    return Reply(found, objects=len(found))


@operation("getConfiguration", "GET", "/rest/api/3/configuration", scope="READ")
def configuration(_call: Call) -> Reply:
    """Time tracking settings; for display only."""
    tracking = {"workingHoursPerDay": 8.0, "workingDaysPerWeek": 5.0, "timeFormat": "pretty", "defaultUnit": "minute"}
    body = {
        "votingEnabled": True,
        "watchingEnabled": True,
        "unassignedIssuesAllowed": True,
        "subTasksEnabled": True,
        "issueLinkingEnabled": True,
        "timeTrackingEnabled": True,
        "attachmentsEnabled": True,
        "timeTrackingConfiguration": tracking,
    }
    return Reply(body)


@operation("getFailedWebhooks", "GET", "/rest/api/3/webhook/failed", scope="READ")
def failed_webhooks(call: Call) -> Reply:
    """Deliveries given up within the last 72 hours, oldest first; ``after`` is in milliseconds."""
    after, size = call.number("after", 0), call.number("maxResults", LARGEST_PAGE, most=LARGEST_PAGE)
    lost = [each for each in call.site.webhooks.recent_failures() if milliseconds(each.failed_at) > after]
    page = lost[:size]
    body: JsonObject = {
        "maxResults": size,
        "values": [
            {"id": each.identifier, "url": each.url, "body": each.body, "failureTime": milliseconds(each.failed_at)}
            for each in page
        ],
    }
    if len(lost) > size:
        last = milliseconds(page[-1].failed_at)
        body["next"] = f"{call.site.base_url}/rest/api/3/webhook/failed?after={last}&maxResults={size}"
    return Reply(body, objects=len(page))
