"""What an installation event changes: one tenant row, one installation row, and what may still be sent."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlalchemy import select, update

from plugin.domain.reminders.reasons import ReasonCode
from plugin.keys import KeyRing
from plugin.services.follow_ups.wake import wake_site
from plugin.services.installation_events import (
    ConnectDisabled,
    ConnectEnabled,
    ConnectEvent,
    ConnectInstalled,
    ConnectUninstalled,
    rank,
)
from plugin.services.one_address import Applied, came_last, refuse, supersede
from plugin.services.tenant_defaults import add_defaults, add_missing_cursors, stop_reading
from plugin.store.audit import raise_alert, record_audit
from plugin.store.base import new_id
from plugin.store.queries.installations import Neighbour
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Cursor
from plugin.store.tables.tenants import Installation, Tenant

GRACE = timedelta(minutes=10)
"""How long the secret before a rotation still counts: requests signed with it may be on their way."""

Writing = Callable[[str], AbstractContextManager[TenantSession]]


def apply_event(
    known: Installation | None,
    event: ConnectEvent,
    *,
    neighbours: Sequence[Neighbour],
    writing: Writing,
    keys: KeyRing,
    now: datetime,
) -> Applied:
    """Applies a verified event in the order in which events were signed.

    ``known`` is the installation that the client key names, if any. An older event than the last one changes nothing
    (disabled and uninstalled may arrive in any order), and so does news of an unknown installation. ``neighbours`` are
    the other tenants that live at the address of an install. Give a ``writing`` whose blocks are kept together: at any
    time at most one tenant lives at an address. A new client key silences the others, since it is a site import (A33);
    a known one that wants an address of somebody else is refused, be it a rename or the key from before an import.
    """
    if known is None:
        if not isinstance(event, ConnectInstalled):
            return Applied()
        supersede(neighbours, writing=writing, now=now)
        return Applied(tenant_id=_first_install(event, writing=writing, keys=keys, now=now))
    if isinstance(event, ConnectInstalled) and neighbours:
        if not came_last(known, event, neighbours):
            return refuse(known, event, neighbours, writing=writing, now=now)
        supersede(neighbours, writing=writing, now=now)
    with writing(known.tenant_id) as session:
        row = session.scalars(select(Installation).where(Installation.id == known.id).with_for_update()).one()
        if (event.issued_at, rank(event)) >= (row.event_at, row.event_rank) and not _is_shut(row, event):
            _follow(session, row, event, keys=keys, now=now)
    return Applied(tenant_id=known.tenant_id)


def _follow(session: TenantSession, row: Installation, event: ConnectEvent, *, keys: KeyRing, now: datetime) -> None:
    before = row.state
    _change(session, row, event, keys=keys, now=now)
    row.event_at, row.event_rank = event.issued_at, rank(event)
    record_audit(
        session,
        actor="jira",
        action=f"installation.{row.state}",
        subject=row.id,
        now=now,
        before={"state": before},
        after={"state": row.state, "base_url": row.base_url},
    )


def _is_shut(row: Installation, event: ConnectEvent) -> bool:
    """What an import left behind is not switched on again by a message that was on its way."""
    return row.state == "superseded" and isinstance(event, ConnectEnabled | ConnectDisabled)


def _first_install(event: ConnectInstalled, *, writing: Writing, keys: KeyRing, now: datetime) -> str:
    tenant_id = new_id()
    with writing(tenant_id) as session:
        session.add(Tenant(tenant_id=tenant_id, name=event.display_url or event.base_url, created_at=now))
        session.flush()
        row = Installation(
            id=new_id(),
            tenant_id=tenant_id,
            kind="connect",
            client_key=event.client_key,
            base_url=event.base_url,
            state="installed",
            event_at=event.issued_at,
            event_rank=rank(event),
            installed_at=now,
        )
        _take_over(row, event, keys=keys, now=now)
        session.add(row)
        session.flush()
        add_defaults(session, now=now)
        record_audit(
            session,
            actor="jira",
            action="installation.installed",
            subject=row.id,
            now=now,
            after={"state": row.state, "base_url": row.base_url},
        )
    return tenant_id


def _change(session: TenantSession, row: Installation, event: ConnectEvent, *, keys: KeyRing, now: datetime) -> None:
    tenant = session.get_one(Tenant, session.tenant_id)
    match event:
        case ConnectInstalled():
            _take_over(row, event, keys=keys, now=now)
            if row.state == "superseded":
                _look_first(session, tenant, row, now=now)
            # A reinstall revives the same tenant, within the days that its data is kept (L61).
            row.state, row.uninstalled_at, tenant.state = "installed", None, "active"
            start_reading(session, now=now)
            _go_on(session, now=now)
        case ConnectEnabled():
            row.state, tenant.state = "enabled", "active"
            start_reading(session, now=now)
            _go_on(session, now=now)
        case ConnectDisabled():
            row.state = "disabled"
            stop_reading(session)
        case ConnectUninstalled():
            row.state, row.uninstalled_at, tenant.state = "uninstalled", now, "leaving"
            row.shared_secret = row.previous_secret = row.previous_secret_until = None
            stop_reading(session)


def _look_first(session: TenantSession, tenant: Tenant, row: Installation, *, now: datetime) -> None:
    """Back after an import: what it had planned may have been billed and paid elsewhere, so a person goes live."""
    tenant.mode = "sandbox"
    tenant.row_version += 1
    raise_alert(
        session,
        kind="came_back",
        sentence=f"Dunlin is back at {row.base_url} with the data from before a site import, so nothing is sent. "
        "Look at the open invoices, then go live again in the administration.",
        subject=row.id,
        key=f"came_back:{row.id}:{now.isoformat()}",
        now=now,
    )


def _go_on(session: TenantSession, *, now: datetime) -> None:
    """Plans anew what rested or was called off while the app was away; of what fell due only the strongest goes."""
    called_off = PlannedStep.reason_code == ReasonCode.TENANT_UNINSTALLED.value
    session.execute(
        update(PlannedStep)
        .where(PlannedStep.tenant_id == session.tenant_id, PlannedStep.state == "cancelled", called_off)
        .values(state="planned", done_at=None, done_on=None)
        .execution_options(synchronize_session=False)
    )
    wake_site(session, now=now)


def _take_over(row: Installation, event: ConnectInstalled, *, keys: KeyRing, now: datetime) -> None:
    bound = {"tenant": row.tenant_id, "table": "installation"}
    if row.shared_secret is not None:
        old = keys.decrypt(row.shared_secret, field="shared_secret", **bound)
        if old != event.shared_secret:
            row.previous_secret = keys.encrypt(old, field="previous_secret", **bound)
            row.previous_secret_until = now + GRACE
    row.shared_secret = keys.encrypt(event.shared_secret, field="shared_secret", **bound)
    row.base_url, row.display_url = event.base_url, event.display_url
    row.oauth_client_id, row.installation_id = event.oauth_client_id, event.installation_id
    row.cloud_id, row.rejections, row.rejected_at = event.cloud_id, 0, None


def start_reading(session: TenantSession, *, now: datetime) -> None:
    """Makes the recurring reads of Jira due at once, those that an earlier version did not know among them."""
    add_missing_cursors(session, now=now)
    for cursor in session.scalars(select(Cursor)):
        cursor.next_at, cursor.failures = now, 0
