"""The ladder of DESIGN.md, exactly, and beside it the reminders of a plan's instalments."""

from datetime import date

from plugin.domain.reminders.policy import Anchor, AskKind, Channel, GuardKind, Tone, Track
from plugin.domain.reminders.policy_default import default_ladder, default_policy
from plugin.domain.reminders.policy_lint import check, lint
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import EVERY_DAY, WEEKDAYS, at, days, invoice, play, span, the


def test_default_ladder_is_that_of_the_design() -> None:
    assert [(step.offset, step.channel, step.tone) for step in default_ladder()] == [
        (-3, Channel.EMAIL, Tone.FRIENDLY),
        (3, Channel.EMAIL, Tone.FRIENDLY),
        (10, Channel.CALL, Tone.NEUTRAL),
        (14, Channel.EMAIL, Tone.FIRM),
        (24, Channel.PLAN_OFFER, Tone.FIRM),
        (35, Channel.EMAIL, Tone.FINAL),
        (45, Channel.LEGAL_DECISION, Tone.FINAL),
    ]


def test_req_F45_beside_the_ladder_stand_the_reminders_of_instalments() -> None:
    beside = [step for step in default_policy().steps if step.track is not Track.LADDER]
    assert default_policy().steps == (*default_ladder(), *beside)
    assert [(step.anchor, step.offset, step.unit.value, step.tone) for step in beside] == [
        (Anchor.INSTALMENT, -3, "days", Tone.FRIENDLY),
        (Anchor.INSTALMENT, 2, "business_days", Tone.FRIENDLY),
    ]


def test_second_reminder_asks_for_seven_business_days() -> None:
    second = default_policy().step("second")
    assert (second.ask.kind, second.ask.business_days) == (AskKind.DEADLINE, 7)


def test_every_step_after_the_due_date_stops_for_a_reply() -> None:
    after = [step for step in default_policy().steps if step.offset > 0]
    assert all(any(guard.kind is GuardKind.NO_REPLY for guard in step.guards) for step in after)


def test_default_ladder_passes_its_own_lint() -> None:
    check(default_policy(), terms_days=14)
    assert lint(default_policy(), terms_days=14) == ()


def test_default_ladder_dates_for_an_invoice_due_on_2026_12_10() -> None:
    timeline = at(invoice(), date(2026, 11, 20), default_policy(), WEEKDAYS)
    assert days(timeline) == {
        "notice": date(2026, 12, 7),
        "friendly": date(2026, 12, 14),
        "call": date(2026, 12, 21),
        "second": date(2026, 12, 24),
        "plan_offer": date(2027, 1, 5),
        "final": date(2027, 1, 14),
        "legal": date(2027, 1, 26),
    }
    assert the(timeline, "second").deadline == date(2027, 1, 4)
    assert {entry.verdict for entry in timeline.entries} == {Verdict.PLANNED}


def test_default_ladder_played_without_trouble_goes_out_whole_and_in_order() -> None:
    played = play(invoice(contact_interval_days=3), default_policy(), EVERY_DAY, span(date(2026, 12, 1), 90))
    assert played.keys == ["notice", "friendly", "call", "second", "plan_offer", "final", "legal"]
    assert played.seen[-1].next is None
