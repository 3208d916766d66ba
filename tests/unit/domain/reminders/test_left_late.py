"""An invoice whose own mail left only after its due date: its ladder counts from the day it left."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.reminders.facts import StepRecord, StepState
from plugin.domain.reminders.policy import Anchor, Policy, Tone
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import DUE, THREE, WEEKDAYS, at, days, due_keys, invoice, mail, policy, the

LATE = date(2027, 1, 11)
"""A Monday, 32 days after the due date; the invoice has terms of 30 days, so it counts as due on 10 February."""
FROM_ISSUE = policy(mail("hello", 1, 5, anchor=Anchor.ISSUE_DATE), mail("late", 2, 3, Tone.FIRM))


def test_the_ladder_counts_from_the_day_it_left_with_its_whole_terms() -> None:
    assert days(at(invoice(left_on=LATE), LATE)) == {
        "one": date(2027, 2, 13),
        "two": date(2027, 2, 20),
        "three": date(2027, 3, 2),
    }


def test_steps_after_issue_count_from_the_day_it_left() -> None:
    assert days(at(invoice(left_on=LATE), LATE, FROM_ISSUE)) == {"hello": date(2027, 1, 16), "late": date(2027, 2, 13)}


def test_each_step_says_why_it_stands_on_its_day() -> None:
    entry = the(at(invoice(left_on=LATE), LATE), "one")
    assert entry.reason.code is ReasonCode.LEFT_LATE
    assert entry.sentence == (
        "The invoice left only on 11 January 2027, after its due date, 10 December 2026; "
        "counted from then, it is 13 February 2027."
    )


@pytest.mark.parametrize("left_on", [None, DUE - timedelta(days=30), DUE])
def test_an_invoice_that_left_in_time_counts_from_its_due_date(left_on: date | None) -> None:
    timeline = at(invoice(left_on=left_on), date(2026, 12, 13))
    assert due_keys(timeline) == ["one"]
    assert the(timeline, "one").reason.code is ReasonCode.ON_ITS_DAY


def test_nobody_is_reminded_of_an_invoice_on_the_day_it_comes() -> None:
    ladder = policy(mail("notice", 1, 0), mail("later", 2, 1))
    notice = the(at(invoice(left_on=DUE), DUE, ladder), "notice")
    assert (notice.verdict, notice.reason.code) == (Verdict.HELD, ReasonCode.JUST_LEFT)
    assert notice.until == DUE + timedelta(days=1)
    assert due_keys(at(invoice(left_on=DUE), DUE + timedelta(days=1), ladder)) == ["later"]
    asked_for = StepRecord(key="notice", state=StepState.PLANNED, requested=True)
    assert due_keys(at(invoice(left_on=DUE, records=(asked_for,)), DUE, ladder)) == ["notice"]


def test_a_day_that_a_person_chose_stands() -> None:
    chosen = date(2027, 1, 20)
    record = StepRecord(key="one", state=StepState.PLANNED, moved_to=chosen)
    assert days(at(invoice(left_on=LATE, records=(record,)), LATE))["one"] == chosen


@given(
    left=st.integers(1, 400),
    terms=st.integers(0, 90),
    look=st.integers(0, 120),
    chosen=st.sampled_from([THREE, FROM_ISSUE, default_policy()]),
)
def test_it_is_followed_up_like_an_invoice_issued_on_the_day_it_left(
    left: int, terms: int, look: int, chosen: Policy
) -> None:
    """The same days and verdicts as for an honest invoice of that day: nothing else may depend on the old dates."""
    left_on = DUE + timedelta(days=left)
    today = left_on + timedelta(days=look)
    late = invoice(issue_date=DUE - timedelta(days=terms), left_on=left_on)
    honest = invoice(issue_date=left_on, due_date=left_on + timedelta(days=terms), left_on=left_on)
    assert [(entry.key, entry.day, entry.verdict) for entry in at(late, today, chosen, WEEKDAYS).entries] == [
        (entry.key, entry.day, entry.verdict) for entry in at(honest, today, chosen, WEEKDAYS).entries
    ]


@given(left=st.integers(1, 400), terms=st.integers(0, 90))
def test_on_the_day_it_leaves_nothing_firm_is_due(left: int, terms: int) -> None:
    left_on = DUE + timedelta(days=left)
    facts = invoice(issue_date=DUE - timedelta(days=terms), left_on=left_on)
    timeline = at(facts, left_on, default_policy(), WEEKDAYS)
    assert [entry.key for entry in timeline.due if entry.tone is not Tone.FRIENDLY] == []
    assert Verdict.SUPERSEDED not in {entry.verdict for entry in timeline.entries}
