"""Does a unit of work again when the database, not the work, was at fault: deadlock, serialization, lost connection."""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from plugin.store.session import TenantSession

Result = TypeVar("Result")

ATTEMPTS = 6
_SERIALIZATION_AND_DEADLOCK = frozenset({"40001", "40P01"})
_GOING_AND_COMING = frozenset({"57P01", "57P02", "57P03", "08000", "08003", "08006"})


def worth_another_try(problem: DBAPIError) -> bool:
    """Whether the same transaction may succeed when it is begun anew."""
    if problem.connection_invalidated:
        return True
    state = getattr(problem.orig, "sqlstate", None)
    if state is None:
        # A refused connection has no state; SQLite's "database is locked" has none either.
        return any(word in str(problem.orig) for word in ("locked", "connection", "server closed"))
    return state in _SERIALIZATION_AND_DEADLOCK or state in _GOING_AND_COMING


def keep_trying(
    open_session: Callable[[], AbstractContextManager[TenantSession]],
    work: Callable[[TenantSession], Result],
    *,
    attempts: int = ATTEMPTS,
    pause: Callable[[float], None] = time.sleep,
) -> Result:
    """Runs ``work`` in a transaction of its own, up to ``attempts`` times with growing pauses and jitter.

    ``work`` must be safe to repeat: its moves are conditional, so one that was kept after all changes nothing twice.
    """
    for attempt in range(1, attempts):
        try:
            with open_session() as session:
                return work(session)
        except DBAPIError as problem:
            if not worth_another_try(problem):
                raise
        pause(0.05 * 2**attempt * random.uniform(0.5, 1.5))
    with open_session() as session:
        return work(session)
