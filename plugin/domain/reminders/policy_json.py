"""A policy as JSON and back (U08). Reading is exact: what is unknown or odd is named, never guessed."""

from collections.abc import Callable

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.json_reader import Reader
from plugin.domain.reminders.policy import (
    TASK_ASKS,
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

MOST_STEPS = 40
MOST_DAYS = 1_100
MOST_REPEATS = 52
MOST_MINOR = 10**15
USUAL_DECIMALS, MOST_DECIMALS = 2, 4
"""Decimals of an amount; the usual ones are not written down."""
MOST_SEGMENTS = 20
LONGEST_SEGMENT = 32
LONGEST_TARGET = 255

_POLICY = frozenset({"name", "ask_first", "ask_when_late_days", "steps"})
_STEP = frozenset({"key", "level", "anchor", "offset", "unit", "channel", "tone", "template"}) | frozenset(
    {"recipients", "guards", "ask", "repetition", "on", "attachments", "states_claim", "action"}
)
_GUARD = {
    GuardKind.UNPAID_AT_LEAST: frozenset({"kind", "amount_minor", "decimals"}),
    GuardKind.CALL_OUTCOME: frozenset({"kind", "outcomes"}),
    GuardKind.DEADLINE_PASSED: frozenset({"kind", "step"}),
    GuardKind.NOT_VIEWED: frozenset({"kind"}),
    GuardKind.NO_REPLY: frozenset({"kind"}),
    GuardKind.VIEWED: frozenset({"kind"}),
    GuardKind.OVERDUE_AT_LEAST: frozenset({"kind", "days"}),
    GuardKind.SEGMENT: frozenset({"kind", "names"}),
    GuardKind.RELIABILITY: frozenset({"kind", "at_least", "at_most"}),
    GuardKind.OPEN_INVOICES: frozenset({"kind", "at_least"}),
}


def to_dict(policy: Policy) -> dict[str, object]:
    """The ladder as JSON values, without id and version, which belong to the row. ``from_dict`` gives it back."""
    return {
        "name": policy.name,
        "ask_first": policy.ask_first,
        "ask_when_late_days": policy.ask_when_late_days,
        "steps": [_step_to_dict(step) for step in policy.steps],
    }


def from_dict(data: object, *, policy_id: str, version: int) -> Policy:
    """A policy from JSON values. InvalidInput names the step and the field; ``policy_lint.check`` judges the ladder."""
    body = Reader(data, "The policy", "", _POLICY)
    return Policy(
        id=policy_id,
        version=version,
        name=body.text("name", most=120),
        steps=tuple(_step(step, place) for place, step in enumerate(body.items("steps", most=MOST_STEPS))),
        ask_first=body.flag("ask_first"),
        ask_when_late_days=body.optional_number("ask_when_late_days", least=1, most=MOST_DAYS),
    )


def _step_to_dict(step: PolicyStep) -> dict[str, object]:
    data: dict[str, object] = {
        "key": step.key,
        "level": step.level,
        "anchor": step.anchor.value,
        "offset": step.offset,
        "unit": step.unit.value,
        "channel": step.channel.value,
        "tone": step.tone.value,
        "template": step.template,
        "recipients": [role.value for role in step.recipients],
        "guards": [_guard_to_dict(guard) for guard in step.guards],
        "ask": {"kind": step.ask.kind.value, "business_days": step.ask.business_days},
    }
    again = step.repetition
    if again is not None:
        data["repetition"] = {
            "every": again.every,
            "at_most": again.at_most,
            "unit": again.unit.value,
            "within_days": again.within_days,
        }
    return data | _rarer(step)


def _rarer(step: PolicyStep) -> dict[str, object]:
    """Fields that stand in the JSON only where they say something."""
    data: dict[str, object] = {}
    if step.on is not None:
        data["on"] = step.on.isoformat()
    if step.attachments != (Attachment.PDF,):
        data["attachments"] = [each.value for each in step.attachments]
    if step.states_claim:
        data["states_claim"] = True
    if step.action is not None:
        data["action"] = {"kind": step.action.kind.value, "target": step.action.target}
    return data


def _guard_to_dict(guard: Guard) -> dict[str, object]:
    values: dict[str, object] = {
        "kind": guard.kind.value,
        "amount_minor": guard.amount_minor,
        "decimals": guard.decimals,
        "outcomes": [outcome.value for outcome in guard.outcomes],
        "step": guard.step,
        "days": guard.days,
        "names": list(guard.names),
        "at_least": guard.at_least,
        "at_most": guard.at_most,
    }
    if guard.decimals == USUAL_DECIMALS:
        del values["decimals"]
    return {name: value for name, value in values.items() if name in _GUARD[guard.kind]}


def _step(data: object, place: int) -> PolicyStep:
    path = f"steps[{place}]"
    named = data.get("key") if isinstance(data, dict) else None
    where = f"Step {place + 1} ({named!r:.40})" if isinstance(named, str) else f"Step {place + 1}"
    body = Reader(data, where, path, _STEP)
    key = body.text("key", most=64)
    if not key.replace("_", "").replace("-", "").isalnum() or not key.isascii():
        raise body.refuse("key", "a name of letters, digits, _ and -")
    channel = body.choice("channel", Channel)
    return PolicyStep(
        key=key,
        level=body.number("level", least=1, most=1_000),
        anchor=body.choice("anchor", Anchor),
        offset=body.number("offset", least=-MOST_DAYS, most=MOST_DAYS),
        unit=body.choice("unit", Unit, default=Unit.DAYS),
        channel=channel,
        tone=body.choice("tone", Tone),
        template=body.text("template", most=64, default=""),
        recipients=body.choices("recipients", Role, default=(Role.BILLING,)),
        guards=tuple(_guard(guard, body, number) for number, guard in enumerate(body.items("guards", most=10))),
        ask=_ask(body, channel),
        repetition=_repetition(body),
        on=body.optional_day("on"),
        attachments=body.choices("attachments", Attachment, default=(Attachment.PDF,)),
        states_claim=body.flag("states_claim"),
        action=_action(body),
    )


def _guard(data: object, step: Reader, number: int) -> Guard:
    kind = data.get("kind") if isinstance(data, dict) else None
    if kind not in list(GuardKind):
        raise InvalidInput(
            f"{step.where}: guard {number + 1} must name its kind, one of {', '.join(GuardKind)}.",
            field=step.path(f"guards[{number}].kind"),
        )
    known = GuardKind(str(kind))
    body = Reader(data, f"{step.where}, guard {number + 1}", step.path(f"guards[{number}]"), _GUARD[known])
    return _READ[known](body) if known in _READ else Guard(known)


def _unpaid(body: Reader) -> Guard:
    return Guard(
        GuardKind.UNPAID_AT_LEAST,
        amount_minor=body.number("amount_minor", least=1, most=MOST_MINOR),
        decimals=body.number("decimals", least=0, most=MOST_DECIMALS, default=USUAL_DECIMALS),
    )


def _call_outcome(body: Reader) -> Guard:
    outcomes = body.choices("outcomes", CallOutcome, default=())
    if not outcomes:
        raise body.refuse("outcomes", "at least one outcome")
    return Guard(GuardKind.CALL_OUTCOME, outcomes=outcomes)


def _deadline_passed(body: Reader) -> Guard:
    return Guard(GuardKind.DEADLINE_PASSED, step=body.text("step", most=64))


def _overdue(body: Reader) -> Guard:
    return Guard(GuardKind.OVERDUE_AT_LEAST, days=body.number("days", least=1, most=MOST_DAYS))


def _segment(body: Reader) -> Guard:
    return Guard(GuardKind.SEGMENT, names=body.texts("names", most=MOST_SEGMENTS, longest=LONGEST_SEGMENT))


def _reliability(body: Reader) -> Guard:
    least = body.optional_number("at_least", least=0, most=100)
    most = body.optional_number("at_most", least=0, most=100)
    if least is None and most is None:
        raise body.refuse("at_least", "a percentage, where at_most is none")
    return Guard(GuardKind.RELIABILITY, at_least=least, at_most=most)


def _open_invoices(body: Reader) -> Guard:
    return Guard(GuardKind.OPEN_INVOICES, at_least=body.number("at_least", least=1, most=1_000))


_READ: dict[GuardKind, Callable[[Reader], Guard]] = {
    GuardKind.UNPAID_AT_LEAST: _unpaid,
    GuardKind.CALL_OUTCOME: _call_outcome,
    GuardKind.DEADLINE_PASSED: _deadline_passed,
    GuardKind.OVERDUE_AT_LEAST: _overdue,
    GuardKind.SEGMENT: _segment,
    GuardKind.RELIABILITY: _reliability,
    GuardKind.OPEN_INVOICES: _open_invoices,
}


def _action(step: Reader) -> Action | None:
    if not step.has("action"):
        return None
    known = frozenset({"kind", "target"})
    body = Reader(step.get("action"), f"{step.where}, action", step.path("action"), known)
    return Action(body.choice("kind", ActionKind), body.text("target", most=LONGEST_TARGET, default=""))


def _ask(step: Reader, channel: Channel) -> Ask:
    if not step.has("ask"):
        return Ask(TASK_ASKS.get(channel, AskKind.PAYMENT))
    body = Reader(step.get("ask"), f"{step.where}, ask", step.path("ask"), frozenset({"kind", "business_days"}))
    kind = body.choice("kind", AskKind)
    if kind is AskKind.DEADLINE:
        return Ask(kind, body.number("business_days", least=1, most=90))
    return Ask(kind, body.number("business_days", least=0, most=0, default=0))


def _repetition(step: Reader) -> Repetition | None:
    if not step.has("repetition"):
        return None
    known = frozenset({"every", "at_most", "unit", "within_days"})
    body = Reader(step.get("repetition"), f"{step.where}, repetition", step.path("repetition"), known)
    return Repetition(
        every=body.number("every", least=1, most=366),
        at_most=body.number("at_most", least=1, most=MOST_REPEATS),
        unit=body.choice("unit", Unit, default=Unit.DAYS),
        within_days=body.optional_number("within_days", least=1, most=MOST_DAYS),
    )
