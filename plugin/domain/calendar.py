"""Civil days, business days, send windows and terms of payment. Holidays and zones arrive as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from plugin.domain.errors import InvalidInput
from plugin.domain.money import is_whole

LONGEST_SEARCH_DAYS = 3_660
"""A calendar without a business day in ten years is a mistake, not a long holiday."""
FURTHEST = timedelta(days=3_653)
"""How far ahead a day may lie that somebody enters."""
_ONE_DAY = timedelta(days=1)
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name; InvalidInput where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f"{name!r} is no time zone; use an IANA name such as Europe/Berlin.") from None


def civil_day(instant: datetime, zone: str) -> date:
    """The calendar day on which an aware instant falls in a zone."""
    if instant.tzinfo is None:
        raise InvalidInput(f"{instant.isoformat()} has no time zone; give an aware instant.")
    return instant.astimezone(zone_of(zone)).date()


@dataclass(frozen=True, slots=True)
class BusinessCalendar:
    """Which days are worked: ``weekend`` as ``date.weekday()`` numbers (Monday 0), ``holidays`` by date with a name."""

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: Mapping[date, str] = field(default_factory=dict)
    _next: dict[date, date] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What ``next_business_day`` found before: plans of many invoices ask about the same days."""

    def __post_init__(self) -> None:
        if not self.weekend <= frozenset(range(7)):
            raise InvalidInput("Weekend days are numbers from 0 (Monday) to 6 (Sunday).")
        if len(self.weekend) == 7:
            raise InvalidInput("A calendar needs at least one day of the week that is worked.")

    def reason(self, day: date) -> str | None:
        """Why ``day`` is no business day (the holiday's or the weekday's name), or None when it is one."""
        if day in self.holidays:
            return self.holidays[day]
        return _DAY_NAMES[day.weekday()] if day.weekday() in self.weekend else None

    def is_business_day(self, day: date) -> bool:
        """Whether ``day`` is worked."""
        return day.weekday() not in self.weekend and day not in self.holidays

    def next_business_day(self, day: date) -> date:
        """``day`` itself when it is worked, otherwise the next day that is."""
        found = self._next.get(day)
        if found is None:
            found = self._next[day] = self._walk(day, step=1)
        return found

    def previous_business_day(self, day: date) -> date:
        """``day`` itself when it is worked, otherwise the last day before it that is."""
        return self._walk(day, step=-1)

    def add_business_days(self, day: date, count: int) -> date:
        """The ``count``-th business day after ``day`` (before it when negative); 0 rolls ``day`` forward."""
        if count == 0:
            return self.next_business_day(day)
        roll, step = (self.next_business_day, _ONE_DAY) if count > 0 else (self.previous_business_day, -_ONE_DAY)
        for _ in range(abs(count)):
            day = roll(day + step)
        return day

    def _walk(self, day: date, *, step: int) -> date:
        for _ in range(LONGEST_SEARCH_DAYS):
            if self.is_business_day(day):
                return day
            day += timedelta(days=step)
        raise InvalidInput(f"No business day within ten years of {day}; check the calendar's holidays.")


@dataclass(frozen=True, slots=True)
class SendWindow:
    """The local hours in which mail may go: from ``start`` up to, not including, ``end`` (00:00 = end of the day)."""

    start: time
    end: time
    zone: str

    def __post_init__(self) -> None:
        zone_of(self.zone)
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise InvalidInput("A send window's hours are local times; leave the offset away.")
        if self.end != time(0) and self.start >= self.end:
            raise InvalidInput(f"The send window {self.start:%H:%M} to {self.end:%H:%M} never opens; start before end.")

    def contains(self, instant: datetime) -> bool:
        """Whether the client's wall clock shows a time inside the window at an aware instant."""
        wall = instant.astimezone(zone_of(self.zone)).time()
        return self.start <= wall and (self.end == time(0) or wall < self.end)

    def instant_on(self, day: date, *, not_before: datetime | None = None) -> datetime | None:
        """The first UTC instant on ``day`` inside the window, no earlier than ``not_before``; None when there is none.

        An hour that a clock change skips counts from the end of the gap; one that comes twice is open both times.
        """
        zone = zone_of(self.zone)
        candidates = [_to_utc(day, self.start, zone, fold=0), _to_utc(day, self.start, zone, fold=1)]
        candidates.extend(_clock_changes(day, zone))
        if not_before is not None:
            candidates.append(not_before.astimezone(UTC))
        fitting = (
            instant
            for instant in candidates
            if civil_day(instant, self.zone) == day
            and self.contains(instant)
            and (not_before is None or instant >= not_before)
        )
        return min(fitting, default=None)

    def next_instant(self, not_before: datetime, calendar: BusinessCalendar) -> datetime:
        """The first UTC instant at or after ``not_before`` in the window on a business day of the client's zone."""
        day = civil_day(not_before, self.zone)
        for _ in range(LONGEST_SEARCH_DAYS):
            if calendar.is_business_day(day):
                instant = self.instant_on(day, not_before=not_before)
                if instant is not None:
                    return instant
            day += timedelta(days=1)
        raise InvalidInput(f"The send window in {self.zone} does not open within ten years; check the calendar.")


def _to_utc(day: date, wall: time, zone: ZoneInfo, *, fold: int) -> datetime:
    """A wall time as a UTC instant; one inside a gap becomes the gap's end."""
    local = datetime.combine(day, wall, tzinfo=zone).replace(fold=fold)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _clock_change(instant - timedelta(days=1), instant + timedelta(days=1), zone)


def _clock_changes(day: date, zone: ZoneInfo) -> list[datetime]:
    """The instants near ``day`` at which the zone's offset changes: none, or one."""
    early = datetime.combine(day, time(0), tzinfo=UTC) - timedelta(hours=26)
    late = early + timedelta(hours=76)
    if early.astimezone(zone).utcoffset() == late.astimezone(zone).utcoffset():
        return []
    return [_clock_change(early, late, zone)]


def _clock_change(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the offset changes, to the second, by halving."""
    before = early.astimezone(zone).utcoffset()
    low, high = int(early.timestamp()), int(late.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, UTC).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


class TermsKind(StrEnum):
    """How a due date follows from the issue date."""

    NET_DAYS = "net_days"
    END_OF_MONTH = "end_of_month"


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """``net_days``: ``count`` days after issue. ``end_of_month``: last day of the ``count``-th month after issue."""

    kind: TermsKind
    count: int

    def __post_init__(self) -> None:
        most = 365 if self.kind is TermsKind.NET_DAYS else 12
        if not is_whole(self.count) or not 0 <= self.count <= most:
            raise InvalidInput(f"Terms of payment of {self.count} are outside 0 to {most}.", field="terms")

    def due_date(self, issue_date: date) -> date:
        """The day on which an invoice issued on ``issue_date`` is due; never before it."""
        if self.kind is TermsKind.NET_DAYS:
            return issue_date + timedelta(days=self.count)
        months = issue_date.year * 12 + issue_date.month + self.count
        return date(months // 12, months % 12 + 1, 1) - timedelta(days=1)


def check_reach(day: date, *, today: date, field: str) -> date:
    """``day`` unchanged; InvalidInput when it lies more than ten years ahead: the year is mistyped."""
    if day > today + FURTHEST:
        raise InvalidInput(f"{day} lies more than ten years ahead; check the year.", field=field)
    return day


def check_due_date(issue_date: date, due_date: date) -> date:
    """``due_date`` unchanged; InvalidInput when it lies before the issue date or more than ten years after it."""
    if due_date < issue_date:
        raise InvalidInput(
            f"The due date {due_date} lies before the issue date {issue_date}; choose a later one.", field="due_on"
        )
    return check_reach(due_date, today=issue_date, field="due_on")
