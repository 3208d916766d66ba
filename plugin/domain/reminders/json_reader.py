"""Exact reading of JSON values: each odd one is refused with a sentence that names where it stands."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

from plugin.domain.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Plans count from the days of a policy; nobody means one outside of these years."""
_Choice = TypeVar("_Choice", bound=StrEnum)


class Reader:
    """One JSON object. ``where`` opens every sentence, ``field`` is the path a form can point at."""

    def __init__(self, data: object, where: str, field: str, known: frozenset[str]) -> None:
        self.where = where
        self._field = field
        if not isinstance(data, Mapping):
            raise InvalidInput(f"{where} must be an object with the fields {', '.join(sorted(known))}.", field=field)
        strange = sorted(str(key) for key in data if key not in known)
        if strange:
            raise InvalidInput(
                f"{where} has the unknown field {strange[0][:40]!r}; known are {', '.join(sorted(known))}.", field=field
            )
        self._data: Mapping[str, object] = data

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        return self._data.get(name) is not None

    def get(self, name: str) -> object:
        """The field as it came; None when it is missing."""
        return self._data.get(name)

    def path(self, name: str) -> str:
        """Where a field stands, such as ``steps[2].offset``."""
        return f"{self._field}.{name}" if self._field else name

    def refuse(self, name: str, wanted: str) -> InvalidInput:
        """The error for a field whose value is not ``wanted``."""
        shown = repr(self._data.get(name))[:60] if name in self._data else "missing"
        return InvalidInput(f"{self.where}: {name} must be {wanted}, not {shown}.", field=self.path(name))

    def text(self, name: str, *, most: int, default: str | None = None) -> str:
        """A line of text of 1 to ``most`` characters without control characters."""
        value = self._data.get(name, default)
        if isinstance(value, str) and value == default:
            return value
        if not isinstance(value, str) or not value.strip() or len(value) > most or not value.isprintable():
            raise self.refuse(name, f"a line of 1 to {most} characters")
        return value

    def number(self, name: str, *, least: int, most: int, default: int | None = None) -> int:
        """A whole number between two bounds."""
        value = self._data.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.refuse(name, f"a whole number from {least} to {most}")
        return value

    def optional_number(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number between two bounds, or null."""
        return self.number(name, least=least, most=most) if self.has(name) else None

    def optional_day(self, name: str) -> date | None:
        """A day as 2026-12-22, or null."""
        value = self._data.get(name)
        if value is None:
            return None
        try:
            day = date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None or day.isoformat() != value or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise self.refuse(name, f"a day such as 2026-12-22, in the years {FIRST_YEAR} to {LAST_YEAR}")
        return day

    def texts(self, name: str, *, most: int, longest: int) -> tuple[str, ...]:
        """A list of 1 to ``most`` different lines of text."""
        values = self.items(name, most=most)
        lines = [value for value in values if isinstance(value, str) and value.strip() and value.isprintable()]
        if not values or len(set(lines)) != len(values) or any(len(line) > longest for line in lines):
            raise self.refuse(name, f"a list of 1 to {most} different lines of up to {longest} characters")
        return tuple(lines)

    def flag(self, name: str) -> bool:
        """true or false; false when it is missing."""
        value = self._data.get(name, False)
        if not isinstance(value, bool):
            raise self.refuse(name, "true or false")
        return value

    def choice(self, name: str, kind: type[_Choice], *, default: _Choice | None = None) -> _Choice:
        """One of the values of an enumeration."""
        value = self._data.get(name, default)
        if not isinstance(value, str) or value not in list(kind):
            raise self.refuse(name, f"one of {', '.join(kind)}")
        return kind(value)

    def choices(self, name: str, kind: type[_Choice], *, default: tuple[_Choice, ...]) -> tuple[_Choice, ...]:
        """A list of different values of an enumeration."""
        if name not in self._data:
            return default
        values = self.items(name, most=len(kind))
        if len(set(map(str, values))) != len(values) or any(value not in list(kind) for value in values):
            raise self.refuse(name, f"a list of different values out of {', '.join(kind)}")
        return tuple(kind(str(value)) for value in values)

    def items(self, name: str, *, most: int) -> Sequence[object]:
        """A list of at most ``most`` values; empty when it is missing."""
        value = self._data.get(name, [])
        if not isinstance(value, list | tuple) or len(value) > most:
            raise self.refuse(name, f"a list of at most {most} values")
        return value
