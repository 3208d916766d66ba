"""What a process checks before it serves: keys that open every secret, the address under which the database wakes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Engine, select

from plugin.domain.errors import Permanent
from plugin.keys import KeyRing
from plugin.services.tenant_defaults import CURSORS, add_missing_cursors
from plugin.store.audit import raise_alert, record_audit
from plugin.store.database import across_tenants
from plugin.store.deployment import note_address
from plugin.store.encrypted import ENCRYPTED
from plugin.store.queries.directory import tenants, tenants_with_fewer_cursors
from plugin.store.session import TenantSession
from plugin.store.tables.tenants import Tenant

Writing = Callable[[str], AbstractContextManager[TenantSession]]


def require_keys(planner: Engine, keys: KeyRing) -> None:
    """Raises Permanent where a stored secret needs a key that SECRET_KEYS does not hold, and names it."""
    with across_tenants(planner) as connection:
        rows = [
            row
            for table, names in ENCRYPTED.items()
            for row in connection.execute(select(*(getattr(table, name) for name in names)))
        ]
    unknown = keys.unknown_ids([ciphertext for row in rows for ciphertext in row if ciphertext])
    if unknown:
        listed = ", ".join(sorted(unknown))
        raise Permanent(
            f"Stored secrets need the key {listed}, which SECRET_KEYS does not hold; add it and start again."
        )


def wake_under(engine: Engine, planner: Engine, *, base_url: str, writing: Writing, now: datetime) -> bool:
    """Notes the address of this service, and puts every tenant into sandbox mode if the database knew another one.

    A copy of a production database, started elsewhere, must reach no client. Gives whether the address is new to it.
    """
    known = note_address(engine, base_url)
    if known == base_url:
        return False
    for tenant_id in tenants(planner):
        with writing(tenant_id) as scoped:
            _back_to_sandbox(scoped, known, base_url, now)
    return True


def add_new_cursors(planner: Engine, *, writing: Writing, now: datetime) -> None:
    """Gives tenants of an earlier version the kinds of reading that came since."""
    for tenant_id in tenants_with_fewer_cursors(planner, len(CURSORS)):
        with writing(tenant_id) as session:
            add_missing_cursors(session, now=now)


def _back_to_sandbox(session: TenantSession, known: str, base_url: str, now: datetime) -> None:
    tenant = session.scalars(select(Tenant).with_for_update()).one()
    if tenant.mode == "sandbox":
        return
    tenant.mode = "sandbox"
    tenant.row_version += 1
    raise_alert(
        session,
        kind="address_changed",
        sentence=f"This database woke up under {base_url} instead of {known}, so nothing is sent. "
        "If this is the real service, go live again in the administration.",
        subject=base_url,
        key=f"address:{base_url}:{now.isoformat()}",
        now=now,
    )
    record_audit(
        session,
        actor="dunlin",
        action="switch",
        subject="mode",
        now=now,
        before={"value": "live", "base_url": known},
        after={"value": "sandbox", "base_url": base_url},
    )
