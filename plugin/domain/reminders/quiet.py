"""Quiet periods by the calendar: one that comes every year becomes one for each year in question."""

from calendar import isleap
from datetime import date

from plugin.domain.reminders.facts import QuietPeriod


def quiet_in(
    name: str, first: date, last: date, *, yearly: bool, year_from: int, year_to: int
) -> tuple[QuietPeriod, ...]:
    """The periods that begin in the years ``year_from`` to ``year_to``, both included.

    A yearly one keeps its days of the month; where its last lies before its first it ends in the year after, as
    Christmas to Epiphany does. 29 February counts as the 28th in years that have none.
    """
    if not yearly:
        return (QuietPeriod(name, first, last),) if first <= last else ()
    over = max(last.year - first.year, 0)
    if (last.month, last.day) < (first.month, first.day):
        over = max(over, 1)
    return tuple(
        QuietPeriod(name, _in_year(first, year), _in_year(last, year + over)) for year in range(year_from, year_to + 1)
    )


def _in_year(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)
