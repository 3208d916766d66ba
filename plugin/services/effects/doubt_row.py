"""An effect in doubt, as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Doubt:
    """``grace_over``: the sender's lease and the grace after it have passed in database time."""

    effect_id: str
    kind: str
    subject_id: str
    payload: Mapping[str, object]
    fence: int
    sending_at: datetime | None
    evidence: tuple[Mapping[str, object], ...]
    grace_over: bool

    @property
    def looks(self) -> int:
        """How often a source was asked in vain since the row went in doubt."""
        return sum(1 for entry in self.evidence if entry.get("kind") == "look" and entry.get("fence") == self.fence)

    @property
    def late_entries(self) -> list[Mapping[str, object]]:
        """What the worker that lost this row learned afterwards, newest first; doubt raised the fence by one."""
        mine = [entry for entry in self.evidence if entry.get("late") and entry.get("fence") == self.fence - 1]
        return mine[::-1]
