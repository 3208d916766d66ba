"""Policies as JSON: the round trip, and each odd value named with its step."""

import copy
import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import (
    Action,
    ActionKind,
    Anchor,
    Ask,
    AskKind,
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

KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,20}", fullmatch=True)
GUARDS = st.one_of(
    st.builds(
        Guard,
        st.just(GuardKind.UNPAID_AT_LEAST),
        amount_minor=st.integers(1, 10**9),
        decimals=st.integers(0, 4),
    ),
    st.builds(
        Guard,
        st.just(GuardKind.CALL_OUTCOME),
        outcomes=st.lists(st.sampled_from(CallOutcome), min_size=1, unique=True).map(tuple),
    ),
    st.builds(Guard, st.just(GuardKind.DEADLINE_PASSED), step=KEYS),
    st.builds(Guard, st.sampled_from([GuardKind.NO_REPLY, GuardKind.NOT_VIEWED, GuardKind.VIEWED])),
    st.builds(Guard, st.just(GuardKind.OVERDUE_AT_LEAST), days=st.integers(1, 365)),
    st.builds(Guard, st.just(GuardKind.SEGMENT), names=st.lists(KEYS, min_size=1, max_size=5, unique=True).map(tuple)),
    st.builds(
        Guard, st.just(GuardKind.RELIABILITY), at_least=st.integers(0, 100), at_most=st.none() | st.integers(0, 100)
    ),
    st.builds(Guard, st.just(GuardKind.OPEN_INVOICES), at_least=st.integers(1, 1000)),
)
ASKS = st.one_of(
    st.builds(Ask, st.just(AskKind.DEADLINE), st.integers(1, 90)),
    st.builds(Ask, st.sampled_from([kind for kind in AskKind if kind is not AskKind.DEADLINE])),
)
REPEATS = st.builds(
    Repetition,
    every=st.integers(1, 366),
    at_most=st.integers(1, 52),
    unit=st.sampled_from(Unit),
    within_days=st.none() | st.integers(1, 1000),
)
STEPS = st.builds(
    PolicyStep,
    key=KEYS,
    level=st.integers(1, 1000),
    anchor=st.sampled_from(Anchor),
    offset=st.integers(-1000, 1000),
    unit=st.sampled_from(Unit),
    channel=st.sampled_from(Channel),
    tone=st.sampled_from(Tone),
    template=KEYS,
    recipients=st.lists(st.sampled_from(Role), unique=True).map(tuple),
    guards=st.lists(GUARDS, max_size=4).map(tuple),
    ask=ASKS,
    repetition=st.none() | REPEATS,
    on=st.none() | st.dates(date(2000, 1, 1), date(2199, 12, 31)),
    attachments=st.lists(st.sampled_from(Attachment), unique=True).map(tuple),
    states_claim=st.booleans(),
    action=st.none() | st.builds(Action, st.sampled_from(ActionKind), st.just("") | KEYS),
)
POLICIES = st.builds(
    Policy,
    id=st.just("p"),
    version=st.integers(1, 99),
    name=KEYS,
    steps=st.lists(STEPS, max_size=6).map(tuple),
    ask_first=st.booleans(),
    ask_when_late_days=st.none() | st.integers(1, 30),
)


@given(POLICIES)
def test_idea_U08_a_policy_comes_back_from_json_as_it_was(ladder: Policy) -> None:
    text = json.dumps(to_dict(ladder))
    assert from_dict(json.loads(text), policy_id="p", version=ladder.version) == ladder


def broken(path: str, value: object) -> dict[str, Any]:
    """The default policy as JSON with one value changed; ``...`` takes the field away."""
    data: Any = copy.deepcopy(to_dict(default_policy()))
    target = data
    *way, last = path.split("/")
    for part in way:
        target = target[int(part)] if part.isdigit() else target[part]
    place: Any = int(last) if last.isdigit() else last
    if value is ...:
        del target[place]
    else:
        target[place] = value
    return dict(data)


@pytest.mark.parametrize(
    ("path", "value", "field", "words"),
    [
        ("name", "", "name", "The policy: name must be a line of 1 to 120 characters"),
        ("name", 7, "name", "not 7"),
        ("name", "a\nb", "name", "a line"),
        ("color", "red", "", "unknown field 'color'"),
        ("steps", {}, "steps", "must be a list"),
        ("steps", [1] * 41, "steps", "at most 40"),
        ("ask_first", 1, "ask_first", "true or false"),
        ("ask_when_late_days", 0, "ask_when_late_days", "from 1 to"),
        ("steps/0", "x", "steps[0]", "Step 1 must be an object"),
        ("steps/2/key", ..., "steps[2].key", "Step 3: key must be a line of 1 to 64 characters, not missing"),
        ("steps/2/key", "no spaces", "steps[2].key", "Step 3 ('no spaces'): key must be a name of letters"),
        ("steps/2/key", "ключ", "steps[2].key", "letters, digits"),
        ("steps/1/offset", "3", "steps[1].offset", "Step 2 ('friendly'): offset must be a whole number"),
        ("steps/1/offset", True, "steps[1].offset", "not True"),
        ("steps/1/offset", 3.0, "steps[1].offset", "not 3.0"),
        ("steps/1/offset", 1e400, "steps[1].offset", "not inf"),
        ("steps/1/offset", 10**9, "steps[1].offset", "from -1100 to 1100"),
        ("steps/1/level", 0, "steps[1].level", "from 1 to 1000"),
        ("steps/1/tone", "rude", "steps[1].tone", "one of friendly, neutral, firm, final"),
        ("steps/1/anchor", None, "steps[1].anchor", "one of issue_date, due_date, previous_step, promise"),
        ("steps/1/channel", [], "steps[1].channel", "one of email"),
        ("steps/1/unit", "weeks", "steps[1].unit", "one of days, business_days"),
        ("steps/1/recipients", ["billing", "billing"], "steps[1].recipients", "different values"),
        ("steps/1/recipients", [["billing"]], "steps[1].recipients", "different values"),
        ("steps/1/guards", [{}], "steps[1].guards[0].kind", "guard 1 must name its kind"),
        ("steps/1/guards", ["x"], "steps[1].guards[0].kind", "guard 1 must name its kind"),
        ("steps/1/guards", [{"kind": "no_reply", "step": "x"}], "steps[1].guards[0]", "unknown field 'step'"),
        ("steps/1/guards", [{"kind": "unpaid_at_least"}], "steps[1].guards[0].amount_minor", "not missing"),
        (
            "steps/1/guards",
            [{"kind": "unpaid_at_least", "amount_minor": -1}],
            "steps[1].guards[0].amount_minor",
            "not -1",
        ),
        ("steps/1/guards", [{"kind": "call_outcome"}], "steps[1].guards[0].outcomes", "at least one outcome"),
        ("steps/1/ask", {"kind": "deadline"}, "steps[1].ask.business_days", "from 1 to 90"),
        ("steps/1/ask", {"kind": "payment", "business_days": 3}, "steps[1].ask.business_days", "from 0 to 0"),
        ("steps/1/ask", [], "steps[1].ask", "Step 2 ('friendly'), ask must be an object"),
        ("steps/1/guards", [{"kind": "overdue_at_least"}], "steps[1].guards[0].days", "not missing"),
        ("steps/1/guards", [{"kind": "overdue_at_least", "days": 0}], "steps[1].guards[0].days", "from 1 to"),
        ("steps/1/guards", [{"kind": "segment", "names": []}], "steps[1].guards[0].names", "different lines"),
        ("steps/1/guards", [{"kind": "segment", "names": ["a", "a"]}], "steps[1].guards[0].names", "different lines"),
        ("steps/1/guards", [{"kind": "segment", "names": ["a\n"]}], "steps[1].guards[0].names", "different lines"),
        ("steps/1/guards", [{"kind": "segment", "names": ["a" * 33]}], "steps[1].guards[0].names", "32 characters"),
        ("steps/1/guards", [{"kind": "reliability"}], "steps[1].guards[0].at_least", "a percentage"),
        ("steps/1/guards", [{"kind": "reliability", "at_most": 101}], "steps[1].guards[0].at_most", "from 0 to 100"),
        ("steps/1/guards", [{"kind": "open_invoices", "at_most": 3}], "steps[1].guards[0]", "unknown field 'at_most'"),
        ("steps/1/guards", [{"kind": "viewed", "days": 3}], "steps[1].guards[0]", "unknown field 'days'"),
        ("steps/1/on", "22.12.2026", "steps[1].on", "a day such as 2026-12-22"),
        ("steps/1/on", "9999-12-31", "steps[1].on", "in the years 2000 to 2199"),
        ("steps/1/on", "0001-01-01", "steps[1].on", "in the years 2000 to 2199"),
        ("steps/1/on", "20261222", "steps[1].on", "a day such as 2026-12-22"),
        ("steps/1/on", 20261222, "steps[1].on", "a day such as 2026-12-22"),
        ("steps/1/attachments", ["zip"], "steps[1].attachments", "different values"),
        ("steps/1/attachments", "pdf", "steps[1].attachments", "a list"),
        ("steps/1/states_claim", 1, "steps[1].states_claim", "true or false"),
        ("steps/1/action", "comment", "steps[1].action", "Step 2 ('friendly'), action must be an object"),
        ("steps/1/action", {"kind": "delete"}, "steps[1].action.kind", "one of comment, mention"),
        ("steps/1/action", {"kind": "comment", "url": "x"}, "steps[1].action", "unknown field 'url'"),
        ("steps/1/action", {"kind": "webhook", "target": "a\0b"}, "steps[1].action.target", "a line of 1 to 255"),
        ("steps/1/repetition", {"every": 7}, "steps[1].repetition.at_most", "not missing"),
        ("steps/1/repetition", {"every": 0, "at_most": 1}, "steps[1].repetition.every", "from 1 to 366"),
    ],
)
def test_an_odd_value_is_refused_with_its_step_and_field(path: str, value: object, field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_dict(broken(path, value), policy_id="p", version=1)
    assert refused.value.field == field
    assert words in refused.value.sentence


@pytest.mark.parametrize("data", [None, [], "x", 7])
def test_what_is_no_object_is_refused(data: object) -> None:
    with pytest.raises(InvalidInput, match="The policy must be an object"):
        from_dict(data, policy_id="p", version=1)


def test_what_may_be_left_out_gets_its_default() -> None:
    step = {"key": "call", "level": 1, "anchor": "due_date", "offset": 3, "channel": "call", "tone": "neutral"}
    read = from_dict({"name": "Short", "steps": [step]}, policy_id="p", version=1).steps[0]
    assert (read.unit, read.recipients, read.guards, read.repetition) == (Unit.DAYS, (Role.BILLING,), (), None)
    assert read.ask == Ask(AskKind.CALL)
    assert (read.on, read.states_claim, read.action) == (None, False, None)
    assert read.attachments == (Attachment.PDF,)


def test_the_new_parts_read_as_written() -> None:
    step = {
        "key": "owner",
        "level": 1,
        "anchor": "absolute",
        "on": "2026-12-22",
        "offset": 0,
        "channel": "jira",
        "tone": "neutral",
        "action": {"kind": "transition", "target": "Overdue"},
        "attachments": ["xml", "statement"],
        "states_claim": True,
        "recipients": ["account_manager"],
        "guards": [{"kind": "reliability", "at_most": 60}, {"kind": "segment", "names": ["Key account"]}],
    }
    read = from_dict({"name": "Short", "steps": [step]}, policy_id="p", version=1).steps[0]
    assert (read.anchor, read.on) == (Anchor.ABSOLUTE, date(2026, 12, 22))
    assert read.action == Action(ActionKind.TRANSITION, "Overdue")
    assert (read.attachments, read.states_claim) == ((Attachment.XML, Attachment.STATEMENT), True)
    assert read.recipients == (Role.ACCOUNT_MANAGER,)
    assert read.guards == (
        Guard(GuardKind.RELIABILITY, at_most=60),
        Guard(GuardKind.SEGMENT, names=("Key account",)),
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["steps", "name", "key"]), inner),
        max_leaves=8,
    )
)
def test_any_json_is_read_or_refused_never_a_crash(data: object) -> None:
    with suppress(InvalidInput):
        assert from_dict(data, policy_id="p", version=1).id == "p"
