"""One worker's hold on one effect, and what it needs to carry it out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from plugin.services.effects.ports import EffectRuntime
from plugin.services.effects.timing import Timing
from plugin.store.contention import keep_trying
from plugin.store.effects import Claim
from plugin.store.session import TenantSession

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """``time_left`` gives the seconds that the worker's job still has."""

    runtime: EffectRuntime
    tenant_id: str
    held: Claim
    timing: Timing
    time_left: Callable[[], float]

    def now(self) -> datetime:
        """Business time."""
        return self.runtime.clock.now()

    def keep(self, work: Callable[[TenantSession], Result]) -> Result:
        """Runs ``work`` in one transaction, again where the database was at fault."""
        return keep_trying(lambda: self.runtime.writing(self.tenant_id), work)

    def next_try(self) -> datetime | None:
        """When the ladder wants the next attempt; None when it is at its end."""
        held = self.held
        return self.timing.next_try(attempts=held.attempts, first_tried_at=held.first_tried_at, now=self.now())

    def entry(self, kind: str, **words: object) -> dict[str, object]:
        """A row of evidence: what was learned when, under which fence."""
        return {"kind": kind, "at": self.now().isoformat(), "fence": self.held.fence, **words}
