"""The only file that reads the clock. Rules get ``today``, records get ``now``; both are arguments."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Gives the present as an aware UTC instant. Leases use the database's time, not this."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FileClock:
    """System time plus the seconds that stand in a file: the time machine of the demo, never used in production."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset())

    def offset(self) -> float:
        """Seconds between this clock and the machine's; 0 while the file does not exist."""
        try:
            return float(self._path.read_text(encoding="ascii") or 0)
        except FileNotFoundError:
            return 0.0

    def set_offset(self, seconds: float) -> None:
        """Moves this clock for every process that reads the same file; the write is atomic."""
        draft = self._path.with_suffix(f".{os.getpid()}")
        draft.write_text(repr(seconds), encoding="ascii")
        draft.replace(self._path)


class FrozenClock:
    """Stands still until a test moves it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def advance(self, step: timedelta) -> None:
        self.instant += step


def machine_now() -> datetime:
    """The machine's time, unaffected by any time machine; for leases on SQLite, where it is the database's time."""
    return datetime.now(UTC)


def boot_seconds() -> float:
    """Seconds this machine has run, its sleep included; no setting of the time changes it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def monotonic() -> float:
    """Seconds on a clock that never jumps; for deadlines inside one process."""
    return time.monotonic()
