"""The ladders that come with the product: sound by their own lint, whole when played, the same after JSON."""

from datetime import date, timedelta

import pytest

from plugin.domain.reminders.policy import Channel, GuardKind, Policy, Tone
from plugin.domain.reminders.policy_json import from_dict, to_dict
from plugin.domain.reminders.policy_lint import lint
from plugin.domain.reminders.policy_presets import presets
from tests.unit.domain.reminders.cases import DUE, EVERY_DAY, invoice, play, span

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
    assert played.keys == [step.key for step in preset.steps]
    ranks = [step.tone.rank for step in preset.steps]
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
