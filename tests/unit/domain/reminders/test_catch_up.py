"""After downtime only the strongest due step goes; nothing is lost, nothing bursts."""

from datetime import date, timedelta

import pytest

from plugin.domain.reminders.facts import ContactMade, StepRecord, StepState
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import (
    EVERY_DAY,
    THREE,
    WEEKDAYS,
    at,
    due_keys,
    invoice,
    mail,
    play,
    policy,
    sent,
    span,
    task,
    the,
    verdicts,
)


def test_complaint_C11_a_step_due_yesterday_is_still_sent_today_and_says_so() -> None:
    entry = the(at(invoice(), date(2026, 12, 14)), "one")
    assert (entry.verdict, entry.sentence) == (Verdict.DUE, "Its day was 13 December 2026; it is caught up now.")


def test_complaint_C10_step_two_goes_and_step_one_says_which_went_instead() -> None:
    timeline = at(invoice(), date(2026, 12, 20))
    one = the(timeline, "one")
    assert due_keys(timeline) == ["two"]
    assert (one.verdict, one.superseded_by) == (Verdict.SUPERSEDED, "two")
    assert "'two' is due as well and goes instead" in one.sentence


def test_complaint_C54_after_two_days_of_downtime_due_steps_are_caught_up() -> None:
    played = play(invoice(), THREE, EVERY_DAY, [date(2026, 12, 15)])
    assert played.keys == ["one"]


def test_req_F09_after_26_hours_what_is_due_goes_out_once() -> None:
    played = play(invoice(), THREE, EVERY_DAY, [date(2026, 12, 12), date(2026, 12, 14), date(2026, 12, 14)])
    assert played.keys == ["one"]


def test_fault_F52_after_three_weeks_only_the_current_step_goes_and_the_ladder_goes_on() -> None:
    ladder = default_policy()
    awake = [date(2026, 12, 12), *span(date(2027, 1, 4), 60)]
    played = play(invoice(contact_interval_days=3), ladder, WEEKDAYS, awake)
    assert played.seen[1].due == (the(played.seen[1], "plan_offer"),)
    assert played.keys == ["plan_offer", "final", "legal"]
    first = played.seen[1]
    assert {key for key, verdict in verdicts(first).items() if verdict is Verdict.SUPERSEDED} == {
        "friendly",
        "call",
        "second",
    }
    assert the(first, "notice").verdict is Verdict.SKIPPED


def test_tasks_collapse_too_and_never_stand_beside_a_mail() -> None:
    ladder = policy(mail("one", 1, 3), task("call", 2, 10), mail("two", 3, 30, Tone.FIRM))
    assert due_keys(at(invoice(), date(2026, 12, 25), ladder)) == ["call"]


def test_a_legal_decision_caught_up_late_waits_for_the_final_notice_and_its_deadline() -> None:
    timeline = at(invoice(), date(2027, 3, 1), default_policy(), WEEKDAYS)
    assert due_keys(timeline) == ["final"]
    legal = the(timeline, "legal")
    assert (legal.verdict, legal.until, legal.day) == (Verdict.HELD, date(2027, 3, 11), date(2027, 3, 11))
    assert the(timeline, "final").deadline == date(2027, 3, 10)


def test_req_F46_a_legal_decision_without_a_final_notice_never_opens_by_itself() -> None:
    skipped = StepRecord(key="final", state=StepState.SKIPPED, day=date(2027, 1, 14), reason="skipped by bob")
    timeline = at(invoice(records=(skipped,)), date(2027, 6, 1), default_policy(), WEEKDAYS)
    legal = the(timeline, "legal")
    assert (legal.verdict, legal.reason.code) == (Verdict.HELD, ReasonCode.STEP_NOT_SENT)


def test_a_weaker_step_never_follows_a_stronger_one_that_went_early() -> None:
    facts = invoice(records=(sent("two", date(2026, 12, 11)),))
    timeline = at(facts, date(2026, 12, 13))
    assert (the(timeline, "one").verdict, the(timeline, "one").reason.code) == (
        Verdict.SUPERSEDED,
        ReasonCode.STRONGER_SENT,
    )


def test_req_F07_a_later_step_with_a_softer_tone_never_goes() -> None:
    ladder = policy(mail("firm", 1, 3, Tone.FIRM), mail("soft", 2, 10))
    facts = invoice(records=(sent("firm", date(2026, 12, 13)),))
    entry = the(at(facts, date(2026, 12, 20), ladder), "soft")
    assert (entry.verdict, entry.reason.code) == (Verdict.SUPERSEDED, ReasonCode.SOFTER)


def test_a_held_step_keeps_its_place_as_the_strongest() -> None:
    ladder = policy(mail("one", 1, 3), mail("two", 2, 10))
    facts = invoice(recipients=())
    assert verdicts(at(facts, date(2026, 12, 21), ladder)) == {"one": Verdict.SUPERSEDED, "two": Verdict.HELD}


def test_a_failed_or_parked_step_is_not_tried_again_and_the_ladder_goes_on() -> None:
    for state in (StepState.FAILED, StepState.PARKED):
        facts = invoice(records=(StepRecord(key="one", state=state, day=date(2026, 12, 13), reason="550"),))
        assert due_keys(at(facts, date(2026, 12, 20))) == ["two"]
        assert due_keys(at(facts, date(2026, 12, 19))) == []


@pytest.mark.parametrize(
    ("code", "reason", "told"),
    [
        ("in_doubt", "Nobody could say.", "It may have been sent; a person has to say whether to send it again."),
        ("", "", "It may have been sent; a person has to say whether to send it again."),
        ("stalled", "The worker stopped.", "It was not sent and waits for a person: The worker stopped."),
        ("stumbled3", "An error.", "It was not sent and waits for a person: An error."),
    ],
)
def test_fault_F08_a_parked_step_says_whether_it_may_have_been_sent(code: str, reason: str, told: str) -> None:
    record = StepRecord(key="one", state=StepState.PARKED, reason_code=code, reason=reason)
    entry = the(at(invoice(records=(record,)), date(2026, 12, 14)), "one")
    assert (entry.verdict, entry.sentence) == (Verdict.PARKED, told)


@pytest.mark.parametrize("state", [StepState.SENDING, StepState.UNKNOWN, StepState.VERIFY])
def test_a_step_in_doubt_is_neither_sent_again_nor_followed(state: StepState) -> None:
    facts = invoice(records=(StepRecord(key="one", state=state, day=date(2026, 12, 13)),))
    timeline = at(facts, date(2026, 12, 20))
    assert the(timeline, "one").verdict is Verdict.IN_FLIGHT
    assert (the(timeline, "two").verdict, the(timeline, "two").reason.code) == (Verdict.HELD, ReasonCode.IN_DOUBT)


@pytest.mark.parametrize("state", [StepState.PLANNED, StepState.CLAIMED, StepState.HELD, StepState.DEFERRED])
def test_a_step_that_has_not_been_offered_yet_is_decided_again(state: StepState) -> None:
    facts = invoice(records=(StepRecord(key="one", state=state, day=date(2026, 12, 13)),))
    assert due_keys(at(facts, date(2026, 12, 14))) == ["one"]
    assert due_keys(at(facts, date(2026, 12, 20))) == ["two"]


def test_lateness_is_no_limit_by_default() -> None:
    assert due_keys(at(invoice(), date(2026, 12, 13) + timedelta(days=6))) == ["one"]


def test_lateness_of_three_days_asks_a_person_and_their_approval_lets_it_go() -> None:
    ladder = policy(mail("one", 1, 3), ask_when_late_days=3)
    assert due_keys(at(invoice(), date(2026, 12, 16), ladder)) == ["one"]
    assert the(at(invoice(), date(2026, 12, 17), ladder), "one").reason.code is ReasonCode.TOO_LATE
    approved = invoice(records=(StepRecord(key="one", state=StepState.HELD, approved=True),))
    assert due_keys(at(approved, date(2026, 12, 17), ladder)) == ["one"]


def test_a_call_opened_and_not_done_does_not_stop_the_second_reminder() -> None:
    ladder = policy(task("call", 1, 10), mail("two", 2, 14, Tone.FIRM))
    opened = StepRecord(key="call", state=StepState.OPEN, channel=Channel.CALL, day=date(2026, 12, 21))
    facts = invoice(records=(opened,))
    assert due_keys(at(facts, date(2026, 12, 24), ladder)) == ["two"]


def test_a_legal_decision_is_foreseen_after_a_final_notice_that_is_itself_held() -> None:
    facts = invoice(contacts=(ContactMade(date(2027, 2, 26)),), contact_interval_days=7)
    timeline = at(facts, date(2027, 3, 1), default_policy(), WEEKDAYS)
    final, legal = the(timeline, "final"), the(timeline, "legal")
    assert (final.verdict, final.day, final.deadline) == (Verdict.HELD, date(2027, 3, 5), date(2027, 3, 16))
    assert (legal.verdict, legal.day, legal.reason.code) == (
        Verdict.HELD,
        date(2027, 3, 17),
        ReasonCode.STEP_NOT_SENT,
    )
