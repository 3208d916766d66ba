"""What Jira tells about the installation: installed, enabled, disabled, uninstalled."""

from flask import request
from flask.typing import ResponseReturnValue

from plugin.clock import machine_now
from plugin.hosts.connect.descriptor import descriptor_bytes
from plugin.hosts.connect.lifecycle import LifecycleEvent
from plugin.services.installation_events import ConnectEvent, ConnectInstalled
from plugin.services.installations import apply_event, supersede
from plugin.services.tenant_defaults import CURSORS
from plugin.services.wakeups import WakeupKind
from plugin.store.queries.installations import installation_by_client_key, others_at
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
    built = here.container()
    event = built.connect_host.lifecycle(host_request(request), event=kind, now=machine_now())
    known = installation_by_client_key(built.engine, event.client_key)
    tenant_id = apply_event(known, event, writing=built.writing, keys=built.keys, now=here.now())
    if known is None and isinstance(event, ConnectInstalled):
        _silence_imported(event, tenant_id)
    if tenant_id and kind in (LifecycleEvent.INSTALLED, LifecycleEvent.ENABLED):
        built.wakeups.wake(WakeupKind.SYNC, tenant_id, CURSORS)
    return "", 204


def _silence_imported(event: ConnectEvent, tenant_id: str) -> None:
    """A new client key at a known address is a site import: what was there before sends nothing more (A33)."""
    if not isinstance(event, ConnectInstalled):
        return
    built = here.container()
    for other_tenant, installation in others_at(built.planner_engine, event.base_url, tenant_id=tenant_id):
        supersede(other_tenant, installation, writing=built.writing, now=here.now())
