"""What differs between two policies: nothing where they say the same, and exactly what was changed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.reminders.policy import Ask, AskKind, Guard, GuardKind, Policy, PolicyStep, Tone
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_diff import Change, ChangeKind, policy_diff
from plugin.domain.reminders.policy_presets import presets

STANDARD = default_policy()
EVERY_STEP = tuple({step.key: step for policy in presets().values() for step in policy.steps}.values())
LADDERS = st.lists(st.sampled_from(EVERY_STEP), min_size=1, unique_by=lambda step: step.key)


def ladder(steps: list[PolicyStep], name: str = "A") -> Policy:
    """The steps in this order, with the levels that the order gives them."""
    numbered = tuple(replace(step, level=place) for place, step in enumerate(steps, start=1))
    return Policy(id="p", version=1, name=name, steps=numbered)


def with_step(key: str, **changes: object) -> Policy:
    """The default ladder with one step changed."""
    steps = [replace(step, **changes) if step.key == key else step for step in STANDARD.steps]  # type: ignore[arg-type]
    return replace(STANDARD, steps=tuple(steps))


@given(LADDERS)
def test_a_policy_does_not_differ_from_itself(steps: list[PolicyStep]) -> None:
    policy = ladder(steps)
    found = policy_diff(policy, replace(policy, id="other", version=9))
    assert not found
    assert found.sentences == ("Nothing differs.",)


@given(LADDERS, LADDERS)
def test_what_was_added_and_removed_is_told_once_each(one: list[PolicyStep], two: list[PolicyStep]) -> None:
    found = policy_diff(ladder(one), ladder(two)).changes
    told = {kind: [change.step for change in found if change.kind is kind] for kind in ChangeKind}
    old, new = {step.key for step in one}, {step.key for step in two}
    assert sorted(told[ChangeKind.ADDED]) == sorted(new - old)
    assert sorted(told[ChangeKind.REMOVED]) == sorted(old - new)
    assert told[ChangeKind.CHANGED] == []


@given(LADDERS, st.randoms(use_true_random=False))
def test_steps_that_did_not_move_keep_their_order(steps: list[PolicyStep], random: object) -> None:
    """Taking out what is said to have moved leaves both in the same order; in one order nothing has moved."""
    shuffled = list(steps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    moved = {change.step for change in policy_diff(ladder(steps), ladder(shuffled)).changes}
    before = [step.key for step in steps if step.key not in moved]
    assert before == [step.key for step in shuffled if step.key not in moved]
    assert bool(moved) is (steps != shuffled)


def test_a_changed_field_says_from_and_to() -> None:
    (change,) = policy_diff(STANDARD, with_step("friendly", offset=5)).changes
    assert change == Change(
        ChangeKind.CHANGED, "friendly", "when", "3 days after the due date", "5 days after the due date"
    )
    assert change.sentence == (
        "Step 'friendly': when was '3 days after the due date' and is '5 days after the due date'."
    )


def test_a_tone_is_told_once_although_it_is_a_word_of_what_the_mail_is() -> None:
    (change,) = policy_diff(STANDARD, with_step("friendly", tone=Tone.NEUTRAL)).changes
    assert (change.field, change.before, change.after) == ("tone", "friendly", "neutral")


def test_each_change_of_a_step_is_a_row() -> None:
    found = policy_diff(
        STANDARD,
        with_step("second", ask=Ask(AskKind.DEADLINE, 10), guards=(Guard(GuardKind.NOT_VIEWED),), template="final"),
    )
    assert [(change.step, change.field) for change in found.changes] == [
        ("second", "text"),
        ("second", "asks for"),
        ("second", "conditions"),
    ]


def test_settings_of_the_policy_are_told() -> None:
    found = policy_diff(STANDARD, replace(STANDARD, name="House", ask_first=True, ask_when_late_days=3))
    assert [(change.kind, change.field) for change in found.changes] == [
        (ChangeKind.SETTING, "name"),
        (ChangeKind.SETTING, "approval"),
        (ChangeKind.SETTING, "lateness"),
    ]
    assert found.sentences[0] == "The policy's name was 'Standard' and is 'House'."


def test_a_first_version_is_all_new_and_a_step_that_went_says_what_it_was() -> None:
    first = policy_diff(None, STANDARD)
    assert [change.step for change in first.changes] == [step.key for step in STANDARD.steps]
    without = replace(STANDARD, steps=STANDARD.steps[1:])
    assert policy_diff(STANDARD, without).sentences == (
        "Step 'notice' is gone. It was: 3 days before the due date: a friendly mail to billing.",
    )
    assert policy_diff(without, STANDARD).sentences == (
        "Step 'notice' is new. 3 days before the due date: a friendly mail to billing.",
    )
