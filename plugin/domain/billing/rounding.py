"""How logged seconds become billed seconds: unit, mode, increment and minimum. Shares always add up."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from plugin.domain.errors import InvalidInput
from plugin.domain.money import is_whole

HUNDREDTH_HOUR = 36
"""Seconds in 0.01 h, the finest quantity an invoice prints."""


class RoundingUnit(StrEnum):
    """What is rounded as one: each worklog, a person's day, or a whole line."""

    WORKLOG = "worklog"
    PERSON_DAY = "person_day"
    LINE = "line"


class RoundingMode(StrEnum):
    """``exact`` leaves seconds as logged; ``nearest`` rounds halves up."""

    EXACT = "exact"
    UP = "up"
    DOWN = "down"
    NEAREST = "nearest"


@dataclass(frozen=True, slots=True)
class RoundingPolicy:
    """Rounding of time before pricing; increments of 1 to 60 minutes, ``minimum_minutes`` per rounded unit."""

    unit: RoundingUnit = RoundingUnit.WORKLOG
    mode: RoundingMode = RoundingMode.EXACT
    increment_minutes: int = 1
    minimum_minutes: int = 0

    def __post_init__(self) -> None:
        if not is_whole(self.increment_minutes) or not 1 <= self.increment_minutes <= 60:
            raise InvalidInput(
                f"Time cannot be rounded to {self.increment_minutes} minutes; use 1 to 60.", field="increment_minutes"
            )
        if not is_whole(self.minimum_minutes) or not 0 <= self.minimum_minutes <= 480:
            raise InvalidInput(
                f"A minimum of {self.minimum_minutes} minutes is outside 0 to 480.", field="minimum_minutes"
            )

    def round_seconds(self, seconds: int) -> int:
        """Billed seconds for ``seconds`` logged in one unit; 0 stays 0."""
        if seconds <= 0:
            return 0
        return max(self._to_increment(seconds), self.minimum_minutes * 60)

    def _to_increment(self, seconds: int) -> int:
        step = self.increment_minutes * 60
        if self.mode is RoundingMode.EXACT:
            return seconds
        if self.mode is RoundingMode.DOWN:
            return seconds // step * step
        if self.mode is RoundingMode.UP:
            return -(-seconds // step) * step
        return (2 * seconds + step) // (2 * step) * step


def hundredths(seconds: int) -> int:
    """Seconds as hundredths of an hour, half-up: the printed quantity, fixed before it is multiplied (law.md L34)."""
    return (2 * seconds + HUNDREDTH_HOUR) // (2 * HUNDREDTH_HOUR)


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """``total`` seconds split in proportion to ``weights``, adding up exactly (largest remainder, ties to the first).

    A total of whole hundredths of an hour is split into whole hundredths, so that the parts print exactly too.
    """
    whole = sum(weights)
    if whole <= 0:
        raise InvalidInput("Time can only be shared out among worklogs that have some.")
    if total == whole:
        return tuple(weights)
    quantum = HUNDREDTH_HOUR if total % HUNDREDTH_HOUR == 0 else 1
    units = total // quantum
    shares = [units * weight // whole for weight in weights]
    left = units - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda at: -(units * weights[at] % whole))
    for at in by_remainder[:left]:
        shares[at] += 1
    return tuple(share * quantum for share in shares)
