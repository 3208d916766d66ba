"""The ladders that come with the product: sound by their own lint, whole when played, the same after JSON."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plugin.domain.reminders.facts import Instalment, PlanHold
from plugin.domain.reminders.policy import Anchor, Channel, GuardKind, Policy, Tone, Track
from plugin.domain.reminders.policy_json import from_dict, to_dict
from plugin.domain.reminders.policy_lint import lint
from plugin.domain.reminders.policy_presets import presets
from tests.unit.domain.reminders.cases import DUE, EVERY_DAY, WEEKDAYS, at, eur, invoice, play, span

every_preset = pytest.mark.parametrize("preset", presets().values(), ids=lambda preset: preset.id)


def test_there_is_one_for_each_kind_of_client_and_the_default_comes_first() -> None:
    assert list(presets()) == ["default", "gentle", "strict", "public-sector", "retainer", "autopay"]


@every_preset
def test_a_preset_has_nothing_that_its_lint_remarks(preset: Policy) -> None:
    assert lint(preset, terms_days=14) == ()


@every_preset
def test_req_F07_a_preset_goes_out_whole_in_order_and_never_softens(preset: Policy) -> None:
    played = play(
        invoice(contact_interval_days=3, issue_date=DUE - timedelta(days=30)),
        preset,
        EVERY_DAY,
        span(date(2026, 11, 11), 150),
    )
    ladder = [step for step in preset.steps if step.track is Track.LADDER]
    assert played.keys == [step.key for step in ladder]
    ranks = [step.tone.rank for step in ladder]
    assert ranks == sorted(ranks)


@every_preset
def test_a_preset_is_the_same_after_json(preset: Policy) -> None:
    assert from_dict(to_dict(preset), policy_id=preset.id, version=preset.version) == preset


@every_preset
def test_req_F46_a_final_tone_has_a_decision_of_a_person_after_its_deadline(preset: Policy) -> None:
    final = [step for step in preset.steps if step.tone is Tone.FINAL and step.channel is Channel.EMAIL]
    decisions = [step for step in preset.steps if step.channel is Channel.LEGAL_DECISION]
    assert len(final) == len(decisions)
    for decision in decisions:
        assert any(guard.kind is GuardKind.DEADLINE_PASSED and guard.step == "final" for guard in decision.guards)


def test_req_F18_autopay_gets_the_notice_alone() -> None:
    (only,) = presets()["autopay"].steps
    assert only.is_before_due
    assert only.template == "debit_notice"


@every_preset
def test_req_F45_without_a_plan_the_reminders_of_instalments_do_not_exist(preset: Policy) -> None:
    """Which is why no backtest counts them: its invoices have no plans."""
    ladder = replace(preset, steps=tuple(step for step in preset.steps if step.track is Track.LADDER))
    for day in span(DUE - timedelta(days=40), 150):
        assert at(invoice(), day, preset, WEEKDAYS).entries == at(invoice(), day, ladder, WEEKDAYS).entries


@every_preset
def test_req_F45_each_instalment_is_announced_and_asked_for_once_before_the_plan_is_broken(preset: Policy) -> None:
    """A plan whose second part does not come, with the four days of grace: both words fall before it is broken."""
    first, second = date(2027, 1, 14), date(2027, 2, 15)
    parts = (Instalment(1, first, eur(50_000)), Instalment(2, second, eur(50_000)))
    running = invoice(plan=PlanHold(broken_on=first + timedelta(days=5)), instalments=parts)
    facts = replace(running, issue_date=DUE - timedelta(days=60))
    played = play(facts, preset, WEEKDAYS, span(date(2027, 1, 1), 18))
    gone = [(entry.key, day) for day, entry in played.out]
    if preset.id == "autopay":
        assert gone == []
        return
    late = next(step.offset for step in preset.steps if step.key == "instalment_late")
    assert gone == [
        ("instalment_soon", date(2027, 1, 11)),
        ("instalment_late", WEEKDAYS.add_business_days(first, late)),
    ]
    assert all(day < first + timedelta(days=5) for _, day in gone)


@every_preset
def test_req_F45_the_words_about_instalments_stay_friendly_and_stop_for_a_reply(preset: Policy) -> None:
    beside = [step for step in preset.steps if step.anchor is Anchor.INSTALMENT]
    assert [step.tone for step in beside] == [Tone.FRIENDLY] * len(beside)
    assert len(beside) == (0 if preset.id == "autopay" else 2)
    assert all(step.guards for step in beside if not step.is_before_due)
