"""Bells for the worker. A wake-up carries ids only; the database is the truth, so a lost one delays little."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

BATCH = 50
"""Most ids in one wake-up: a job of RQ costs 52 Redis commands, an id in a batch 0.3 ms."""


class WakeupKind(StrEnum):
    """What the ids name: planned steps, effects, or cursors (by their names)."""

    STEPS = "steps"
    EFFECTS = "effects"
    SYNC = "sync"


class Wakeups(Protocol):
    """Call it after the transaction, never inside. It does not raise: what it could not ring, the tick finds."""

    def wake(self, kind: WakeupKind, tenant_id: str, ids: Sequence[str], *, fence: int = 0) -> None:
        """Rings for ids of one tenant, in batches of 50. ``fence`` is that of the first effect; it names the job."""
        ...

    @property
    def failures(self) -> int:
        """How many wake-ups could not be rung since this process began."""
        ...


class NoWakeups:
    """Rings nowhere: for commands, which leave the work to the tick."""

    failures = 0

    def wake(self, kind: WakeupKind, tenant_id: str, ids: Sequence[str], *, fence: int = 0) -> None:
        """Does nothing; the rows are due and the tick finds them."""
