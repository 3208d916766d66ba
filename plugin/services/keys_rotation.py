"""Encrypts secrets anew with the newest key, a tenant a transaction; interrupting it loses nothing."""

from sqlalchemy import select

from plugin.keys import KeyRing, key_id_of
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


def secrets_under_other_keys(session: TenantSession, keys: KeyRing) -> int:
    """How many ciphertexts of the tenant stand under another key than the newest; with none, the others may go."""
    stored = session.execute(select(Installation.shared_secret, Installation.previous_secret)).all()
    return sum(1 for row in stored for secret in row if secret is not None and key_id_of(secret) != keys.current_id)
