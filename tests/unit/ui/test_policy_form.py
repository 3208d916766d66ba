"""The plain editor of a policy: what is shown is what is stored, and what is typed becomes a policy or a sentence."""

import pytest
from werkzeug.datastructures import MultiDict

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy_default import default_policy
from plugin.domain.reminders.policy_json import from_dict, to_dict
from plugin.domain.reminders.policy_lint import check
from plugin.ui.policy_form import OPTIONS, StepRow, rows_of, typed_policy, typed_rows

STORED = to_dict(default_policy())
COLUMNS = ("key", "offset", "unit", "anchor", "channel", "tone", "template", "deadline")


def form_of(rows: list[StepRow], **changes: str) -> MultiDict[str, str]:
    """What a browser sends for these rows."""
    fields = {f"step-{row.number}-{name}": str(getattr(row, name)) for row in rows for name in COLUMNS}
    return MultiDict(
        {"name": "Standard", **fields, **{key.replace("__", "-"): value for key, value in changes.items()}}
    )


def test_a_policy_that_nobody_changed_is_the_same_policy() -> None:
    typed = typed_policy(form_of(rows_of(STORED)), stored=STORED)
    assert from_dict(typed.body, policy_id="p", version=1).steps == default_policy().steps


def test_the_last_row_is_empty_and_adds_nothing() -> None:
    rows = rows_of(STORED)
    assert (len(rows), rows[-1].channel) == (8, "")
    assert typed_rows(form_of(rows)) == rows


def test_steps_are_sorted_by_their_day_and_keep_their_keys() -> None:
    typed = typed_policy(form_of(rows_of(STORED), **{"step-1-offset": "20"}), stored=STORED)
    steps = from_dict(typed.body, policy_id="p", version=1).steps
    assert [step.key for step in steps][:4] == ["notice", "call", "second", "friendly"]
    assert typed.places[:4] == (0, 2, 3, 1)


def test_a_step_is_added_and_another_left_out() -> None:
    changes = {
        "step-4-remove": "on",
        "step-7-channel": "call",
        "step-7-offset": "30",
        "step-7-tone": "firm",
        "step-7-unit": "days",
        "step-7-anchor": "due_date",
    }
    typed = typed_policy(form_of(rows_of(STORED), **changes), stored=STORED)
    policy = from_dict(typed.body, policy_id="p", version=1)
    check(policy, terms_days=30)
    assert [step.key for step in policy.steps] == ["notice", "friendly", "call", "second", "call_2", "final", "legal"]


def test_an_error_of_the_ladder_names_the_row_that_was_typed() -> None:
    typed = typed_policy(form_of(rows_of(STORED), **{"step-1-offset": "-40"}), stored=STORED)
    with pytest.raises(InvalidInput, match="before the invoice is issued") as refusal, typed.in_the_form():
        check(from_dict(typed.body, policy_id="p", version=1), terms_days=30)
    assert refusal.value.field == "step-1-offset"


@pytest.mark.parametrize("text", ["", "soon", "1.5", "--3", "9999999", "٣"])
def test_a_day_that_is_no_whole_number_is_named(text: str) -> None:
    with pytest.raises(InvalidInput, match="Step 2") as refusal:
        typed_policy(form_of(rows_of(STORED), **{"step-1-offset": text}), stored=STORED)
    assert refusal.value.field == "step-1-offset"


def test_every_choice_offered_is_one_that_a_policy_takes() -> None:
    for number, (channel, _) in enumerate(OPTIONS["channels"]):  # type: ignore[var-annotated, arg-type]
        changes = {"step-7-channel": channel, "step-7-offset": str(50 + number), "step-7-template": "friendly"}
        for name, offered in (("tone", "tones"), ("anchor", "anchors"), ("unit", "units")):
            for value, _ in OPTIONS[offered]:  # type: ignore[attr-defined]
                body = typed_policy(
                    form_of(rows_of(STORED), **changes, **{f"step-7-{name}": value}), stored=STORED
                ).body
                assert len(from_dict(body, policy_id="p", version=1).steps) == 8
