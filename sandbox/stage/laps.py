"""Adds up the time that each kind of work takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from plugin.clock import monotonic


@dataclass
class Laps:
    """Seconds and runs by name."""

    seconds: dict[str, float] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Counts the block under ``name``."""
        began = monotonic()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + monotonic() - began
            self.runs[name] = self.runs.get(name, 0) + 1
