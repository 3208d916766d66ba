"""Send windows across clock changes, against looking at the wall clock minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plugin.domain.calendar import BusinessCalendar, SendWindow
from plugin.domain.errors import InvalidInput

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Auckland", date(2026, 9, 27)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("UTC", date(2026, 6, 1)),
]
minutes_of_day = st.integers(min_value=0, max_value=24 * 60 - 1)


def wall(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def first_minute(window: SendWindow, day: date, not_before: datetime | None) -> datetime | None:
    """The oracle: every minute from 16 h before to 40 h after UTC midnight, read off the wall clock."""
    zone = ZoneInfo(window.zone)
    instant = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=16)
    for _ in range(56 * 60):
        local = instant.astimezone(zone)
        shown = local.time()
        opened = shown >= window.start and (window.end == time(0) or shown < window.end)
        if local.date() == day and opened and (not_before is None or instant >= not_before):
            return instant
        instant += timedelta(minutes=1)
    return None


@settings(max_examples=150)
@given(
    where=st.sampled_from(CHANGES),
    shift=st.integers(min_value=-1, max_value=1),
    start=minutes_of_day,
    length=st.integers(min_value=1, max_value=600),
    wait=st.none() | st.integers(min_value=-16 * 60, max_value=40 * 60),
)
@example(where=CHANGES[0], shift=0, start=150, length=10, wait=None)
@example(where=CHANGES[0], shift=0, start=150, length=60, wait=None)
@example(where=CHANGES[1], shift=0, start=60, length=90, wait=31)
def test_the_first_open_minute_of_a_day_is_found(
    where: tuple[str, date], shift: int, start: int, length: int, wait: int | None
) -> None:
    zone, day = where[0], where[1] + timedelta(days=shift)
    end = start + length
    window = SendWindow(wall(start), wall(end) if end < 24 * 60 else time(0), zone)
    not_before = None if wait is None else datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=wait)
    assert window.instant_on(day, not_before=not_before) == first_minute(window, day, not_before)


def test_half_past_two_that_is_missing_becomes_three() -> None:
    window = SendWindow(time(2, 30), time(5), "Europe/Berlin")
    assert window.instant_on(date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_half_past_two_that_comes_twice_is_first_taken_before_the_change() -> None:
    window = SendWindow(time(2, 30), time(2, 45), "Europe/Berlin")
    day = date(2026, 10, 25)
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert window.instant_on(day) == first
    assert window.instant_on(day, not_before=first + timedelta(minutes=15)) == second
    assert window.instant_on(day, not_before=second + timedelta(minutes=15)) is None


def test_req_F27_auckland_gets_its_own_day() -> None:
    window = SendWindow(time(9), time(17), "Pacific/Auckland")
    assert window.instant_on(date(2026, 12, 7)) == datetime(2026, 12, 6, 20, 0, tzinfo=UTC)


def test_the_next_instant_waits_for_window_and_business_day() -> None:
    window = SendWindow(time(9), time(17), "Europe/Berlin")
    calendar = BusinessCalendar(holidays={date(2026, 10, 26): "Bridge day"})
    inside = datetime(2026, 10, 23, 10, 15, 30, tzinfo=UTC)
    assert window.next_instant(inside, calendar) == inside
    friday_evening = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)
    assert window.next_instant(friday_evening, calendar) == datetime(2026, 10, 27, 8, 0, tzinfo=UTC)


@given(st.integers(min_value=0, max_value=2 * 365 * 24 * 60))
def test_the_next_instant_is_never_early_and_always_open(minutes: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    window = SendWindow(time(9), time(17), "America/New_York")
    calendar = BusinessCalendar()
    found = window.next_instant(moment, calendar)
    local = found.astimezone(ZoneInfo("America/New_York"))
    assert found >= moment
    assert time(9) <= local.time() < time(17)
    assert local.weekday() < 5
    assert found - moment < timedelta(days=3)


def test_a_window_that_never_opens_is_refused() -> None:
    with pytest.raises(InvalidInput, match="never opens"):
        SendWindow(time(17), time(9), "Europe/Berlin")
    with pytest.raises(InvalidInput, match="IANA"):
        SendWindow(time(9), time(17), "Berlin")
    with pytest.raises(InvalidInput, match="local times"):
        SendWindow(time(9, tzinfo=UTC), time(17), "Europe/Berlin")
    never = BusinessCalendar(
        frozenset({1, 2, 3, 4, 5, 6}), {date(2026, 1, 5) + timedelta(weeks=n): "shut" for n in range(600)}
    )
    with pytest.raises(InvalidInput, match="does not open"):
        SendWindow(time(9), time(17), "UTC").next_instant(datetime(2026, 1, 5, tzinfo=UTC), never)
