"""The form of a policy: its settings, and a row a step, which is added, moved and taken out by buttons of the form.

Every button sends the whole form, so all of it works by keyboard, and nothing that was typed is lost on the way.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import Anchor, Channel, Tone, Unit
from plugin.ui.policies.step_row import StepRow, row_of, step_of, typed_row

MOST_ROWS = 40
_STEP_FIELD = re.compile(r"steps\[(\d+)\]\.(\w+)(?:\[\d+\])?(?:\.(\w+))?")
_DO = re.compile(r"(up|down|remove)-(\d{1,2})")
_FORM_NAMES = {
    "business_days": "deadline",
    "ask": "deadline",
    "amount_minor": "unpaid",
    "days": "overdue",
    "names": "segments",
    "step": "after_deadline",
    "at_most": "times",
    "within_days": "within",
    "kind": "action",
    "guards": "offset",
    "repetition": "every",
    "key": "offset",
    "level": "offset",
}
"""Fields of the JSON that are called otherwise in the form; what has no field of its own is told at the step's day."""


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
            raise InvalidInput(problem.sentence, field=self.field(problem.field)) from None

    def field(self, name: str | None) -> str | None:
        """The field of the form that ``steps[2].guards[0].days`` stands for; others keep their name."""
        found = _STEP_FIELD.fullmatch(name or "")
        if found is None or int(found[1]) >= len(self.places):
            return name
        last = found[3] or found[2]
        return f"step-{self.places[int(found[1])]}-{_FORM_NAMES.get(last, last)}"


def rows_of(body: Mapping[str, object]) -> list[StepRow]:
    """The rows of a stored policy."""
    steps = body.get("steps")
    return [row_of(number, step) for number, step in enumerate(steps)] if isinstance(steps, list) else []


def typed_rows(form: MultiDict[str, str]) -> list[StepRow]:
    """The rows as they were typed, and as the button that was pressed wants them."""
    rows = [typed_row(form, number) for number in range(MOST_ROWS + 1) if f"step-{number}-channel" in form]
    return _numbered(_done(rows, form.get("do", ""), form.get("add_channel", "")))


def typed_policy(form: MultiDict[str, str]) -> TypedPolicy:
    """The policy that was typed. Raises InvalidInput naming the row where a number is none.

    Steps that all count days from the due date stand in the order of their days, those of instalments after them.
    """
    rows = typed_rows(form)
    if len(rows) > MOST_ROWS:
        raise InvalidInput(f"A policy has at most {MOST_ROWS} steps.", field="steps")
    ladder, beside = _apart(rows)
    if all(row.anchor == Anchor.DUE_DATE and row.unit == Unit.DAYS for row in ladder):
        rows = [*sorted(ladder, key=lambda row: int(str(step_of(row, level=1)["offset"]))), *beside]
    late = form.get("ask_when_late_days", "").strip()
    if late and not (late.isascii() and late.isdigit() and len(late) < 5):
        raise InvalidInput("Enter a number of days, or nothing.", field="ask_when_late_days")
    body: dict[str, object] = {
        "name": form.get("name", "").strip(),
        "ask_first": bool(form.get("ask_first")),
        "ask_when_late_days": int(late) if late else None,
        "steps": [step_of(row, level=level) for level, row in enumerate(rows, start=1)],
    }
    return TypedPolicy(body, tuple(row.number for row in rows))


def _done(rows: list[StepRow], do: str, channel: str) -> list[StepRow]:
    if do == "add":
        ladder, beside = _apart(rows)
        return [*ladder, _new_row(rows, ladder, channel), *beside]
    found = _DO.fullmatch(do)
    if found is None or int(found[2]) >= len(rows):
        return rows
    what, place = found[1], int(found[2])
    if what == "remove":
        return [*rows[:place], *rows[place + 1 :]]
    other = place - 1 if what == "up" else place + 1
    return _exchanged(rows, min(place, other)) if 0 <= other < len(rows) else rows


def _apart(rows: Sequence[StepRow]) -> tuple[list[StepRow], list[StepRow]]:
    """The rows of the ladder, and those about instalments, which stand beside it."""
    beside = [row for row in rows if row.anchor == Anchor.INSTALMENT]
    return [row for row in rows if row.anchor != Anchor.INSTALMENT], beside


def _exchanged(rows: list[StepRow], first: int) -> list[StepRow]:
    """Two neighbours change places. Where both count alike they change days too, so the days still rise."""
    one, two = rows[first], rows[first + 1]
    if (one.anchor, one.unit) == (two.anchor, two.unit):
        one, two = replace(one, offset=two.offset, on=two.on), replace(two, offset=one.offset, on=one.on)
    return [*rows[:first], two, one, *rows[first + 2 :]]


def _new_row(rows: Sequence[StepRow], ladder: Sequence[StepRow], channel: str) -> StepRow:
    """A week after the last step of the ladder, as strict as that one."""
    known = channel if channel in list(Channel) else Channel.EMAIL.value
    last = ladder[-1] if ladder else None
    days = last.offset.replace("−", "-") if last is not None and last.anchor == Anchor.DUE_DATE else ""
    row = StepRow(
        number=len(rows),
        key=_new_key(rows, known),
        channel=known,
        offset=str(int(days) + 7) if days.removeprefix("-").isdigit() and len(days) < 6 else "7",
        tone=last.tone if last is not None else Tone.FRIENDLY.value,
        template="friendly",
        reply="on",
    )
    return replace(row, action="comment") if known == Channel.JIRA else row


def _new_key(rows: Sequence[StepRow], stem: str) -> str:
    taken = {row.key for row in rows}
    if stem not in taken:
        return stem
    return next(key for number in range(2, MOST_ROWS + 3) if (key := f"{stem}_{number}") not in taken)


def _numbered(rows: Sequence[StepRow]) -> list[StepRow]:
    return [replace(row, number=number) for number, row in enumerate(rows)]
