"""Encrypts secrets anew with the newest key, a tenant a transaction; interrupting it loses nothing."""

from sqlalchemy import select

from plugin.keys import KeyRing, key_id_of
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings
from plugin.store.tables.staff import WebhookTarget
from plugin.store.tables.tenants import Installation

Keeper = Installation | MailSettings | WebhookTarget
OF_INSTALLATIONS = ("shared_secret", "previous_secret")
OF_MAIL = ("imap_url", "inbound_secret", "smtp_url", "dkim_key")
OF_TARGETS = ("secret",)
"""What is encrypted; bound to the table's and the column's name. Empty: there is none."""


def rotate_keys(session: TenantSession, keys: KeyRing) -> int:
    """Gives how many ciphertexts of the tenant were not yet under the newest key and are now."""
    return sum(_rotate(row, name, keys) for row, name in _secrets(session))


def secrets_under_other_keys(session: TenantSession, keys: KeyRing) -> int:
    """How many ciphertexts of the tenant stand under another key than the newest; with none, the others may go."""
    stored = [getattr(row, name) for row, name in _secrets(session)]
    return sum(key_id_of(secret) != keys.current_id for secret in stored if secret)


def _secrets(session: TenantSession) -> list[tuple[Keeper, str]]:
    return [
        *((row, name) for row in session.scalars(select(Installation)) for name in OF_INSTALLATIONS),
        *((row, name) for row in session.scalars(select(MailSettings)) for name in OF_MAIL),
        *((row, name) for row in session.scalars(select(WebhookTarget)) for name in OF_TARGETS),
    ]


def _rotate(row: Keeper, name: str, keys: KeyRing) -> bool:
    ciphertext: str = getattr(row, name) or ""
    if not ciphertext:
        return False
    fresh = keys.rotate(ciphertext, tenant=row.tenant_id, table=row.__tablename__, field=name)
    if fresh is not None:
        setattr(row, name, fresh)
    return fresh is not None
