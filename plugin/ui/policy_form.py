"""A reminder policy as a plain form: one row a step, and an empty row to add one. Parses to the policy's JSON."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import TASK_ASKS, Anchor, AskKind, Channel, Tone, Unit
from plugin.services.follow_ups.sentences import step_title
from plugin.services.texts.values import BY_THEMSELVES, TEMPLATES

MOST_ROWS = 41
_STEP_FIELD = re.compile(r"steps\[(\d+)\]\.(\w+).*")
_FORM_NAMES = {"ask": "deadline"}
MAIL_TEXTS = tuple(name for name in TEMPLATES if name not in BY_THEMSELVES)

CHANNELS = [
    (Channel.EMAIL.value, "Mail"),
    (Channel.CALL.value, "Phone call"),
    (Channel.PLAN_OFFER.value, "Offer of a payment plan"),
    (Channel.LEGAL_DECISION.value, "Legal decision"),
]
TONES = [(tone.value, tone.value.capitalize()) for tone in Tone]
ANCHORS = [
    (Anchor.DUE_DATE.value, "from the due date"),
    (Anchor.ISSUE_DATE.value, "from the issue date"),
    (Anchor.PREVIOUS_STEP.value, "after the step before"),
    (Anchor.PROMISE.value, "from the promised day"),
]
UNITS = [(Unit.DAYS.value, "days"), (Unit.BUSINESS_DAYS.value, "business days")]

OPTIONS: Mapping[str, object] = {
    "channels": CHANNELS,
    "tones": TONES,
    "anchors": ANCHORS,
    "units": UNITS,
    "texts": [(name, step_title(name)) for name in MAIL_TEXTS],
}


_COLUMNS = ("key", "offset", "unit", "anchor", "channel", "tone", "template")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row of the form, all as text. ``key`` is empty for a step that is not stored yet."""

    number: int
    key: str = ""
    offset: str = ""
    unit: str = Unit.DAYS.value
    anchor: str = Anchor.DUE_DATE.value
    channel: str = ""
    tone: str = Tone.NEUTRAL.value
    template: str = ""
    deadline: str = ""


def rows_of(body: Mapping[str, object]) -> list[StepRow]:
    """The rows of a stored policy, and an empty one."""
    steps = body.get("steps")
    rows = [_row(number, step) for number, step in enumerate(steps)] if isinstance(steps, list) else []
    return [*rows, StepRow(len(rows))]


def typed_rows(form: MultiDict[str, str]) -> list[StepRow]:
    """The rows as they were typed, to show them again."""
    return [
        StepRow(number, **{name: form.get(f"step-{number}-{name}", "").strip() for name in (*_COLUMNS, "deadline")})
        for number in range(MOST_ROWS)
        if f"step-{number}-channel" in form
    ]


@dataclass(frozen=True, slots=True)
class TypedPolicy:
    """A policy as JSON, and for each of its steps the row of the form that it stands in."""

    body: dict[str, object]
    places: tuple[int, ...]

    @contextmanager
    def in_the_form(self) -> Iterator[None]:
        """Turns ``steps[2].offset`` of an error into the field's name in the form."""
        try:
            yield
        except InvalidInput as problem:
            found = _STEP_FIELD.fullmatch(problem.field or "")
            if found is None or int(found[1]) >= len(self.places):
                raise
            field = _FORM_NAMES.get(found[2], found[2])
            raise InvalidInput(problem.sentence, field=f"step-{self.places[int(found[1])]}-{field}") from None


def typed_policy(form: MultiDict[str, str], *, stored: Mapping[str, object]) -> TypedPolicy:
    """The policy that was typed. Guards, recipients and repetitions of known steps stay as they are stored.

    A row without a channel, or ticked for removal, is left out. Steps that all count from the due date are sorted.
    Raises InvalidInput naming the row where a number is none.
    """
    rows = [row for row in typed_rows(form) if row.channel and f"step-{row.number}-remove" not in form]
    known = {str(step["key"]): step for step in _steps(stored)}
    keys: list[str] = []
    for row in rows:
        keys.append(row.key or _new_key(row, {*known, *keys, *(other.key for other in rows)}))
    steps = [(row.number, _step(row, key, known.get(row.key, {}))) for row, key in zip(rows, keys, strict=True)]
    if all(step["anchor"] == Anchor.DUE_DATE and step["unit"] == Unit.DAYS for _, step in steps):
        steps.sort(key=lambda numbered: int(str(numbered[1]["offset"])))
    for level, (_, step) in enumerate(steps, start=1):
        step["level"] = level
    body: dict[str, object] = {
        "name": form.get("name", "").strip(),
        "ask_first": stored.get("ask_first", False),
        "ask_when_late_days": stored.get("ask_when_late_days"),
        "steps": [step for _, step in steps],
    }
    return TypedPolicy(body, tuple(number for number, _ in steps))


def _row(number: int, step: Mapping[str, object]) -> StepRow:
    ask = step.get("ask")
    deadline = ask.get("business_days") if isinstance(ask, Mapping) and ask.get("kind") == AskKind.DEADLINE else ""
    text = {name: str(step.get(name, "")) for name in _COLUMNS}
    return StepRow(number, **text, deadline=str(deadline))


def _steps(stored: Mapping[str, object]) -> list[dict[str, object]]:
    steps = stored.get("steps")
    return [dict(step) for step in steps] if isinstance(steps, list) else []


def _step(row: StepRow, key: str, stored: Mapping[str, object]) -> dict[str, object]:
    place = f"step-{row.number}"
    is_mail = row.channel == Channel.EMAIL
    return {
        "guards": [{"kind": "no_reply"}] if is_mail else [],
        **stored,
        "key": key,
        "anchor": row.anchor,
        "offset": _number(row.offset, f"{place}-offset", row),
        "unit": row.unit,
        "channel": row.channel,
        "tone": row.tone,
        "template": row.template if is_mail else key,
        "ask": _ask(row, f"{place}-deadline"),
    }


def _ask(row: StepRow, field: str) -> dict[str, object]:
    task = next((ask for channel, ask in TASK_ASKS.items() if channel == row.channel), None)
    if task is not None:
        return {"kind": task.value, "business_days": 0}
    if row.deadline and row.deadline != "0":
        return {"kind": AskKind.DEADLINE.value, "business_days": _number(row.deadline, field, row)}
    return {"kind": AskKind.PAYMENT.value, "business_days": 0}


def _number(text: str, field: str, row: StepRow) -> int:
    digits = text.replace("−", "-")
    if not digits.removeprefix("-").isascii() or not digits.removeprefix("-").isdigit() or len(digits) > 6:
        raise InvalidInput(f"Step {row.number + 1}: enter a whole number of days, such as 14 or -3.", field=field)
    return int(digits)


def _new_key(row: StepRow, taken: set[str]) -> str:
    stem = row.template if row.channel == Channel.EMAIL and row.template else row.channel
    if stem not in taken:
        return stem
    return next(key for number in range(2, MOST_ROWS + 2) if (key := f"{stem}_{number}") not in taken)
