"""The instalments that a client asks for: equal parts a month apart that add up to what is open."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from plugin.domain.money import Money


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment."""

    due_on: date
    amount: Money


def propose(amount: Money, *, parts: int, first: date) -> tuple[Part, ...]:
    """``parts`` instalments from ``first`` on, one a month on the same day (or the month's last); odd cents come first.

    The amounts add up to ``amount`` to the minor unit.
    """
    each, rest = divmod(amount.minor, parts)
    return tuple(
        Part(_months_later(first, place), Money(each + (1 if place < rest else 0), amount.currency))
        for place in range(parts)
    )


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
