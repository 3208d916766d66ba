"""Quiet periods that come every year, against the days of a year read as month and day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.reminders.facts import QuietPeriod
from plugin.domain.reminders.quiet import quiet_in

days_of_a_year = st.dates(date(2024, 1, 1), date(2024, 12, 31))
NO_LEAP_DAY = days_of_a_year.filter(lambda day: (day.month, day.day) != (2, 29))


def covered(periods: tuple[QuietPeriod, ...], day: date) -> bool:
    return any(period.first <= day <= period.last for period in periods)


@given(NO_LEAP_DAY, NO_LEAP_DAY, st.integers(2020, 2030), st.integers(0, 5_000))
def test_a_yearly_period_holds_the_same_days_of_every_year(first: date, last: date, typed_in: int, number: int) -> None:
    """Read as (month, day): between the two, or around New Year where the first comes later in the year."""
    day = date(2026, 1, 1) + timedelta(days=number)
    ends = last.replace(year=typed_in + 1) if last < first else last.replace(year=typed_in)
    found = quiet_in("x", first.replace(year=typed_in), ends, yearly=True, year_from=2025, year_to=2041)
    start, end, now = ((one.month, one.day) for one in (first, last, day))
    assert covered(found, day) == (start <= now <= end if start <= end else now >= start or now <= end)


@given(st.dates(date(2025, 1, 1), date(2027, 1, 1)), st.integers(-3, 30))
def test_one_that_comes_once_is_itself_and_one_that_ends_before_it_begins_is_none(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    found = quiet_in("x", first, last, yearly=False, year_from=2026, year_to=2026)
    assert found == ((QuietPeriod("x", first, last),) if length >= 0 else ())


def test_christmas_to_epiphany_spans_the_new_year_however_it_was_typed() -> None:
    for last in (date(2027, 1, 6), date(2026, 1, 6)):
        found = quiet_in("Christmas", date(2026, 12, 23), last, yearly=True, year_from=2026, year_to=2027)
        assert [(period.first, period.last) for period in found] == [
            (date(2026, 12, 23), date(2027, 1, 6)),
            (date(2027, 12, 23), date(2028, 1, 6)),
        ]


def test_the_leap_day_counts_as_the_28th_where_there_is_none() -> None:
    found = quiet_in("x", date(2024, 2, 29), date(2024, 3, 2), yearly=True, year_from=2027, year_to=2028)
    assert [period.first for period in found] == [date(2027, 2, 28), date(2028, 2, 29)]
