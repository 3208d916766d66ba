"""News from Jira. A webhook is a hint: its ids are stored, and Jira is read again before anything is believed."""

from flask import request
from flask.typing import ResponseReturnValue

from plugin.domain.errors import NotFound
from plugin.hosts.strict_json import parse_object
from plugin.services.sync.hints import EVENTS, hint_of
from plugin.services.sync.inbox import take_hint
from plugin.services.wakeups import WakeupKind
from plugin.ui import here
from plugin.ui.guard import SMALL_BODY
from plugin.ui.routes import Routes

routes = Routes("webhooks", __name__)

IDENTIFIER = "X-Atlassian-Webhook-Identifier"


@routes.webhook("/connect/webhooks/<event>")
def webhook(event: str) -> ResponseReturnValue:
    """Stores a hint once and makes the inbox due. Answers 204 to a repetition too."""
    if event not in EVENTS:
        raise NotFound("Dunlin does not listen to this event.")
    body = parse_object(request.get_data(), limit=SMALL_BODY)
    hint = hint_of(event, body, identifier=request.headers.get(IDENTIFIER, ""), raw=request.get_data())
    tenant_id = here.principal().tenant_id
    with here.writing() as session:
        is_new = take_hint(session, hint, now=here.now())
    if is_new:
        here.container().wakeups.wake(WakeupKind.SYNC, tenant_id, ["inbox"])
    return "", 204
