"""Faults on demand: what should go wrong with which REST operation, and how often."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FaultKind = Literal[
    "status",
    "latency",
    "drop",
    "drop_after_effect",
    "hang_after_effect",
    "truncated",
    "html",
    "huge",
    "redirect",
]
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which an answer goes wrong. Made by the named constructors."""

    kind: FaultKind
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 0.0
    size: int = 0
    url: str = ""

    @classmethod
    def status(cls, code: int, *, headers: Mapping[str, str] | None = None, body: str = "") -> "Fault":
        """Answers with a status and does nothing."""
        return cls("status", code=code, headers=headers or {}, body=body)

    @classmethod
    def latency(cls, seconds: float) -> "Fault":
        """Waits (machine time), then answers as usual."""
        return cls("latency", seconds=seconds)

    @classmethod
    def drop(cls) -> "Fault":
        """Closes the connection without an answer and without an effect."""
        return cls("drop")

    @classmethod
    def drop_after_effect(cls) -> "Fault":
        """Does what was asked, then closes the connection without an answer."""
        return cls("drop_after_effect")

    @classmethod
    def hang_after_effect(cls, seconds: float) -> "Fault":
        """Does what was asked, then says nothing for that long and closes: the caller's time-out strikes."""
        return cls("hang_after_effect", seconds=seconds)

    @classmethod
    def truncated(cls) -> "Fault":
        """Status 200 and the first half of the JSON, with a length that fits the half."""
        return cls("truncated")

    @classmethod
    def html(cls) -> "Fault":
        """Status 200 with a page where JSON belongs; no effect."""
        return cls("html")

    @classmethod
    def huge(cls, *, mb: int = 10) -> "Fault":
        """The right JSON behind that many megabytes of blanks."""
        return cls("huge", size=mb * MEGABYTE)

    @classmethod
    def redirect(cls, url: str) -> "Fault":
        """Sends the caller elsewhere, who must not follow with its token."""
        return cls("redirect", code=302, headers={"Location": url})


@dataclass(slots=True)
class _Planned:
    operation: str
    fault: Fault
    left: int | None
    issue: str | None


class FaultPlan:
    """What is still to go wrong, first planned first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._planned: list[_Planned] = []

    def add(self, operation: str, fault: Fault, *, times: int | None = 1, issue: str | None = None) -> None:
        """Plans a fault for an operation id (``*``: all), ``times`` times (None: until cleared), on one issue."""
        with self._lock:
            self._planned.append(_Planned(operation, fault, times, issue))

    def clear(self) -> None:
        """All goes well again."""
        with self._lock:
            self._planned.clear()

    def take(self, operation: str, *, path: str) -> Fault | None:
        """The fault for this call, if one is planned; it counts as used."""
        with self._lock:
            for planned in self._planned:
                if planned.operation not in ("*", operation) or (planned.issue and f"/{planned.issue}" not in path):
                    continue
                if planned.left is not None:
                    planned.left -= 1
                    if planned.left <= 0:
                        self._planned.remove(planned)
                return planned.fault
        return None
