"""News from Jira. A webhook is a hint: its ids are stored, and Jira is read again before anything is believed."""

import hashlib

from flask import request
from flask.typing import ResponseReturnValue

from plugin.domain.errors import NotFound
from plugin.hosts.strict_json import parse_object
from plugin.services.sync.inbox import take_hint
from plugin.services.wakeups import WakeupKind
from plugin.ui import here
from plugin.ui.guard import SMALL_BODY
from plugin.ui.routes import Routes

routes = Routes("webhooks", __name__)

EVENTS = frozenset({"worklog_created", "worklog_updated", "worklog_deleted", "issue_updated", "issue_deleted"})
IDENTIFIER = "X-Atlassian-Webhook-Identifier"
LONGEST_ID = 20


@routes.webhook("/connect/webhooks/<event>")
def webhook(event: str) -> ResponseReturnValue:
    """Stores a hint once and makes the inbox due. Answers 204 to a repetition too."""
    if event not in EVENTS:
        raise NotFound("Dunlin does not listen to this event.")
    body = parse_object(request.get_data(), limit=SMALL_BODY)
    worklog, issue = _member(body, "worklog"), _member(body, "issue")
    tenant_id = here.principal().tenant_id
    with here.writing() as session:
        is_new = take_hint(
            session,
            source="webhook",
            event_id=_identifier(event),
            kind=event,
            worklog_id=_id(worklog.get("id")),
            issue_id=_id(worklog.get("issueId") if worklog else issue.get("id")),
            now=here.now(),
        )
    if is_new:
        here.container().wakeups.wake(WakeupKind.SYNC, tenant_id, ["inbox"])
    return "", 204


def _identifier(event: str) -> str:
    """Jira's own, the same on retries; where it is missing, the body's hash does the same service."""
    given = request.headers.get(IDENTIFIER, "")
    if given and len(given) <= 128 and given.isprintable():
        return given
    return hashlib.sha256(event.encode() + b"\n" + request.get_data()).hexdigest()


def _member(body: dict[str, object], name: str) -> dict[str, object]:
    member = body.get(name)
    return member if isinstance(member, dict) else {}


def _id(value: object) -> str | None:
    """Jira's numeric id as text; anything else is no id."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None
