"""What a site stores for a while only, and the clock throws away once a day."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from plugin.store.session import TenantSession
from plugin.store.tables.outbox import IdempotencyKey

KEYS_KEPT = timedelta(days=2)
"""A repeated POST gets its first answer for at least a day (reliability.md, section 2.5)."""
MOST_KEYS = 1000


def purge_idempotency_keys(session: TenantSession, *, now: datetime, most: int = MOST_KEYS) -> int:
    """Deletes answers older than two days, the oldest first, at most ``most`` in one statement; gives how many."""
    old = (
        select(IdempotencyKey.key)
        .where(IdempotencyKey.tenant_id == session.tenant_id, IdempotencyKey.created_at < now - KEYS_KEPT)
        .order_by(IdempotencyKey.created_at, IdempotencyKey.key)
        .limit(most)
    )
    gone = session.execute(
        delete(IdempotencyKey)
        .where(IdempotencyKey.tenant_id == session.tenant_id, IdempotencyKey.key.in_(old))
        .returning(IdempotencyKey.key)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
