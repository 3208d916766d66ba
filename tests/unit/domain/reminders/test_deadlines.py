"""Deadlines count from the day a step really leaves; the next gate opens the day after."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.deadlines import deadline_for, opens_on
from plugin.domain.reminders.policy import Ask, AskKind, Tone
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import WEEKDAYS, at, due_keys, invoice, mail, policy, sent, the

SEVEN = Ask(AskKind.DEADLINE, 7)


def test_req_F43_seven_business_days_from_the_send_day() -> None:
    assert deadline_for(SEVEN, date(2026, 12, 11), WEEKDAYS) == date(2026, 12, 22)
    assert opens_on(date(2026, 12, 22), WEEKDAYS) == date(2026, 12, 23)


def test_holidays_push_the_deadline_out() -> None:
    calendar = BusinessCalendar(holidays={date(2026, 12, 25): "Christmas", date(2027, 1, 1): "New Year"})
    assert deadline_for(SEVEN, date(2026, 12, 24), calendar) == date(2027, 1, 6)


@pytest.mark.parametrize("kind", [kind for kind in AskKind if kind is not AskKind.DEADLINE])
def test_only_a_deadline_gives_a_deadline(kind: AskKind) -> None:
    assert deadline_for(Ask(kind), date(2026, 12, 11), WEEKDAYS) is None


def test_complaint_C32_fourteen_new_days_for_each_reminder_are_obeyed() -> None:
    assert deadline_for(Ask(AskKind.DEADLINE, 3), date(2026, 3, 2), WEEKDAYS, at_least_days=14) == date(2026, 3, 16)
    facts = invoice(least_deadline_days=14)
    ladder = policy(mail("one", 1, 4, ask=Ask(AskKind.DEADLINE, 3)))
    assert the(at(facts, date(2026, 12, 14), ladder), "one").deadline == date(2026, 12, 28)


def test_req_F43_the_next_step_waits_for_the_day_after_the_deadline_that_was_given() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 10, Tone.FIRM))
    facts = invoice(records=(sent("one", date(2026, 12, 15), deadline=date(2026, 12, 22)),))
    held = the(at(facts, date(2026, 12, 22), ladder, WEEKDAYS), "two")
    assert (held.verdict, held.until) == (Verdict.HELD, date(2026, 12, 23))
    assert due_keys(at(facts, date(2026, 12, 23), ladder, WEEKDAYS)) == ["two"]


def test_the_deadline_moves_with_the_day_the_step_really_goes() -> None:
    ladder = policy(mail("one", 1, 3, ask=SEVEN))
    assert the(at(invoice(), date(2026, 12, 16), ladder, WEEKDAYS), "one").deadline == date(2026, 12, 25)


@given(
    day=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    count=st.integers(1, 60),
    offs=st.sets(st.integers(1, 120), max_size=30),
)
def test_the_deadline_has_exactly_that_many_worked_days_behind_it(day: date, count: int, offs: set[int]) -> None:
    calendar = BusinessCalendar(holidays={day + timedelta(days=off): "off" for off in offs})
    found = deadline_for(Ask(AskKind.DEADLINE, count), day, calendar)
    assert found is not None
    between = [day + timedelta(days=number) for number in range(1, (found - day).days + 1)]
    worked = [one for one in between if one.isoweekday() < 6 and (one - day).days not in offs]
    assert len(worked) == count
    assert worked[-1] == found
