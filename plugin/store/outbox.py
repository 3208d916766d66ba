"""Puts effects into the outbox, in the transaction of the change that causes them."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect


def add_effect(
    session: TenantSession,
    *,
    kind: str,
    key: str,
    subject_id: str,
    now: datetime,
    next_at: datetime | None = None,
    payload: Mapping[str, object] | None = None,
    depends_on: str | None = None,
) -> Effect:
    """Adds one effect, or gives the one that already stands under ``key``.

    ``next_at`` is business time (default: now). An effect that depends on another waits until that one is done: it gets
    ``next_at`` all the same, and the worker puts it back while the other is unfinished.
    """
    known = session.scalars(select(Effect).where(Effect.dedupe_key == key)).one_or_none()
    if known is not None:
        return known
    effect = Effect(
        id=new_id(),
        kind=kind,
        dedupe_key=key,
        subject_id=subject_id,
        payload=dict(payload or {}),
        depends_on=depends_on,
        state="planned",
        fence=0,
        attempts=0,
        stalls=0,
        next_at=next_at or now,
        evidence=[],
        created_at=now,
    )
    session.add(effect)
    session.flush()
    return effect
