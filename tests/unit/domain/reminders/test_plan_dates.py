"""On which day a step falls: anchors, offsets, units, repetition, rolling to business days."""

from datetime import date

import pytest

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import Promise, StepRecord, StepState
from plugin.domain.reminders.policy import Anchor, Channel, Repetition, Unit
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import (
    DUE,
    EVERY_DAY,
    THREE,
    WEEKDAYS,
    at,
    days,
    due_keys,
    invoice,
    mail,
    play,
    policy,
    sent,
    span,
    task,
    the,
)

EARLY = date(2026, 11, 15)


def test_req_F01_signed_offsets_show_their_rows_before_anything_is_sent() -> None:
    ladder = policy(mail("a", 1, -3), mail("b", 2, 0), mail("c", 3, 7), mail("d", 4, 14))
    assert list(days(at(invoice(), EARLY, ladder)).values()) == [
        date(2026, 12, 7),
        date(2026, 12, 10),
        date(2026, 12, 17),
        date(2026, 12, 24),
    ]


def test_req_F02_a_repeated_step_comes_every_seven_days_at_most_four_times_more() -> None:
    ladder = policy(mail("again", 1, 14, repetition=Repetition(every=7, at_most=4)))
    timeline = at(invoice(), EARLY, ladder)
    assert [(entry.occurrence, entry.day) for entry in timeline.entries] == [
        (1, date(2026, 12, 24)),
        (2, date(2026, 12, 31)),
        (3, date(2027, 1, 7)),
        (4, date(2027, 1, 14)),
        (5, date(2027, 1, 21)),
    ]
    played = play(invoice(), ladder, EVERY_DAY, span(DUE, 60))
    assert len(played.out) == 5
    assert played.seen[-1].next is None


def test_req_F02_a_repetition_ends_on_its_stop_day() -> None:
    ladder = policy(mail("again", 1, 14, repetition=Repetition(every=7, at_most=4, within_days=30)))
    assert [entry.day for entry in at(invoice(), EARLY, ladder).entries] == [
        date(2026, 12, 24),
        date(2026, 12, 31),
        date(2027, 1, 7),
    ]


def test_req_F02_a_repetition_may_count_business_days() -> None:
    ladder = policy(mail("again", 1, 1, repetition=Repetition(every=5, at_most=1, unit=Unit.BUSINESS_DAYS)))
    assert [entry.day for entry in at(invoice(), EARLY, ladder, WEEKDAYS).entries] == [
        date(2026, 12, 11),
        date(2026, 12, 18),
    ]


def test_issue_date_anchor_counts_from_issue() -> None:
    ladder = policy(mail("welcome", 1, 5, anchor=Anchor.ISSUE_DATE))
    assert the(at(invoice(), EARLY, ladder), "welcome").day == date(2026, 11, 15)


def test_offset_in_business_days_leaves_out_weekend_and_holidays() -> None:
    ladder = policy(mail("x", 1, 3, unit=Unit.BUSINESS_DAYS))
    calendar = BusinessCalendar(holidays={date(2026, 12, 14): "Company holiday"})
    assert the(at(invoice(), EARLY, ladder, calendar), "x").day == date(2026, 12, 16)


@pytest.mark.parametrize("back", [0, 2])
def test_previous_step_anchor_counts_from_the_day_it_really_went(back: int) -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 7, anchor=Anchor.PREVIOUS_STEP))
    assert the(at(invoice(), EARLY, ladder), "two").day == date(2026, 12, 20)
    late = date(2026, 12, 18 - back)
    facts = invoice(records=(sent("one", late),))
    assert the(at(facts, date(2026, 12, 19), ladder), "two").day == date(2026, 12, 25 - back)


def test_a_step_after_a_task_of_the_house_never_goes_on_the_same_day() -> None:
    """Such a task is no contact with the client, so the days between two contacts do not keep them apart."""
    decide = task("decide", 1, 0, Channel.LEGAL_DECISION)
    for offset in (0, -5):
        ladder = policy(decide, mail("two", 2, offset, anchor=Anchor.PREVIOUS_STEP))
        timeline = at(invoice(), DUE, ladder)
        assert due_keys(timeline) == ["decide"]
        assert the(timeline, "two").day == date(2026, 12, 11)


def test_previous_step_anchor_waits_while_the_task_before_it_is_open() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 7, anchor=Anchor.PREVIOUS_STEP))
    facts = invoice(records=(StepRecord(key="one", state=StepState.OPEN, day=date(2026, 12, 13)),))
    entry = the(at(facts, date(2027, 2, 1), ladder), "two")
    assert (entry.verdict, entry.day, entry.reason.code) == (Verdict.PLANNED, None, ReasonCode.AFTER_PREVIOUS)
    assert "'one'" in entry.sentence


def test_promise_anchor_has_no_day_without_a_promise_and_its_day_with_one() -> None:
    ladder = policy(mail("one", 1, 3), mail("broken", 2, 1, anchor=Anchor.PROMISE))
    without = the(at(invoice(), EARLY, ladder), "broken")
    assert (without.day, without.reason.code) == (None, ReasonCode.NO_PROMISE)
    promised = invoice(promise=Promise(date(2026, 12, 20)))
    assert the(at(promised, date(2026, 12, 12), ladder), "broken").day == date(2026, 12, 21)


def test_complaint_C17_a_step_on_a_sunday_and_a_holiday_rolls_and_the_reason_says_so() -> None:
    calendar = BusinessCalendar(holidays={date(2026, 12, 21): "Feast of the Shire"})
    ladder = policy(mail("sunday", 1, 3), mail("holiday", 2, 11))
    timeline = at(invoice(), EARLY, ladder, calendar)
    assert the(timeline, "sunday").sentence == (
        "Moved from 13 December 2026 to 14 December 2026, because 13 December 2026 is no business day (Sunday)."
    )
    assert the(timeline, "holiday").day == date(2026, 12, 22)
    assert "(Feast of the Shire)" in the(timeline, "holiday").sentence


def test_complaint_C18_over_a_weekend_only_the_strongest_goes_and_on_monday() -> None:
    ladder = policy(mail("saturday", 1, 2), mail("sunday", 2, 3), mail("later", 3, 10))
    played = play(invoice(), ladder, WEEKDAYS, span(date(2026, 12, 11), 5))
    assert [(day, entry.key) for day, entry in played.out] == [(date(2026, 12, 14), "sunday")]


def test_fault_F51_a_notice_never_rolls_past_the_due_date_but_back() -> None:
    facts = invoice(issue_date=date(2026, 12, 1), due_date=date(2026, 12, 13))
    ladder = policy(mail("notice", 1, -1))
    assert the(at(facts, date(2026, 12, 2), ladder, WEEKDAYS), "notice").day == date(2026, 12, 11)


def test_fault_F51_a_notice_with_no_business_day_before_the_due_date_still_goes() -> None:
    calendar = BusinessCalendar(holidays={date(2026, 12, day): "Closed" for day in range(1, 15)})
    facts = invoice(issue_date=date(2026, 12, 1), due_date=date(2026, 12, 13))
    ladder = policy(mail("notice", 1, -1))
    assert due_keys(at(facts, date(2026, 12, 15), ladder, calendar)) == ["notice"]


@pytest.mark.parametrize(
    ("due", "offset", "expected"),
    [
        (date(2028, 2, 29), 365, date(2029, 2, 28)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2027, 2, 28), 1, date(2027, 3, 1)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_fault_F51_leap_days_and_year_ends(due: date, offset: int, expected: date) -> None:
    facts = invoice(issue_date=due, due_date=due)
    assert the(at(facts, due, policy(mail("x", 1, offset))), "x").day == expected


def test_a_person_moves_a_row_to_another_day_and_it_rolls_from_there() -> None:
    moved = StepRecord(key="two", state=StepState.PLANNED, moved_to=date(2026, 12, 26))
    entry = the(at(invoice(records=(moved,)), EARLY, THREE, WEEKDAYS), "two")
    assert (entry.nominal, entry.day) == (date(2026, 12, 20), date(2026, 12, 28))
    assert entry.reason.code is ReasonCode.MOVED_BY_PERSON


def test_complaint_C14_dates_are_civil_days_and_carry_no_zone() -> None:
    facts = invoice(issue_date=date(2026, 3, 1), due_date=date(2026, 3, 31))
    assert the(at(facts, date(2026, 3, 2), policy(mail("x", 1, 0))), "x").day == date(2026, 3, 31)


@pytest.mark.parametrize("channel", [Channel.LEGAL_DECISION, Channel.JIRA])
def test_req_F02_what_repeats_inside_after_the_last_contact_never_comes_twice_on_a_day(channel: Channel) -> None:
    again = Repetition(every=4, at_most=3)
    inside = mail("inside", 2, 1, anchor=Anchor.LAST_CONTACT, channel=channel, repetition=again)
    found = at(invoice(), DUE, policy(mail("one", 1, 0), inside))
    assert [entry.day for entry in found.entries if entry.key == "inside"] == [
        date(2026, 12, 11),
        date(2026, 12, 15),
        date(2026, 12, 19),
        date(2026, 12, 23),
    ]
