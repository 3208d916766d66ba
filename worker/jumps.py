"""A machine whose clock has jumped must not send: old steps would burst out under a wrong date (F49)."""

from collections.abc import Callable
from datetime import datetime, timedelta

from plugin.clock import Clock, boot_seconds

MOST = timedelta(minutes=5)


class JumpWatch:
    """Compares business time with the seconds this machine has run, and with the database's time.

    The first tells also where both clocks are the same one (SQLite), from the start of this process on; so after the
    time was set right on purpose, a restart of the clock process confirms it.
    """

    def __init__(self, clock: Clock, *, elapsed: Callable[[], float] = boot_seconds) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._start, self._ran = clock.now(), elapsed()

    def jump(self, *, database_now: datetime) -> timedelta | None:
        """How far the clock is off, if that is more than five minutes."""
        now = self._clock.now()
        expected = self._start + timedelta(seconds=self._elapsed() - self._ran)
        off = max(abs(now - expected), abs(now - database_now))
        return off if off > MOST else None
