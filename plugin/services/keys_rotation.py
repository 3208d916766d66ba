"""Encrypts secrets anew with the newest key, a tenant a transaction; interrupting it loses nothing."""

from sqlalchemy import select

from plugin.keys import KeyRing
from plugin.store.session import TenantSession
from plugin.store.tables.tenants import Installation

FIELDS = ("shared_secret", "previous_secret")


def rotate_keys(session: TenantSession, keys: KeyRing) -> int:
    """Gives how many ciphertexts of the tenant were not yet under the newest key and are now."""
    done = 0
    for row in session.scalars(select(Installation)):
        for name in FIELDS:
            ciphertext = getattr(row, name)
            if ciphertext is None:
                continue
            fresh = keys.rotate(ciphertext, tenant=row.tenant_id, table="installation", field=name)
            if fresh is not None:
                setattr(row, name, fresh)
                done += 1
    return done
