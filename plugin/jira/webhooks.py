"""Webhooks that Jira gave up delivering within the last 72 hours (Connect only)."""

from urllib.parse import urlsplit

from msgspec import Struct

from plugin.jira.client import JiraClient
from plugin.jira.operations import FAILED_WEBHOOKS
from plugin.jira.reading import number_in_link
from plugin.services.jira_facts import FailedWebhook, FailedWebhookPage

PAGE = 100


class _Failure(Struct, rename="camel"):
    id: str
    url: str
    failure_time: int
    body: str = ""


class _Page(Struct, rename="camel"):
    values: list[_Failure]
    next: str | None = None


def failed(client: JiraClient, *, after_ms: int | None) -> FailedWebhookPage:
    """One page, oldest first; of the addresses only the path is kept, for it names the event."""
    query: dict[str, str | int] = {"maxResults": PAGE}
    if after_ms is not None:
        query["after"] = after_ms
    page = client.call(FAILED_WEBHOOKS, _Page, query=query, at_most=PAGE, count=lambda page: len(page.values))
    failures = tuple(
        FailedWebhook(id=one.id, path=urlsplit(one.url).path, body=one.body, failed_ms=one.failure_time)
        for one in page.values
    )
    return FailedWebhookPage(failures=failures, next_after=number_in_link(page.next or "", "after"))
