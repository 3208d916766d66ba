"""A ladder as a picture with a table beside it, and counts as bars: drawn on the server, no colour without a word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from plugin.domain.reminders.policy import Anchor, Channel, Policy, PolicyStep, Unit
from plugin.domain.reminders.policy_words import when_in_words
from plugin.ui.svg import TimelineMark, timeline
from plugin.ui.words import CHANNEL, CHANNEL_ICON, TONE, title_of_step

TERMS_DAYS = 30
"""Days from issue to due date where no client says another number."""
WIDE, BESIDE = 1000, 480
LADDER_COLUMNS = ("Days from the due date", "Step", "Tone", "When")

ALONE = {Channel.JIRA: "In Jira", Channel.WEBHOOK: "Message", Channel.LETTER: "Letter"}


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderPicture:
    """``svg`` for wide windows, ``entries`` as a list for narrow ones, ``rows`` as a table; ``label`` says what it is.

    ``apart``: steps whose day does not follow from the due date, in words.
    """

    svg: Markup
    label: str
    rows: tuple[tuple[str, ...], ...]
    entries: tuple[Mapping[str, str], ...]
    apart: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class BarRow:
    """One line of a comparison: a name, and for each policy its number and bar."""

    name: str
    cells: tuple[tuple[int, Markup], ...]


def picture_of(policy: Policy, *, terms_days: int | None = None, width: int = WIDE) -> LadderPicture:
    """The steps along the days from the due date; issue dates are taken to lie ``terms_days`` before it.

    ``width``: of the drawing, in units of about a pixel; ``BESIDE`` for a column beside something.
    """
    placed = list(_placed(policy, TERMS_DAYS if terms_days is None else terms_days))
    there = {step.key for _, step in placed}
    marks = [
        TimelineMark(
            day=day,
            label=title(step),
            icon=CHANNEL_ICON[CHANNEL[step.channel]],
            detail=f"{title(step)}, {step.tone}: {when_in_words(step)}",
            tone=TONE[step.tone.value],
        )
        for day, step in placed
    ]
    return LadderPicture(
        svg=timeline(
            marks, label=f"Ladder of {policy.name}: {len(marks)} steps by day", due_text="Due date", width=width
        ),
        label=f"Ladder of {policy.name}",
        rows=tuple((_signed(day), title(step), step.tone.value, when_in_words(step)) for day, step in placed),
        entries=tuple(
            {
                "icon": CHANNEL_ICON[CHANNEL[step.channel]],
                "tone": TONE[step.tone.value],
                "title": f"{title(step)}, {step.tone}",
                "when": when_in_words(step),
            }
            for _, step in placed
        ),
        apart=tuple(f"{title(step)}: {when_in_words(step)}" for step in policy.steps if step.key not in there),
    )


def title(step: PolicyStep) -> str:
    """What people call a step."""
    if step.channel.is_effect:
        return ALONE[step.channel]
    return title_of_step(step.template if step.channel.has_text else step.key, step.channel.value, step.tone.value)


def bars(
    names: Sequence[tuple[str, str]],
    series: Sequence[Mapping[str, int]],
    *,
    tones: Sequence[str] = ("", "info"),
    most: int | None = None,
) -> tuple[BarRow, ...]:
    """One row for each of ``names`` (key and words), all on one scale; ``tones`` colour the series in turn."""
    full = max((count for counts in series for count in counts.values()), default=0) if most is None else most
    return tuple(
        BarRow(
            name=words,
            cells=tuple(
                (counts.get(key, 0), bar(counts.get(key, 0), full, tone=tone))
                for counts, tone in zip(series, tones, strict=False)
            ),
        )
        for key, words in names
    )


def bar(value: int, most: int, *, tone: str) -> Markup:
    """A bar as wide as its share; the number stands beside it, so it says nothing that is not told."""
    share = round(100 * value / most, 1) if most else 0
    return Markup(
        '<svg class="{}" width="100%" height="8" aria-hidden="true">'
        '<rect width="{}%" height="8" fill="var(--tone-icon, var(--ds-icon-subtle))"/></svg>'
    ).format(tone, share)


def _placed(policy: Policy, terms_days: int) -> Iterator[tuple[int, PolicyStep]]:
    """Steps with their days from the due date; what counts from the step before stands after that one."""
    before: int | None = None
    for step in policy.steps:
        days = _days(step)
        if step.anchor is Anchor.DUE_DATE:
            before = days
        elif step.anchor is Anchor.ISSUE_DATE:
            before = days - terms_days
        elif step.anchor is Anchor.PREVIOUS_STEP and before is not None:
            before += max(days, 1)
        else:
            before = None
            continue
        yield before, step


def _days(step: PolicyStep) -> int:
    if step.unit is Unit.DAYS:
        return step.offset
    weeks, rest = divmod(abs(step.offset), 5)
    return (weeks * 7 + rest) * (1 if step.offset >= 0 else -1)


def _signed(day: int) -> str:
    return f"+{day}" if day > 0 else f"−{-day}" if day < 0 else "0"
