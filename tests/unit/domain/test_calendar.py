"""Business days and terms of payment, against counting by hand."""

import calendar as stdlib_calendar
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import (
    BusinessCalendar,
    PaymentTerms,
    TermsKind,
    check_due_date,
    civil_day,
)
from plugin.domain.errors import InvalidInput

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
weekends = st.frozensets(st.integers(min_value=0, max_value=6), max_size=4)
CHRISTMAS = BusinessCalendar(holidays={date(2026, 12, 25): "Christmas Day", date(2026, 12, 26): "Boxing Day"})


@st.composite
def calendars_around(draw: st.DrawFn, day: date) -> BusinessCalendar:
    offsets = draw(st.frozensets(st.integers(min_value=-40, max_value=40), max_size=25))
    return BusinessCalendar(draw(weekends), {day + timedelta(days=offset): "holiday" for offset in offsets})


def worked_days(calendar: BusinessCalendar, start: date, step: int, count: int) -> list[date]:
    """The first ``count`` worked days from ``start`` on, one after the other, by looking each one up."""
    found: list[date] = []
    day = start
    while len(found) < count:
        if day.weekday() not in calendar.weekend and day not in calendar.holidays:
            found.append(day)
        day += timedelta(days=step)
    return found


@given(st.data(), days, st.integers(min_value=-20, max_value=20))
def test_adding_business_days_counts_only_worked_days(data: st.DataObject, day: date, count: int) -> None:
    calendar = data.draw(calendars_around(day))
    if count == 0:
        expected = worked_days(calendar, day, 1, 1)[-1]
    else:
        step = 1 if count > 0 else -1
        expected = worked_days(calendar, day + timedelta(days=step), step, abs(count))[-1]
    assert calendar.add_business_days(day, count) == expected


@given(st.data(), days)
def test_rolling_finds_the_nearest_worked_day_on_each_side(data: st.DataObject, day: date) -> None:
    calendar = data.draw(calendars_around(day))
    assert calendar.next_business_day(day) == worked_days(calendar, day, 1, 1)[0]
    assert calendar.previous_business_day(day) == worked_days(calendar, day, -1, 1)[0]
    assert calendar.is_business_day(day) == (calendar.reason(day) is None)


def test_the_reason_names_the_holiday_before_the_weekday() -> None:
    assert CHRISTMAS.reason(date(2026, 12, 26)) == "Boxing Day"
    assert CHRISTMAS.reason(date(2026, 12, 27)) == "Sunday"
    assert CHRISTMAS.reason(date(2026, 12, 28)) is None
    assert CHRISTMAS.add_business_days(date(2026, 12, 24), 1) == date(2026, 12, 28)


def test_a_calendar_without_worked_days_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least one day"):
        BusinessCalendar(frozenset(range(7)))
    with pytest.raises(InvalidInput, match="0 \\(Monday\\)"):
        BusinessCalendar(frozenset({7}))
    closed = BusinessCalendar(
        frozenset({1, 2, 3, 4, 5, 6}), {date(2026, 1, 5) + timedelta(weeks=n): "shut" for n in range(600)}
    )
    with pytest.raises(InvalidInput, match="within ten years"):
        closed.next_business_day(date(2026, 1, 5))


@given(days, st.integers(min_value=0, max_value=365))
def test_net_terms_count_civil_days(issued: date, count: int) -> None:
    due = PaymentTerms(TermsKind.NET_DAYS, count).due_date(issued)
    assert (due - issued).days == count


@given(days, st.integers(min_value=0, max_value=12))
def test_end_of_month_terms_end_on_a_month_s_last_day(issued: date, months: int) -> None:
    year, month = issued.year, issued.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    last = stdlib_calendar.monthrange(year, month)[1]
    assert PaymentTerms(TermsKind.END_OF_MONTH, months).due_date(issued) == date(year, month, last)


@pytest.mark.parametrize(
    ("kind", "count"), [(TermsKind.NET_DAYS, -1), (TermsKind.NET_DAYS, 366), (TermsKind.END_OF_MONTH, 13)]
)
def test_odd_terms_are_refused(kind: TermsKind, count: int) -> None:
    with pytest.raises(InvalidInput, match="outside"):
        PaymentTerms(kind, count)


def test_a_due_date_before_the_issue_date_is_refused() -> None:
    assert check_due_date(date(2026, 5, 1), date(2026, 5, 1)) == date(2026, 5, 1)
    with pytest.raises(InvalidInput, match="before the issue date 2026-05-01") as refusal:
        check_due_date(date(2026, 5, 1), date(2026, 4, 30))
    assert refusal.value.field == "due_on"


def test_the_civil_day_is_the_one_on_the_wall() -> None:
    new_year_in_berlin = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert civil_day(new_year_in_berlin, "Europe/Berlin") == date(2027, 1, 1)
    assert civil_day(new_year_in_berlin, "America/New_York") == date(2026, 12, 31)
    with pytest.raises(InvalidInput, match="no time zone"):
        civil_day(datetime.fromisoformat("2026-01-01T00:00"), "Europe/Berlin")
    for odd in ("Mars/Olympus", "", "../etc/passwd", "Europe"):
        with pytest.raises(InvalidInput, match="IANA"):
            civil_day(new_year_in_berlin, odd)
