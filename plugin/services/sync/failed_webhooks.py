"""Webhooks that Jira gave up delivering (Connect only): listed for 72 hours, and each becomes a hint after all."""

import json

from plugin.services.jira_facts import FailedWebhook
from plugin.services.sync.context import SyncContext
from plugin.services.sync.hints import EVENTS, hint_of
from plugin.services.sync.inbox import take_hint

OVERLAP_MS = 5 * 60_000
"""Two that failed in one millisecond may stand on both sides of a page's end; looking back costs nothing."""


def read_failed_webhooks(context: SyncContext, cursor: str) -> tuple[str, int]:
    """Takes what failed after ``cursor`` (milliseconds as text, "" for all that Jira still lists) into the inbox.

    Gives the next cursor and how many hints were new; one that a retry brought meanwhile is known by its identifier.
    """
    after, taken, more = max(0, int(cursor or 0) - OVERLAP_MS), 0, True
    while more:
        page = context.jira.failed_webhooks(after_ms=after)
        with context.writing() as session:
            for failure in page.failures:
                event = failure.path.rpartition("/")[2]
                if event in EVENTS:
                    raw = failure.body.encode()
                    hint = hint_of(event, _body(failure), identifier=failure.id, raw=raw)
                    taken += take_hint(session, hint, now=context.now)
        more = page.next_after is not None and page.next_after > after
        after = max(after, page.next_after or 0, *(failure.failed_ms for failure in page.failures))
    return str(after), taken


def _body(failure: FailedWebhook) -> dict[str, object]:
    """The body as Jira would have sent it; a hint without ids where it is no JSON object."""
    try:
        body = json.loads(failure.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
