"""The timeline of follow-ups, drawn on the server as SVG. Text is escaped; colours are classes.

Sizes are user units of the view box, which CSS stretches to the width at hand. The picture has ``role="img"`` and a
label that states its finding, and stands in a figure that also shows the same numbers as a table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

MARGIN = 24
LETTER = 6.5
"""The width of a letter in the small font, where a unit is about a pixel."""
LABEL_GAP = 12
ROW = 16


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Maps values of ``[low, high]`` to positions of ``[start, end]``, linearly. ``high`` must lie above ``low``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return round(self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start), 2)


@dataclass(frozen=True, kw_only=True)
class TimelineMark:
    """One step: ``day`` counts from the due date, ``icon`` is the channel's, ``tone`` a CSS tone or empty."""

    day: int
    label: str
    icon: str
    detail: str
    tone: str = ""


def ticks(low: int, high: int, *, at_most: int) -> list[int]:
    """At most ``at_most`` whole values in ``[low, high]``, multiples of 1, 2 or 5 times a power of ten."""
    steps = (factor * 10**power for power in count() for factor in (1, 2, 5))
    step = next(step for step in steps if high // step + -low // step + 1 <= at_most)
    return list(range(-(-low // step) * step, high + 1, step))


def label_rows(spans: Sequence[tuple[float, float]]) -> list[int]:
    """The row of each label, given where it begins and ends from left to right: the first one with room for it."""
    ends: list[float] = []
    rows: list[int] = []
    for start, end in spans:
        row = next((number for number, taken in enumerate(ends) if taken + LABEL_GAP <= start), len(ends))
        ends[row : row + 1] = [end]
        rows.append(row)
    return rows


def timeline(
    marks: Iterable[TimelineMark],
    *,
    label: str,
    due_text: str,
    today: int | None = None,
    today_text: str = "",
    width: int = 1000,
) -> Markup:
    """The steps of an invoice by their days from the due date, with the time after it tinted and today as a line."""
    ordered = sorted(marks, key=lambda mark: mark.day)
    days = [mark.day for mark in ordered] + ([today] if today is not None else [])
    low, high = min(-7, min(days, default=0) - 4), max(35, max(days, default=0) + 5)
    x = Scale(low=low, high=high, start=MARGIN, end=width - MARGIN)
    parts = [Markup('<rect class="late" x="{}" y="30" width="{}" height="40"/>').format(x(0), x(high) - x(0))]
    parts.append(_ruled_line(x, width=width, at_most=max(4, width // 90)))
    parts.append(Markup('<line class="due" x1="{0}" y1="14" x2="{0}" y2="76"/>').format(x(0)))
    parts.append(Markup('<text x="{}" y="10" text-anchor="middle">{}</text>').format(x(0), due_text))
    if today is not None:
        parts.append(Markup('<line class="today" x1="{0}" y1="22" x2="{0}" y2="76"/>').format(x(today)))
        parts.append(Markup('<text x="{}" y="22" text-anchor="middle">{}</text>').format(x(today), today_text))
    spans = [_span(mark.label, x(mark.day), width) for mark in ordered]
    rows = label_rows([(start, end) for _, start, end in spans])
    places = zip(ordered, spans, rows, strict=True)
    parts += [_marker(mark, x=x(mark.day), row=row, anchor=anchor) for mark, (anchor, *_), row in places]
    return _picture(parts, width=width, height=110 + ROW * max(rows, default=0), label=label)


def _ruled_line(x: Scale, *, width: int, at_most: int) -> Markup:
    line = Markup('<line x1="{}" y1="50" x2="{}" y2="50"/>').format(MARGIN, width - MARGIN)
    shown = ticks(int(x.low), int(x.high), at_most=at_most)
    texts = (Markup('<text x="{}" y="86" text-anchor="middle">{}</text>').format(x(day), _signed(day)) for day in shown)
    return line + Markup("").join(texts)


def _signed(day: int) -> str:
    return f"+{day}" if day > 0 else f"−{-day}" if day < 0 else "0"


def _span(label: str, x: float, width: int) -> tuple[str, float, float]:
    """How a label is anchored so that it stays in the picture, and where it begins and ends, by a generous guess."""
    long = LETTER * len(label)
    if x + long / 2 > width:
        return "end", x - long, x
    if x - long / 2 < 0:
        return "start", x, x + long
    return "middle", x - long / 2, x + long / 2


def _marker(mark: TimelineMark, *, x: float, row: int, anchor: str) -> Markup:
    return Markup(
        '<g class="{}"><title>{}</title><circle cx="{}" cy="50" r="14"/>'
        '<use href="#i-{}" x="{}" y="42" width="16" height="16"/>'
        '<text class="label" x="{}" y="{}" text-anchor="{}">{}</text></g>'
    ).format(mark.tone, mark.detail, x, mark.icon, x - 8, x, 104 + ROW * row, anchor, mark.label)


def _picture(parts: Iterable[Markup], *, width: int, height: int, label: str) -> Markup:
    opening = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(width, height, label)
    return opening + Markup("").join(parts) + Markup("</svg>")
