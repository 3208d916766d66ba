"""The day of a statement: against a calendar that is walked day by day; and which gates it is asked."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.statement import LAST_DAY, next_statement, statement_due

CALENDAR = BusinessCalendar(holidays={date(2026, 10, 5): "A holiday", date(2026, 12, 25): "Christmas"})
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
CHOSEN = st.one_of(st.integers(1, 28), st.just(LAST_DAY))


def is_chosen(day: date, chosen: int) -> bool:
    """Whether ``day`` is the chosen one of its month, told without arithmetic of months."""
    return day.day == chosen if chosen != LAST_DAY else (day + timedelta(days=1)).day == 1


def walked(chosen: int, since: date, today: date) -> date | None:
    """The newest chosen day up to today, if it lies after the choice and its business day is at most 14 days back."""
    day = today
    while not is_chosen(day, chosen):
        day -= timedelta(days=1)
    goes = day
    while goes.weekday() >= 5 or goes in CALENDAR.holidays:
        goes += timedelta(days=1)
    in_time = goes <= today and (today - goes).days <= 14
    return day if day >= since and in_time else None


@given(chosen=CHOSEN, since=DAYS, today=DAYS)
def test_complaint_C26_a_statement_is_due_on_its_day_and_caught_up_for_two_weeks(
    chosen: int, since: date, today: date
) -> None:
    found = statement_due(chosen, since=since, today=today, calendar=CALENDAR)
    assert found == walked(chosen, since, today)


@given(chosen=CHOSEN, today=DAYS)
def test_req_C26_the_next_statement_is_the_first_day_on_which_one_is_due(chosen: int, today: date) -> None:
    day = today + timedelta(days=1)
    while (due := walked(chosen, date.min, day)) is None or _rolled(due) != day:
        day += timedelta(days=1)
    assert next_statement(chosen, after=today, calendar=CALENDAR) == day


def _rolled(day: date) -> date:
    while day.weekday() >= 5 or day in CALENDAR.holidays:
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2026, 10, 4), None),
        (date(2026, 10, 5), None),
        (date(2026, 10, 6), date(2026, 10, 5)),
        (date(2026, 10, 20), date(2026, 10, 5)),
        (date(2026, 10, 21), None),
    ],
)
def test_complaint_C17_a_statement_on_a_holiday_goes_on_the_next_business_day(today: date, due: date | None) -> None:
    assert statement_due(5, since=date(2026, 1, 1), today=today, calendar=CALENDAR) == due
