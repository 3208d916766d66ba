"""What Jira tells about the installation: installed, enabled, disabled, uninstalled."""

from flask import request
from flask.typing import ResponseReturnValue

from plugin.clock import machine_now
from plugin.domain.errors import Conflict
from plugin.hosts.connect.descriptor import descriptor_bytes
from plugin.hosts.connect.lifecycle import LifecycleEvent
from plugin.services.installation_events import ConnectEvent, ConnectInstalled
from plugin.services.installations import apply_event
from plugin.services.one_address import Applied
from plugin.services.tenant_defaults import CURSORS
from plugin.services.wakeups import WakeupKind
from plugin.store.queries.installations import installation_by_client_key, others_at
from plugin.store.session import writing_together
from plugin.ui import here
from plugin.ui.routes import Routes
from plugin.ui.wire import host_request

routes = Routes("connect", __name__)


@routes.public("/atlassian-connect.json")
def descriptor() -> ResponseReturnValue:
    """What the app is, for Jira."""
    return descriptor_bytes(here.container().settings.base_url), 200, {"Content-Type": "application/json"}


@routes.lifecycle("/connect/installed")
def installed() -> ResponseReturnValue:
    """A new site, a new secret, a new address, or an upgrade."""
    return _take(LifecycleEvent.INSTALLED)


@routes.lifecycle("/connect/enabled")
def enabled() -> ResponseReturnValue:
    """The app is on."""
    return _take(LifecycleEvent.ENABLED)


@routes.lifecycle("/connect/disabled")
def disabled() -> ResponseReturnValue:
    """The app is off."""
    return _take(LifecycleEvent.DISABLED)


@routes.lifecycle("/connect/uninstalled")
def uninstalled() -> ResponseReturnValue:
    """The app is gone."""
    return _take(LifecycleEvent.UNINSTALLED)


def _take(kind: LifecycleEvent) -> ResponseReturnValue:
    """409 where another tenant lives at the address: the administrator in Jira sees that it was not installed."""
    built = here.container()
    event = built.connect_host.lifecycle(host_request(request), event=kind, now=machine_now())
    applied = _apply(event)
    if applied.refusal:
        raise Conflict(applied.refusal)
    if applied.tenant_id and kind in (LifecycleEvent.INSTALLED, LifecycleEvent.ENABLED):
        built.wakeups.wake(WakeupKind.SYNC, applied.tenant_id, CURSORS)
    return "", 204


def _apply(event: ConnectEvent) -> Applied:
    """In one transaction, alone at the address: what a crash cuts off is undone, and Jira's next try does all of it."""
    built = here.container()
    address = event.base_url if isinstance(event, ConnectInstalled) else ""
    with writing_together(built.engine, alone_at=f"install:{address or event.client_key}") as writing:
        known = installation_by_client_key(built.engine, event.client_key)
        neighbours = others_at(built.planner_engine, address, client_key=event.client_key) if address else []
        return apply_event(known, event, neighbours=neighbours, writing=writing, keys=built.keys, now=here.now())
