"""Pauses, promises, payment plans, payments: what stops the ladder and where it goes on."""

from dataclasses import replace
from datetime import date

from plugin.domain.billing.states import InvoiceState
from plugin.domain.reminders.facts import (
    InvoiceFacts,
    OptOut,
    Pause,
    PlanHold,
    Promise,
    StepRecord,
    StepState,
)
from plugin.domain.reminders.policy import Tone
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.timeline import Verdict
from tests.unit.domain.reminders.cases import (
    EVERY_DAY,
    THREE,
    WEEKDAYS,
    at,
    due_keys,
    eur,
    invoice,
    play,
    sent,
    span,
    the,
    verdicts,
)


def test_req_F41_a_promise_for_the_20th_pauses_the_ladder_until_the_21st() -> None:
    facts = invoice(promise=Promise(date(2026, 12, 20)))
    assert due_keys(at(facts, date(2026, 12, 20))) == []
    assert due_keys(at(facts, date(2026, 12, 21))) == ["two"]


def test_complaint_C22_a_broken_promise_resumes_at_the_level_a_person_chose() -> None:
    facts = invoice(promise=Promise(date(2026, 12, 14), resume_level=3), records=(sent("one", date(2026, 12, 13)),))
    before = at(facts, date(2026, 12, 14))
    assert the(before, "three").day == date(2026, 12, 15)
    after = at(facts, date(2026, 12, 15))
    assert verdicts(after) == {"one": Verdict.SENT, "two": Verdict.SUPERSEDED, "three": Verdict.DUE}
    assert the(after, "three").reason.code is ReasonCode.RESUMED
    assert the(after, "two").reason.code is ReasonCode.RESUMED_ABOVE


def test_complaint_C22_a_kept_promise_ends_the_ladder() -> None:
    facts = invoice(promise=Promise(date(2026, 12, 20)), state=InvoiceState.PAID, balance=eur(0))
    assert set(verdicts(at(facts, date(2026, 12, 21))).values()) == {Verdict.CANCELLED}


def test_a_promise_broken_on_a_friday_resumes_on_monday() -> None:
    facts = invoice(promise=Promise(date(2026, 12, 18)))
    held = the(at(facts, date(2026, 12, 17), calendar=WEEKDAYS), "one")
    assert (held.verdict, held.until) == (Verdict.HELD, date(2026, 12, 21))


def test_req_F45_a_broken_plan_resumes_and_a_running_one_holds() -> None:
    running = invoice(plan=PlanHold("3 x 400.00"))
    assert set(verdicts(at(running, date(2027, 2, 1))).values()) == {Verdict.SUPERSEDED, Verdict.HELD}
    broken = invoice(plan=PlanHold("3 x 400.00", date(2026, 12, 14), resume_level=2))
    assert verdicts(at(broken, date(2026, 12, 14))) == {
        "one": Verdict.SUPERSEDED,
        "two": Verdict.DUE,
        "three": Verdict.PLANNED,
    }


def test_a_resumption_is_not_repeated_once_its_level_has_gone() -> None:
    facts = invoice(promise=Promise(date(2026, 12, 14), resume_level=2))
    played = play(facts, THREE, EVERY_DAY, span(date(2026, 12, 13), 30))
    assert [(day, entry.key) for day, entry in played.out] == [
        (date(2026, 12, 15), "two"),
        (date(2026, 12, 30), "three"),
    ]


def test_complaint_C19_a_pause_rests_the_ladder_and_then_the_strongest_goes() -> None:
    facts = invoice(pauses=(Pause("reorganising", date(2026, 12, 25)),))
    played = play(facts, THREE, EVERY_DAY, span(date(2026, 12, 10), 30))
    assert [(day, entry.key) for day, entry in played.out] == [
        (date(2026, 12, 26), "two"),
        (date(2026, 12, 30), "three"),
    ]


def test_a_pause_is_foreseen_in_the_days_to_come() -> None:
    facts = invoice(pauses=(Pause("reorganising", date(2026, 12, 15)),))
    timeline = at(facts, date(2026, 12, 12))
    one = the(timeline, "one")
    assert (one.verdict, one.day, one.reason.code) == (Verdict.PLANNED, date(2026, 12, 16), ReasonCode.SHIFTED)
    assert "Paused through 15 December 2026: reorganising." in one.sentence


def test_fault_F53_after_a_payment_nothing_goes_whatever_its_state() -> None:
    for state in (InvoiceState.PAID, InvoiceState.CREDITED, InvoiceState.WRITTEN_OFF, InvoiceState.PART_PAID):
        facts = invoice(state=state, balance=eur(0))
        for today in (date(2026, 12, 13), date(2027, 3, 1)):
            assert set(verdicts(at(facts, today)).values()) == {Verdict.CANCELLED}


def test_fault_F54_a_chargeback_brings_the_ladder_back_with_the_right_amount() -> None:
    def world(facts: InvoiceFacts, day: date) -> InvoiceFacts:
        paid = date(2026, 12, 14) <= day < date(2026, 12, 25)
        state = InvoiceState.PAID if paid else InvoiceState.ISSUED
        return replace(facts, state=state, balance=eur(0 if paid else 70_000))

    played = play(invoice(), THREE, EVERY_DAY, span(date(2026, 12, 10), 30), before=world)
    assert [(day, entry.key, entry.amount) for day, entry in played.out] == [
        (date(2026, 12, 13), "one", eur(70_000)),
        (date(2026, 12, 25), "two", eur(70_000)),
        (date(2026, 12, 30), "three", eur(70_000)),
    ]


def test_a_step_that_a_person_skipped_or_cancelled_stays_so_after_a_chargeback() -> None:
    facts = invoice(
        records=(
            StepRecord(key="one", state=StepState.SKIPPED, day=date(2026, 12, 13), reason="Skipped by bob."),
            StepRecord(key="two", state=StepState.CANCELLED, day=date(2026, 12, 13), reason="Cancelled by bob."),
        )
    )
    timeline = at(facts, date(2026, 12, 21))
    assert verdicts(timeline) == {"one": Verdict.SKIPPED, "two": Verdict.CANCELLED, "three": Verdict.PLANNED}
    assert the(timeline, "one").sentence == "Skipped by bob."


def test_fault_F55_a_pause_between_plan_and_gate_is_seen_at_the_gate() -> None:
    claimed = invoice(records=(StepRecord(key="one", state=StepState.CLAIMED),))
    assert due_keys(at(claimed, date(2026, 12, 13))) == ["one"]
    for late in (
        replace(claimed, pauses=(Pause("x"),)),
        replace(claimed, promise=Promise(date(2026, 12, 13))),
        replace(claimed, opt_outs=(OptOut("client", "x"),)),
        replace(claimed, state=InvoiceState.PAID, balance=eur(0)),
    ):
        assert due_keys(at(late, date(2026, 12, 13))) == []


def test_complaint_C28_C29_a_part_paid_invoice_is_reminded_of_the_rest_and_keeps_its_history() -> None:
    facts = invoice(state=InvoiceState.PART_PAID, balance=eur(60_000), records=(sent("one", date(2026, 12, 13)),))
    timeline = at(facts, date(2026, 12, 20))
    assert verdicts(timeline) == {"one": Verdict.SENT, "two": Verdict.DUE, "three": Verdict.PLANNED}
    assert the(timeline, "two").amount == eur(60_000)


def test_next_names_what_comes_first_and_next_look_the_day() -> None:
    timeline = at(invoice(), date(2026, 12, 10))
    assert timeline.next is the(timeline, "one")
    assert timeline.next_look == date(2026, 12, 13)
    paid = at(invoice(state=InvoiceState.PAID, balance=eur(0)), date(2026, 12, 10))
    assert paid.next is None


def test_req_F04_steps_of_an_older_policy_stay_in_view_and_their_tone_still_counts() -> None:
    old = sent("old_key", date(2026, 12, 1), level=2, tone=Tone.NEUTRAL)
    open_then = StepRecord(key="old_open", state=StepState.PLANNED, level=3)
    timeline = at(invoice(records=(old, open_then)), date(2026, 12, 13))
    assert verdicts(timeline) == {
        "one": Verdict.SUPERSEDED,
        "old_key": Verdict.SENT,
        "two": Verdict.PLANNED,
        "three": Verdict.PLANNED,
    }
