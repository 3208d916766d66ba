"""One step of a policy as a row of a form: everything as it is typed, and the step's JSON on both sides of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import msgspec
from werkzeug.datastructures import MultiDict

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import TASK_ASKS, ActionKind, Anchor, AskKind, Channel, GuardKind, Tone, Unit
from plugin.domain.reminders.policy_json import MOST_DECIMALS, USUAL_DECIMALS

TASKS = tuple(channel.value for channel in TASK_ASKS)
WITH_TEXT = (Channel.EMAIL.value, Channel.LETTER.value)
_AMOUNT = re.compile(r"([0-9]{1,11})(?:[.,]([0-9]{1,4}))?")
_KNOWN_DECIMALS = tuple(str(decimals) for decimals in range(MOST_DECIMALS + 1))
_LISTS = ("recipients", "attachments", "outcomes")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row, all as text; a tick is ``on``. The fields from ``unpaid`` on are conditions."""

    number: int
    key: str = ""
    channel: str = Channel.EMAIL.value
    offset: str = ""
    unit: str = Unit.DAYS.value
    anchor: str = Anchor.DUE_DATE.value
    on: str = ""
    tone: str = Tone.NEUTRAL.value
    template: str = ""
    recipients: tuple[str, ...] = ("billing",)
    deadline: str = ""
    attachments: tuple[str, ...] = ("pdf",)
    states_claim: str = ""
    action: str = ""
    target: str = ""
    every: str = ""
    every_unit: str = Unit.DAYS.value
    times: str = ""
    within: str = ""
    unpaid: str = ""
    overdue: str = ""
    open_invoices: str = ""
    reliable_least: str = ""
    reliable_most: str = ""
    segments: str = ""
    after_deadline: str = ""
    outcomes: tuple[str, ...] = ()
    viewed: str = ""
    reply: str = ""
    decimals: str = str(USUAL_DECIMALS)
    """How many the amount has that is owed: those of the site's currency."""

    @property
    def place(self) -> str:
        """What its fields' names begin with."""
        return f"step-{self.number}-"

    @property
    def is_conditional(self) -> bool:
        """Whether it has a condition beside the usual one, that nobody has replied, so that they are shown."""
        return any((self.unpaid, self.overdue, self.open_invoices, self.segments, self.after_deadline)) or any(
            (self.reliable_least, self.reliable_most, self.outcomes, self.viewed)
        )


def typed_row(form: MultiDict[str, str], number: int) -> StepRow:
    """A row as it was typed; one whose channel was just changed begins with what the new one needs."""
    place = f"step-{number}-"
    values: dict[str, object] = {"number": number}
    for field in fields(StepRow)[1:]:
        name = place + field.name
        values[field.name] = tuple(form.getlist(name)) if field.name in _LISTS else form.get(name, "").strip()
    row = msgspec.convert(values, StepRow)
    if form.get(f"{place}shown", row.channel) == row.channel:
        return row
    begun = replace(row, recipients=("billing",), attachments=("pdf",), states_claim="", deadline="", target="")
    return replace(begun, template=row.template or "friendly", action=ActionKind.COMMENT.value)


def row_of(number: int, step: Mapping[str, object]) -> StepRow:
    """The row of a stored step."""
    ask, again, action = (_mapping(step.get(name)) for name in ("ask", "repetition", "action"))
    guards = {str(guard.get("kind")): guard for guard in map(_mapping, _items(step.get("guards")))}
    reliability, viewed = guards.get(GuardKind.RELIABILITY, {}), ""
    for kind in (GuardKind.VIEWED, GuardKind.NOT_VIEWED):
        viewed = kind.value if kind in guards else viewed
    return StepRow(
        number,
        key=_text(step.get("key")),
        channel=_text(step.get("channel")),
        offset=_text(step.get("offset")),
        unit=_text(step.get("unit")),
        anchor=_text(step.get("anchor")),
        on=_text(step.get("on")),
        tone=_text(step.get("tone")),
        template=_text(step.get("template")),
        recipients=_texts(step.get("recipients", ["billing"])),
        deadline=_text(ask.get("business_days")) if ask.get("kind") == AskKind.DEADLINE else "",
        attachments=_texts(step.get("attachments", ["pdf"])),
        states_claim="on" if step.get("states_claim") else "",
        action=_text(action.get("kind")),
        target=_text(action.get("target")),
        every=_text(again.get("every")),
        every_unit=_text(again.get("unit")) or Unit.DAYS.value,
        times=_text(again.get("at_most")),
        within=_text(again.get("within_days")),
        unpaid=_amount(guards.get(GuardKind.UNPAID_AT_LEAST, {})),
        overdue=_text(guards.get(GuardKind.OVERDUE_AT_LEAST, {}).get("days")),
        open_invoices=_text(guards.get(GuardKind.OPEN_INVOICES, {}).get("at_least")),
        reliable_least=_text(reliability.get("at_least")),
        reliable_most=_text(reliability.get("at_most")),
        segments=", ".join(_texts(guards.get(GuardKind.SEGMENT, {}).get("names"))),
        after_deadline=_text(guards.get(GuardKind.DEADLINE_PASSED, {}).get("step")),
        outcomes=_texts(guards.get(GuardKind.CALL_OUTCOME, {}).get("outcomes")),
        viewed=viewed,
        reply="on" if GuardKind.NO_REPLY in guards else "",
    )


def step_of(row: StepRow, *, level: int) -> dict[str, object]:
    """The step's JSON. Raises InvalidInput naming the field where a number is none."""
    with_text = row.channel in (*WITH_TEXT, Channel.WEBHOOK.value)
    step: dict[str, object] = {
        "key": row.key,
        "level": level,
        "anchor": row.anchor,
        "offset": _number(row, "offset", default=0 if row.anchor == Anchor.ABSOLUTE else None),
        "unit": row.unit,
        "channel": row.channel,
        "tone": row.tone,
        "template": row.template if with_text else row.key,
        "recipients": list(row.recipients) if with_text else ["billing"],
        "guards": list(_guards(row)),
        "ask": _ask(row, with_text=with_text),
        "attachments": list(row.attachments) if row.channel in WITH_TEXT else ["pdf"],
        "states_claim": bool(row.states_claim) and row.channel in WITH_TEXT,
    }
    if row.anchor == Anchor.ABSOLUTE:
        step["on"] = row.on or None
    if row.channel == Channel.WEBHOOK:
        step["action"] = {"kind": ActionKind.WEBHOOK.value, "target": row.target}
    if row.channel == Channel.JIRA:
        target = row.target if row.action == ActionKind.TRANSITION else ""
        step["action"] = {"kind": row.action, "target": target}
    if row.every or row.times:
        step["repetition"] = {
            "every": _number(row, "every"),
            "at_most": _number(row, "times"),
            "unit": row.every_unit or Unit.DAYS.value,
            "within_days": _number(row, "within") if row.within else None,
        }
    return step


def _ask(row: StepRow, *, with_text: bool) -> dict[str, object]:
    task = next((ask for channel, ask in TASK_ASKS.items() if channel == row.channel), None)
    if task is not None:
        return {"kind": task.value, "business_days": 0}
    if with_text and row.deadline not in ("", "0"):
        return {"kind": AskKind.DEADLINE.value, "business_days": _number(row, "deadline")}
    return {"kind": AskKind.PAYMENT.value, "business_days": 0}


def _guards(row: StepRow) -> Iterable[dict[str, object]]:
    """In one fixed order, so that saving what nobody changed changes nothing."""
    if row.after_deadline:
        yield {"kind": GuardKind.DEADLINE_PASSED.value, "step": row.after_deadline}
    if row.overdue:
        yield {"kind": GuardKind.OVERDUE_AT_LEAST.value, "days": _number(row, "overdue")}
    if row.unpaid:
        yield {"kind": GuardKind.UNPAID_AT_LEAST.value, **_typed_amount(row)}
    if row.outcomes:
        yield {"kind": GuardKind.CALL_OUTCOME.value, "outcomes": list(row.outcomes)}
    if row.viewed:
        yield {"kind": row.viewed}
    if row.segments:
        names = [name.strip() for name in row.segments.split(",") if name.strip()]
        yield {"kind": GuardKind.SEGMENT.value, "names": names}
    if row.reliable_least or row.reliable_most:
        yield {
            "kind": GuardKind.RELIABILITY.value,
            "at_least": _number(row, "reliable_least") if row.reliable_least else None,
            "at_most": _number(row, "reliable_most") if row.reliable_most else None,
        }
    if row.open_invoices:
        yield {"kind": GuardKind.OPEN_INVOICES.value, "at_least": _number(row, "open_invoices")}
    if row.reply:
        yield {"kind": GuardKind.NO_REPLY.value}


def _number(row: StepRow, name: str, *, default: int | None = None) -> int:
    text = str(getattr(row, name))
    if not text and default is not None:
        return default
    digits = text.replace("−", "-")
    if not digits.removeprefix("-").isascii() or not digits.removeprefix("-").isdigit() or len(digits) > 6:
        raise InvalidInput(f"Step {row.number + 1}: enter a whole number, such as 14 or -3.", field=row.place + name)
    return int(digits)


def _typed_amount(row: StepRow) -> dict[str, object]:
    """In the site's currency: none for yen, three for dinars; the usual two are not written down."""
    known = int(row.decimals) if row.decimals in _KNOWN_DECIMALS else USUAL_DECIMALS
    found = _AMOUNT.fullmatch(row.unpaid)
    behind = (found[2] or "").rstrip("0").ljust(known, "0") if found else ""
    if found is None or len(behind) > known:
        example = "50." + "0" * known if known else "5000"
        raise InvalidInput(f"Step {row.number + 1}: enter an amount, such as {example}.", field=f"{row.place}unpaid")
    decimals = {} if known == USUAL_DECIMALS else {"decimals": known}
    return {"amount_minor": int(found[1] + behind), **decimals}


def _amount(guard: Mapping[str, object]) -> str:
    minor, decimals = guard.get("amount_minor"), guard.get("decimals", USUAL_DECIMALS)
    if not isinstance(minor, int) or not isinstance(decimals, int):
        return ""
    whole, part = divmod(minor, 10**decimals)
    return f"{whole}.{part:0{decimals}}" if decimals else str(whole)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, _items(value)))


def _items(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
