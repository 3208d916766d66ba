"""How often one link, and one address, may be asked: what is over it is turned away before any row is read."""

import threading
from collections.abc import Callable

WINDOW = 60.0
MOST_KNOWN = 20_000


class RateLimit:
    """Counts in windows of a minute, in this process; several processes let through as many times more."""

    def __init__(self, *, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._window = 0
        self._counts: dict[str, int] = {}

    def allows(self, key: str, most: int) -> bool:
        """Counts one request under ``key`` and says whether it is among the first ``most`` of this minute."""
        window = int(self._monotonic() // WINDOW)
        with self._lock:
            if window != self._window or len(self._counts) > MOST_KNOWN:
                self._window, self._counts = window, {}
            self._counts[key] = count = self._counts.get(key, 0) + 1
        return count <= most
