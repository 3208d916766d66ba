"""Encrypts secrets anew with the newest key, a tenant a transaction; interrupting it loses nothing."""

from sqlalchemy import select

from plugin.keys import KeyRing, key_id_of
from plugin.store.base import Base
from plugin.store.encrypted import ENCRYPTED
from plugin.store.session import TenantSession


def rotate_keys(session: TenantSession, keys: KeyRing) -> int:
    """Gives how many ciphertexts of the tenant were not yet under the newest key and are now."""
    return sum(_rotate(session, row, name, keys) for row, name in _secrets(session))


def secrets_under_other_keys(session: TenantSession, keys: KeyRing) -> int:
    """How many ciphertexts of the tenant stand under another key than the newest; with none, the others may go."""
    stored = [getattr(row, name) for row, name in _secrets(session)]
    return sum(key_id_of(secret) != keys.current_id for secret in stored if secret)


def _secrets(session: TenantSession) -> list[tuple[Base, str]]:
    return [
        (row, name) for table, names in ENCRYPTED.items() for row in session.scalars(select(table)) for name in names
    ]


def _rotate(session: TenantSession, row: Base, name: str, keys: KeyRing) -> bool:
    ciphertext: str = getattr(row, name) or ""
    if not ciphertext:
        return False
    fresh = keys.rotate(ciphertext, tenant=session.tenant_id, table=row.__tablename__, field=name)
    if fresh is not None:
        setattr(row, name, fresh)
    return fresh is not None
