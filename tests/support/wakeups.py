"""Wake-ups that a test can count."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from plugin.services.wakeups import BATCH, WakeupKind


@dataclass(frozen=True)
class Wakeup:
    """One ring of the bell."""

    kind: WakeupKind
    tenant_id: str
    ids: tuple[str, ...]
    fence: int = 0


@dataclass
class MemoryWakeups:
    """Keeps what was rung, in order."""

    taken: list[Wakeup] = field(default_factory=list)
    failures: int = 0

    def wake(self, kind: WakeupKind, tenant_id: str, ids: Sequence[str], *, fence: int = 0) -> None:
        for start in range(0, len(ids), BATCH):
            self.taken.append(Wakeup(kind, tenant_id, tuple(ids[start : start + BATCH]), fence))
