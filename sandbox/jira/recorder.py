"""The log of every REST call that reached the pretend Jira, so that tests can count from outside."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

LONGEST_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call. ``operation`` is its operationId, or empty where no route fits; ``at`` is world time.

    ``note`` says why a call was refused (never told to the caller).
    """

    operation: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: str
    status: int
    at: datetime
    seconds: float
    note: str = ""


class Recorder:
    """Grows until cleared; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: list[Recorded] = []

    def add(self, call: Recorded) -> None:
        with self._lock:
            self._calls.append(call)

    def calls(self, operation: str | None = None) -> list[Recorded]:
        """In the order of their answers."""
        with self._lock:
            return [call for call in self._calls if operation is None or call.operation == operation]

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()

    def __len__(self) -> int:
        return len(self._calls)
