"""Payment plans: parts that add up to what is open, what of them is paid, and when a plan is broken. Pure."""

import itertools
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money, total

FEWEST, MOST = 2, 12
LAST_YEAR = 9_900
"""Parts after this might run off the calendar; how far ahead they may lie is checked against the day of the offer."""
LONGEST = timedelta(days=731)
"""A plan that runs for more than two years is a loan, and needs a contract."""


class Rhythm(StrEnum):
    """How far the parts lie apart."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment: a civil day of the client and an amount above zero."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class PartStanding:
    """A part and how much of it is paid."""

    part: Part
    paid: Money

    @property
    def open(self) -> Money:
        """What of it is still owed."""
        return self.part.amount - self.paid


def split(amount: Money, *, count: int, first: date, rhythm: Rhythm) -> tuple[Part, ...]:
    """``count`` nearly equal parts from ``first`` on; odd minor units come first, so that the sum is exact.

    Monthly parts fall on the same day of each month, or on its last day where the month is shorter.
    """
    if not FEWEST <= count <= MOST:
        raise InvalidInput(f"A plan has {FEWEST} to {MOST} instalments.", field="count")
    if amount.minor < count:
        raise InvalidInput(f"{amount} cannot be split into {count} instalments.", field="count")
    each, rest = divmod(amount.minor, count)
    if first.year > LAST_YEAR:
        raise InvalidInput(f"{first} lies too far ahead for a first instalment; check the year.", field="first_on")
    return tuple(
        Part(_later(first, rhythm, place), Money(each + (1 if place < rest else 0), amount.currency))
        for place in range(count)
    )


def check_parts(parts: Sequence[Part], *, owed: Money, today: date) -> None:
    """Raises InvalidInput unless the parts are 2 to 12, on rising days from today on, and add up to ``owed``."""
    if not FEWEST <= len(parts) <= MOST:
        raise InvalidInput(f"A plan has {FEWEST} to {MOST} instalments.", field="parts")
    for part in parts:
        if part.amount.currency != owed.currency or part.amount.minor <= 0:
            raise InvalidInput(
                f"{part.amount} is no instalment; each is above zero, in {owed.currency}.", field="parts"
            )
    days = [part.due_on for part in parts]
    if days[0] < today:
        raise InvalidInput(f"The first instalment is due on {days[0]}, which is over already.", field="parts")
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        raise InvalidInput("Each instalment is due on a later day than the one before it.", field="parts")
    if days[-1] > today + LONGEST:
        raise InvalidInput("The last instalment lies more than two years ahead; agree on less.", field="parts")
    asked = total((part.amount for part in parts), owed.currency)
    if asked != owed:
        raise InvalidInput(f"The instalments come to {asked}, but {owed} is open; they have to match.", field="parts")


def standing(parts: Sequence[Part], *, paid: Money) -> tuple[PartStanding, ...]:
    """Money pays the oldest part first; what is above the sum of all parts pays nothing here."""
    left = max(paid.minor, 0)
    found = []
    for part in parts:
        used = min(left, part.amount.minor)
        left -= used
        found.append(PartStanding(part, Money(used, part.amount.currency)))
    return tuple(found)


def broken_on(parts: Sequence[Part], *, paid: Money, grace_days: int) -> date | None:
    """The day on which the first part that is not paid is more than ``grace_days`` late; None where all are paid."""
    for each in standing(parts, paid=paid):
        if each.open.minor > 0:
            return each.part.due_on + timedelta(days=grace_days + 1)
    return None


def _later(first: date, rhythm: Rhythm, place: int) -> date:
    if rhythm is not Rhythm.MONTH:
        return first + timedelta(days=place * (7 if rhythm is Rhythm.WEEK else 14))
    year, month = divmod(first.month - 1 + place, 12)
    year, month = first.year + year, month + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))
