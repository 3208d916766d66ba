"""The pretend world's clock: its own copy of the rule of the offset file, so that the product is not imported."""

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable


class WorldClock(Protocol):
    """Anything that gives the present as an aware UTC instant."""

    def now(self) -> datetime: ...


@runtime_checkable
class MovableClock(WorldClock, Protocol):
    """A clock that the time machine can move."""

    def advance(self, step: timedelta) -> None: ...


class MachineClock:
    """The machine's own time. Tokens live by it, because no time machine moves the holder of a token."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FrozenWorldClock:
    """Stands still until a test moves it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def advance(self, step: timedelta) -> None:
        self.instant += step


class OffsetFileClock:
    """Machine time plus the seconds in a file, which web, worker and clock of the product read as well."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset())

    def offset(self) -> float:
        """Seconds ahead of the machine; 0 while the file is missing."""
        try:
            return float(self._path.read_text(encoding="ascii") or 0)
        except FileNotFoundError:
            return 0.0

    def advance(self, step: timedelta) -> None:
        with self._lock:
            self._write(self.offset() + step.total_seconds())

    def reset(self) -> None:
        """Back to the machine's time."""
        with self._lock:
            self._write(0.0)

    def _write(self, seconds: float) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_text(repr(seconds), encoding="ascii")
        draft.replace(self._path)


def milliseconds(instant: datetime) -> int:
    """Unix time in whole milliseconds, as Jira writes it."""
    return int(instant.timestamp() * 1000 + 0.5)


def whole_milliseconds(instant: datetime) -> datetime:
    """Cut to the precision Jira stores."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
