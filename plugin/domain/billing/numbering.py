"""Invoice and credit-note numbers: a pattern, a series that counts, yearly reset, dates in order (L20 to L22)."""

import re
import string
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugin.domain.errors import Conflict, InvalidInput

LONGEST_NUMBER = 30
_LITERAL = re.compile(r"[A-Za-z0-9 ./_-]*")
_WIDTH = re.compile(r"(0[1-9]d)?")


class Reset(StrEnum):
    """When a series starts again at 1."""

    YEARLY = "yearly"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """A pattern such as ``INV-{year}-{number:04d}``; ``{year}`` is required where the series restarts each year."""

    text: str
    reset: Reset = Reset.YEARLY

    def __post_init__(self) -> None:
        fields = _fields(self.text)
        if fields.count("number") != 1:
            raise _bad(self.text, "it needs {number} exactly once")
        if fields.count("year") > 1:
            raise _bad(self.text, "it has {year} twice")
        if self.reset is Reset.YEARLY and "year" not in fields:
            raise _bad(self.text, "a series that restarts each year needs {year}, or numbers would repeat")
        if self.text != self.text.strip():
            raise _bad(self.text, "it starts or ends with a space")
        if len(self.render(year=9999, number=1)) > LONGEST_NUMBER:
            raise _bad(self.text, f"its numbers are longer than {LONGEST_NUMBER} characters")

    def render(self, *, year: int, number: int) -> str:
        """The number as printed, BT-1; wider numbers than the pattern's width simply grow."""
        return self.text.format(year=year, number=number)


@dataclass(frozen=True, slots=True)
class SeriesState:
    """A series as its locked row says: the last number given, and when (None before the first)."""

    pattern: NumberPattern
    last_number: int = 0
    last_issue_date: date | None = None


@dataclass(frozen=True, slots=True)
class GivenNumber:
    """A number as printed, the count behind it, and the state of the series after giving it."""

    text: str
    number: int
    series: SeriesState


def next_number(series: SeriesState, issue_date: date) -> GivenNumber:
    """The next number of a series for a civil issue date in the seller's zone; call it in the issuing transaction only.

    Raises Conflict for an issue date before the last one of the series (law.md L22).
    """
    last = series.last_issue_date
    if last is not None and issue_date < last:
        raise Conflict(
            f"The issue date {issue_date} lies before {last}, the last one of this series; issue on {last} or later.",
            field="issue_date",
        )
    restarts = series.pattern.reset is Reset.YEARLY and last is not None and issue_date.year > last.year
    number = 1 if restarts else series.last_number + 1
    text = series.pattern.render(year=issue_date.year, number=number)
    return GivenNumber(text, number, SeriesState(series.pattern, number, issue_date))


def _fields(text: str) -> list[str]:
    """The names of the pattern's fields; InvalidInput for anything a number cannot carry."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        raise _bad(text, "its braces do not match") from None
    names: list[str] = []
    for literal, name, spec, conversion in parts:
        if not _LITERAL.fullmatch(literal):
            raise _bad(text, "use letters, digits, spaces and . / _ - around the fields")
        if name is None:
            continue
        if name not in ("year", "number") or conversion or (name == "year" and spec):
            raise _bad(text, "only {year} and {number} with a width such as {number:04d} are known")
        if not _WIDTH.fullmatch(spec or ""):
            raise _bad(text, "the width of {number} is written like 04d")
        names.append(name)
    return names


def _bad(text: str, why: str) -> InvalidInput:
    return InvalidInput(
        f"{text[:40]!r} is no number pattern: {why}. Example: INV-{{year}}-{{number:04d}}.", field="pattern"
    )
