"""What a preset has more by now is offered to a policy that began with it, and to no other."""

from dataclasses import replace

import pytest

from plugin.domain.reminders.policy import Policy, Track
from plugin.domain.reminders.policy_editions import former_editions, offer_to
from plugin.domain.reminders.policy_lint import lint
from plugin.domain.reminders.policy_presets import presets
from tests.unit.domain.reminders.cases import THREE, mail

GROWN = [preset for preset in presets().values() if preset.id != "autopay"]
every_grown_preset = pytest.mark.parametrize("preset", GROWN, ids=lambda preset: preset.id)


def first_edition(preset: Policy) -> Policy:
    """As a site has it that was set up with an earlier release, under a name of its own."""
    ladder = tuple(step for step in preset.steps if step.track is Track.LADDER)
    return replace(preset, id="theirs", name="House rules", steps=ladder)


def test_all_presets_but_the_one_for_debits_have_grown() -> None:
    assert set(former_editions()) == {preset.id for preset in GROWN}


@every_grown_preset
def test_req_F45_a_policy_that_began_with_a_preset_is_offered_its_reminders_of_instalments(preset: Policy) -> None:
    offer = offer_to([first_edition(preset)])
    assert offer is not None
    assert (offer.preset, offer.policy.name, offer.policy.steps) == (preset.name, "House rules", preset.steps)
    assert [(change.kind, change.step) for change in offer.diff.changes] == [
        ("added", "instalment_soon"),
        ("added", "instalment_late"),
    ]


def test_what_a_site_changed_itself_stays_as_it_is_in_the_offer() -> None:
    began = first_edition(presets()["default"])
    own = replace(began, version=2, steps=(*began.steps[:6], mail("last_word", 40, 60)))
    offer = offer_to([began, own])
    assert offer is not None
    assert offer.policy.steps[:7] == own.steps
    assert [step.level for step in offer.policy.steps[7:]] == [41, 42]
    assert not any(finding.code == "level_order" for finding in lint(offer.policy))


def test_a_policy_that_never_was_a_preset_is_offered_nothing() -> None:
    assert offer_to([THREE]) is None
    assert offer_to([]) is None
    assert offer_to([presets()["autopay"]]) is None


def test_what_was_taken_over_or_taken_out_again_is_not_offered_again() -> None:
    began = first_edition(presets()["default"])
    assert offer_to([began, presets()["default"]]) is None
    assert offer_to([began, presets()["default"], began]) is None
