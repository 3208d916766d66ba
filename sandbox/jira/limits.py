"""Jira's three rate limits (points per hour, burst, writes on one issue): counted always, enforced on demand."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sandbox.clock import WorldClock

GLOBAL_QUOTA = "jira-quota-global-based"
TENANT_QUOTA = "jira-quota-tenant-based"
BURST = "jira-burst-based"
PER_ISSUE = "jira-per-issue-on-write"
REASONS = (GLOBAL_QUOTA, TENANT_QUOTA, BURST, PER_ISSUE)
BURST_PER_SECOND = {"GET": 100, "POST": 100, "PUT": 50, "DELETE": 50}
ISSUE_WRITES = ((20, timedelta(seconds=2)), (100, timedelta(seconds=30)))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429: which system refuses, and after how many seconds to come back (None: the header is missing)."""

    reason: str
    retry_after: float | None


class Limits:
    """The account of one site. Quotas and windows run on the world's clock."""

    def __init__(self, clock: WorldClock, *, points_per_hour: int = 65_000) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.points_per_hour = points_per_hour
        self.points_used = 0
        self._hour = self._present_hour()
        self._enforced: set[str] = set()
        self._exhausted: dict[str, tuple[datetime, float | None]] = {}
        self._calls: dict[str, deque[datetime]] = defaultdict(deque)
        self._writes: dict[str, deque[datetime]] = defaultdict(deque)

    def enforce(self, *reasons: str) -> None:
        """Refuses from now on what goes over these limits (all of them where none is named)."""
        self._enforced = self._checked(reasons) or set(REASONS)

    def relax(self) -> None:
        """Counts on, but refuses nothing."""
        self._enforced = set()
        self._exhausted = {}

    def exhaust(self, reason: str, *, retry_after: float | None = 30, lasts: timedelta | None = None) -> None:
        """Refuses every call for that reason for ``lasts`` (default: as long as ``retry_after`` says, or 30 s).

        ``retry_after`` None leaves the header out.
        """
        self._checked((reason,))
        length = lasts or timedelta(seconds=retry_after or 30)
        self._exhausted[reason] = (self._clock.now() + length, retry_after)

    def check(self, *, method: str, operation: str, issue: str | None) -> Refusal | None:
        """Counts a call and says whether a limit refuses it. ``issue`` is given for writes on that issue."""
        with self._lock:
            now = self._clock.now()
            self._turn_hour()
            for reason, (until, retry_after) in list(self._exhausted.items()):
                if now < until:
                    return Refusal(reason, retry_after)
                del self._exhausted[reason]
            if TENANT_QUOTA in self._enforced and self.points_used >= self.points_per_hour:
                return Refusal(TENANT_QUOTA, ceil((self._reset_at() - now).total_seconds()))
            if BURST in self._enforced and self._bursts(f"{method} {operation}", method, now):
                return Refusal(BURST, 1)
            if issue is not None and PER_ISSUE in self._enforced and self._writes_too_often(issue, now):
                return Refusal(PER_ISSUE, 2)
            return None

    def charge(self, points: int) -> None:
        """Adds the cost of a call that was carried out."""
        with self._lock:
            self._turn_hour()
            self.points_used += points

    def headers(self) -> dict[str, str]:
        """What every answer carries."""
        remaining = max(0, self.points_per_hour - self.points_used)
        shown = {
            "X-RateLimit-Limit": str(self.points_per_hour),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": self._reset_at().strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        if remaining < self.points_per_hour / 5:
            shown["X-RateLimit-NearLimit"] = "true"
        return shown

    def _present_hour(self) -> datetime:
        return self._clock.now().replace(minute=0, second=0, microsecond=0)

    def _reset_at(self) -> datetime:
        return self._hour + timedelta(hours=1)

    def _turn_hour(self) -> None:
        hour = self._present_hour()
        if hour != self._hour:
            self._hour, self.points_used = hour, 0

    def _bursts(self, endpoint: str, method: str, now: datetime) -> bool:
        return _over(self._calls[endpoint], now, ((BURST_PER_SECOND.get(method, 50), timedelta(seconds=1)),))

    def _writes_too_often(self, issue: str, now: datetime) -> bool:
        return _over(self._writes[issue], now, ISSUE_WRITES)

    @staticmethod
    def _checked(reasons: tuple[str, ...]) -> set[str]:
        unknown = set(reasons) - set(REASONS)
        if unknown:
            raise ValueError(f"no such limit: {', '.join(sorted(unknown))}; known are {', '.join(REASONS)}")
        return set(reasons)


def _over(times: deque[datetime], now: datetime, windows: tuple[tuple[int, timedelta], ...]) -> bool:
    longest = max(length for _, length in windows)
    while times and times[0] <= now - longest:
        times.popleft()
    if any(sum(1 for each in times if each > now - length) >= most for most, length in windows):
        return True
    times.append(now)
    return False
