"""The editor's form of a policy: what is shown is what is stored; buttons move steps; errors stand at their fields."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import (
    Action,
    ActionKind,
    Anchor,
    Attachment,
    CallOutcome,
    Channel,
    Guard,
    GuardKind,
    Policy,
    PolicyStep,
    Repetition,
    Role,
    Tone,
    Unit,
)
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import from_dict, to_dict
from plugin.domain.reminders.policy_lint import check
from plugin.domain.reminders.policy_presets import presets
from plugin.ui.policies.form import rows_of, typed_policy, typed_rows
from plugin.ui.policies.options import ACTIONS, ANCHORS, CHANNELS, TONES, UNITS
from plugin.ui.policies.step_row import StepRow, row_of, step_of

STORED = to_dict(default_policy())
LISTS = ("recipients", "attachments", "outcomes")


def form_of(rows: list[StepRow], *, do: str = "", **changes: str) -> MultiDict[str, str]:
    """What a browser sends for these rows: a field that is not ticked is not sent."""
    form: MultiDict[str, str] = MultiDict({"name": "Standard", "do": do})
    for row in rows:
        for name in StepRow.__dataclass_fields__:
            if name == "number":
                continue
            value = getattr(row, name)
            for each in value if name in LISTS else (value,):
                form.add(row.place + name, each)
    for name, value in changes.items():
        form[name.replace("__", "-")] = value
    return form


def policy_typed(form: MultiDict[str, str]) -> Policy:
    return from_dict(typed_policy(form).body, policy_id="p", version=1)


@pytest.mark.parametrize("preset", list(presets()))
def test_a_policy_that_nobody_changed_is_the_same_policy(preset: str) -> None:
    stored = presets()[preset]
    assert policy_typed(form_of(rows_of(to_dict(stored)))).steps == stored.steps


FULL = PolicyStep(
    key="everything",
    level=1,
    anchor=Anchor.ISSUE_DATE,
    offset=40,
    unit=Unit.BUSINESS_DAYS,
    channel=Channel.LETTER,
    tone=Tone.FIRM,
    template="second",
    recipients=(Role.BILLING, Role.ESCALATION),
    attachments=(Attachment.XML, Attachment.STATEMENT),
    states_claim=True,
    repetition=Repetition(every=7, at_most=3, unit=Unit.BUSINESS_DAYS, within_days=90),
    guards=(
        Guard(GuardKind.OVERDUE_AT_LEAST, days=10),
        Guard(GuardKind.UNPAID_AT_LEAST, amount_minor=5_050),
        Guard(GuardKind.CALL_OUTCOME, outcomes=(CallOutcome.NO_ANSWER, CallOutcome.REFUSED)),
        Guard(GuardKind.NOT_VIEWED),
        Guard(GuardKind.SEGMENT, names=("VIP", "public")),
        Guard(GuardKind.RELIABILITY, at_least=10, at_most=50),
        Guard(GuardKind.OPEN_INVOICES, at_least=2),
        Guard(GuardKind.NO_REPLY),
    ),
)


@pytest.mark.parametrize(
    "step",
    [
        FULL,
        PolicyStep(
            key="moved",
            level=1,
            anchor=Anchor.LAST_CONTACT,
            offset=3,
            channel=Channel.JIRA,
            tone=Tone.NEUTRAL,
            template="moved",
            action=Action(ActionKind.TRANSITION, "Chasing"),
        ),
        PolicyStep(
            key="text",
            level=1,
            anchor=Anchor.PROMISE,
            offset=1,
            channel=Channel.WEBHOOK,
            tone=Tone.NEUTRAL,
            template="friendly",
            action=Action(ActionKind.WEBHOOK, "sms"),
        ),
    ],
    ids=["everything", "jira", "webhook"],
)
def test_every_field_of_a_step_survives_the_form(step: PolicyStep) -> None:
    policy = Policy(id="p", version=1, name="Standard", steps=(step,))
    assert policy_typed(form_of(rows_of(to_dict(policy)))) == policy


def test_steps_are_sorted_by_their_day_and_keep_their_keys() -> None:
    form = form_of(rows_of(STORED), **{"step-1-offset": "20"})
    assert [step.key for step in policy_typed(form).steps][:4] == ["notice", "call", "second", "friendly"]
    assert typed_policy(form).places[:4] == (0, 2, 3, 1)


def test_a_step_moved_up_takes_the_day_of_the_one_before_so_the_ladder_stays_sound() -> None:
    moved = policy_typed(form_of(rows_of(STORED), do="up-2"))
    check(moved, terms_days=30)
    assert [(step.key, step.offset) for step in moved.steps][:3] == [("notice", -3), ("call", 3), ("friendly", 10)]


@given(st.integers(0, 6), st.sampled_from(["up", "down"]))
def test_a_move_there_and_back_changes_nothing(place: int, way: str) -> None:
    rows = rows_of(STORED)
    there = typed_rows(form_of(rows, do=f"{way}-{place}"))
    other = place - 1 if way == "up" else place + 1
    assert (there == rows) is not (0 <= other < len(rows))
    if 0 <= other < len(rows):
        assert typed_rows(form_of(there, do=f"{'down' if way == 'up' else 'up'}-{other}")) == rows


def test_a_step_is_taken_out_and_another_added_a_week_later() -> None:
    rows = typed_rows(form_of(rows_of(STORED), do="remove-6"))
    form = form_of(rows, do="add", add_channel="call")
    policy = policy_typed(form)
    check(policy, terms_days=30)
    assert [step.key for step in policy.steps] == [
        "notice",
        "friendly",
        "call",
        "second",
        "plan_offer",
        "final",
        "call_2",
        "instalment_soon",
        "instalment_late",
    ]
    assert (policy.step("call_2").offset, policy.step("call_2").tone) == (42, Tone.FINAL)


def test_the_first_step_of_all_can_be_added() -> None:
    assert [step.key for step in policy_typed(form_of([], do="add", add_channel="email")).steps] == ["email"]


def test_a_channel_that_was_changed_begins_with_what_it_needs() -> None:
    form = form_of(rows_of(STORED), **{"step-2-channel": "email", "step-2-shown": "call"})
    form.setlist("step-2-recipients", [])
    form["step-2-template"] = ""
    step = policy_typed(form).step("call")
    assert (step.channel, step.recipients, step.template) == (Channel.EMAIL, (Role.BILLING,), "friendly")


def test_an_error_of_the_ladder_names_the_field_that_was_typed() -> None:
    typed = typed_policy(form_of(rows_of(STORED), **{"step-1-offset": "-40"}))
    with pytest.raises(InvalidInput, match="before the invoice is issued") as refusal, typed.in_the_form():
        check(from_dict(typed.body, policy_id="p", version=1), terms_days=30)
    assert refusal.value.field == "step-1-offset"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("steps[0].offset", "step-0-offset"),
        ("steps[3].ask.business_days", "step-3-deadline"),
        ("steps[6].guards[0].step", "step-6-after_deadline"),
        ("steps[0].guards[1].amount_minor", "step-0-unpaid"),
        ("steps[0].repetition.every", "step-0-every"),
        ("steps[0].repetition.at_most", "step-0-times"),
        ("steps[0].action.target", "step-0-target"),
        ("steps[99].offset", "steps[99].offset"),
        ("name", "name"),
    ],
)
def test_every_field_of_the_json_has_its_field_in_the_form(name: str, field: str) -> None:
    assert typed_policy(form_of(rows_of(STORED))).field(name) == field


@pytest.mark.parametrize("text", ["", "soon", "1.5", "--3", "9999999", "٣"])
def test_a_day_that_is_no_whole_number_is_named(text: str) -> None:
    with pytest.raises(InvalidInput, match="Step 2") as refusal:
        typed_policy(form_of(rows_of(STORED), **{"step-1-offset": text}))
    assert refusal.value.field == "step-1-offset"


@pytest.mark.parametrize("text", ["much", "-5", "1,234.50", "5.123", "٣"])
def test_an_amount_that_is_none_is_named(text: str) -> None:
    with pytest.raises(InvalidInput, match="Step 1: enter an amount") as refusal:
        typed_policy(form_of(rows_of(STORED), **{"step-0-unpaid": text}))
    assert refusal.value.field == "step-0-unpaid"


def test_settings_of_the_policy_are_typed_too() -> None:
    policy = policy_typed(form_of(rows_of(STORED), ask_first="on", ask_when_late_days="3"))
    assert (policy.ask_first, policy.ask_when_late_days) == (True, 3)
    with pytest.raises(InvalidInput, match="number of days"):
        typed_policy(form_of(rows_of(STORED), ask_when_late_days="some"))


def test_too_many_steps_are_refused() -> None:
    rows = [StepRow(number, key=f"k{number}", offset=str(number)) for number in range(40)]
    assert len(policy_typed(form_of(rows)).steps) == 40
    with pytest.raises(InvalidInput, match="at most 40 steps"):
        typed_policy(form_of(rows, do="add"))


def test_every_choice_offered_is_one_that_a_policy_takes() -> None:
    offered = {"channel": CHANNELS, "tone": TONES, "anchor": ANCHORS, "unit": UNITS}
    for name, choices in offered.items():
        for value, _ in choices:
            changes = {f"step-0-{name}": value, "step-0-action": ACTIONS[0][0], "step-0-on": "2026-12-22"}
            assert len(policy_typed(form_of(rows_of(STORED), **changes)).steps) == len(rows_of(STORED))


@pytest.mark.parametrize(
    ("decimals", "typed", "stored", "shown"),
    [
        ("2", "50.00", {"amount_minor": 5000}, "50.00"),
        ("2", "50,5", {"amount_minor": 5050}, "50.50"),
        ("2", "50", {"amount_minor": 5000}, "50.00"),
        ("0", "5000", {"amount_minor": 5000, "decimals": 0}, "5000"),
        ("0", "50.00", {"amount_minor": 50, "decimals": 0}, "50"),
        ("3", "50.125", {"amount_minor": 50125, "decimals": 3}, "50.125"),
        ("99", "50.00", {"amount_minor": 5000}, "50.00"),
    ],
)
def test_an_amount_of_a_condition_has_the_decimals_of_the_sites_currency(
    decimals: str, typed: str, stored: dict[str, int], shown: str
) -> None:
    """Euros have two, yen none, dinars three; shown again and saved, nothing changes."""
    row = replace(rows_of(STORED)[0], unpaid=typed, decimals=decimals)
    step = step_of(row, level=1)
    guards = step["guards"]
    assert isinstance(guards, list)
    assert {"kind": "unpaid_at_least", **stored} in guards
    again = replace(row_of(0, step), decimals=decimals)
    assert again.unpaid == shown
    assert step_of(again, level=1) == step


@pytest.mark.parametrize(("decimals", "typed"), [("2", "1,234"), ("2", "5.123"), ("0", "5000.5"), ("3", "1.2345")])
def test_an_amount_with_more_decimals_than_its_currency_is_refused(decimals: str, typed: str) -> None:
    with pytest.raises(InvalidInput, match="enter an amount, such as"):
        step_of(replace(rows_of(STORED)[0], unpaid=typed, decimals=decimals), level=1)
