"""What happens when: invoices early in each month, disputes and payments as the real customers had them."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sandbox.real_input.behaviour import Behaviour

ISSUE_AT, DISPUTE_AT, PAY_AT = time(6, 30), time(11), time(12)
"""UTC. Bills leave before the send window opens; money is seen at noon, after the morning's reminders."""
DISPUTE_AFTER, SETTLED_BEFORE = 10, 2
"""Days: a dispute is raised so long after the issue, and settled so long before the payment, where there is room."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """The life of one invoice as the history has it."""

    issued_on: date
    due_on: date
    paid_at: datetime
    disputed_at: datetime | None = None
    settled_at: datetime | None = None


@dataclass
class Script:
    """Events by their instant; those of one instant in the order in which they were added."""

    _events: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _added: int = 0

    def add(self, at: datetime, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (at, self._added, event))
        self._added += 1

    @property
    def next_at(self) -> datetime | None:
        return self._events[0][0] if self._events else None

    def play(self, now: datetime) -> int:
        """Lets everything up to ``now`` happen, and gives the number."""
        played = 0
        while self._events and self._events[0][0] <= now:
            heapq.heappop(self._events)[2]()
            played += 1
        return played


def issue_day(month: date) -> date:
    """The first weekday from the second of the following month on."""
    day = (month.replace(day=28) + timedelta(days=4)).replace(day=2)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    return day


def last_day(month: date) -> date:
    """The last day of a month given by any of its days."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def course_of(issued_on: date, behaviour: Behaviour) -> Course:
    """Dates of one invoice; a disputed one that is paid at once is disputed an hour before."""
    paid_on = issued_on + timedelta(days=behaviour.days_to_settle)
    disputed_at = settled_at = None
    if behaviour.disputed:
        days = min(DISPUTE_AFTER, behaviour.days_to_settle // 2)
        disputed_at = at(issued_on + timedelta(days=days), DISPUTE_AT)
        settled_on = paid_on - timedelta(days=SETTLED_BEFORE)
        settled_at = at(settled_on, DISPUTE_AT) if settled_on > disputed_at.date() else None
    return Course(
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=behaviour.terms_days),
        paid_at=at(paid_on, PAY_AT),
        disputed_at=disputed_at,
        settled_at=settled_at,
    )


def at(day: date, hour: time) -> datetime:
    """An instant of a day, UTC."""
    return datetime.combine(day, hour, tzinfo=UTC)
