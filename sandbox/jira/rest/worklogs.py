"""Worklogs: the delta (``updated``, ``deleted``), by ids, and of one issue."""

from datetime import UTC, datetime, timedelta

from sandbox.clock import milliseconds
from sandbox.jira.access import sees_worklog
from sandbox.jira.model import JsonObject, Worklog
from sandbox.jira.rest.protocol import Call, JiraError, Reply, numbers, operation

PAGE = 1000
LARGEST_ISSUE_PAGE = 5000
BLIND_SPOT = timedelta(minutes=1)


@operation("getIdsOfWorklogsModifiedSince", "GET", "/rest/api/3/worklog/updated", scope="READ")
def updated(call: Call) -> Reply:
    """Changes since an instant, oldest first. The last minute is missing, and so is what the app may not see."""
    since = _since(call)
    changes = call.world.worklogs_updated(_instant(since), call.world.clock.now() - BLIND_SPOT)
    found = [(milliseconds(at), log_id) for at, log_id in changes if _visible(call, log_id)]
    return _delta(call, "updated", since, found)


@operation("getIdsOfWorklogsDeletedSince", "GET", "/rest/api/3/worklog/deleted", scope="READ")
def deleted(call: Call) -> Reply:
    """Tombstones since an instant, oldest first, without the last minute."""
    since, newest = _since(call), call.world.clock.now() - BLIND_SPOT
    found = [
        (milliseconds(each.deleted_at), each.worklog_id)
        for each in call.world.tombstones
        if _instant(since) <= each.deleted_at <= newest
    ]
    return _delta(call, "deleted", since, sorted(found))


@operation("getWorklogsForIds", "POST", "/rest/api/3/worklog/list", scope="READ")
def by_ids(call: Call) -> Reply:
    """Up to 1000 worklogs; hidden and unknown ones are missing without a word."""
    ids = numbers(call.json_object({"ids"}, required={"ids"})["ids"], "ids")
    if not ids or len(ids) > PAGE:
        raise JiraError(400, f"The number of worklog ids must be between 1 and {PAGE}, but is {len(ids)}.")
    logs = [call.world.worklogs[each] for each in dict.fromkeys(ids) if each in call.world.worklogs]
    shown = [call.render.worklog(log) for log in logs if sees_worklog(call.world, call.account, log)]
    return Reply(shown, objects=len(shown))


@operation("getIssueWorklog", "GET", "/rest/api/3/issue/<issue>/worklog", scope="READ")
def of_issue(call: Call, issue: str) -> Reply:
    """The worklogs of an issue in the order of their start."""
    found = call.issue(issue)
    after, before = call.number("startedAfter", 0), call.number("startedBefore", 0)
    logs = [call.world.worklogs[each] for each in found.worklog_ids]
    visible = [
        log for log in logs if sees_worklog(call.world, call.account, log) and _within(log, after=after, before=before)
    ]
    visible.sort(key=lambda log: (log.started or log.created, log.id))
    start = call.number("startAt", 0)
    size = call.number("maxResults", LARGEST_ISSUE_PAGE, most=LARGEST_ISSUE_PAGE)
    page = [call.render.worklog(log) for log in visible[start : start + size]]
    body = {"startAt": start, "maxResults": size, "total": len(visible), "worklogs": page}
    return Reply(body, objects=len(page))


@operation("getWorklog", "GET", "/rest/api/3/issue/<issue>/worklog/<log>", scope="READ")
def one(call: Call, issue: str, log: str) -> Reply:
    """One worklog of an issue."""
    found = call.world.worklogs.get(int(log)) if log.isdecimal() else None
    if found is None or found.issue_id != call.issue(issue).id or not sees_worklog(call.world, call.account, found):
        raise JiraError(404, f"Cannot find worklog with id: '{log}'.")
    return Reply(call.render.worklog(found), objects=1)


def _delta(call: Call, which: str, since: int, found: list[tuple[int, int]]) -> Reply:
    page, is_last = _page(found, since)
    until = page[-1][0] if page else since
    base = f"{call.site.base_url}/rest/api/3/worklog/{which}"
    body: JsonObject = {
        "values": [{"worklogId": log_id, "updatedTime": at, "properties": []} for at, log_id in page],
        "since": since,
        "until": until,
        "self": f"{base}?since={since}",
        "lastPage": is_last,
    }
    if not is_last:
        body["nextPage"] = f"{base}?since={until}"
    return Reply(body, objects=len(page))


def _page(found: list[tuple[int, int]], since: int) -> tuple[list[tuple[int, int]], bool]:
    """The first 1000. The next page begins with the last instant of this one, so where all are of one instant the page
    grows until it has another: otherwise nobody could get past them.
    """
    size = PAGE
    while size < len(found) and found[size - 1][0] == since:
        size += 1
    return found[:size], size >= len(found)


def _since(call: Call) -> int:
    return call.number("since", 0)


def _instant(since: int) -> datetime:
    try:
        return datetime.fromtimestamp(since / 1000, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise JiraError(400, f"since={since} is not a point in time.") from error


def _visible(call: Call, log_id: int) -> bool:
    log = call.world.worklogs.get(log_id)
    return log is not None and sees_worklog(call.world, call.account, log)


def _within(log: Worklog, *, after: int, before: int) -> bool:
    if not after and not before:
        return True
    started = milliseconds(log.started) if log.started is not None else 0
    return started >= after and (not before or started < before)
