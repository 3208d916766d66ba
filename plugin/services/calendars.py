"""Business calendars from the package ``holidays``; the domain gets the dates as values."""

from functools import lru_cache

import holidays

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.errors import InvalidInput

FIRST_YEAR = 1970
LAST_YEAR = 2150
MOST_YEARS = 30


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """Two-letter country codes with the region codes that have holidays of their own, both sorted."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(sorted(known[code])) for code in sorted(known) if len(code) == 2}


def region_of(country: str, region: str) -> str:
    """The region as the calendar spells it; InvalidInput when the country has no such region. Empty stays empty.

    Silently dropping an unknown region would send mail on that region's holidays.
    """
    if not region.strip():
        return ""
    known = countries().get(country.upper(), ())
    for code in known:
        if code.casefold() == region.strip().casefold():
            return code
    shown = ", ".join(known) if known else "none"
    raise InvalidInput(
        f"{country} has no region {region!r} with holidays of its own; known are: {shown}.", field="region"
    )


def business_calendar(country: str, region: str = "", *, year_from: int, year_to: int) -> BusinessCalendar:
    """The days worked in a country (and region) in the years from ``year_from`` to ``year_to``, both included.

    An empty country, or one without known holidays, gives weekends of Saturday and Sunday and no holidays. Raises
    InvalidInput for an unknown region and for years nobody has holidays for.
    """
    if not FIRST_YEAR <= year_from <= year_to <= LAST_YEAR or year_to - year_from >= MOST_YEARS:
        raise InvalidInput(f"No calendar from {year_from} to {year_to}; ask for up to {MOST_YEARS} years in order.")
    return _calendar(country.upper(), region_of(country, region), year_from, year_to)


@lru_cache(maxsize=256)
def _calendar(country: str, region: str, first: int, last: int) -> BusinessCalendar:
    """Cached by value, since a site has few countries and a calendar never changes once made."""
    if country not in countries():
        return BusinessCalendar()
    found = holidays.country_holidays(country, subdiv=region or None, years=range(first, last + 1), language="en_US")
    names = {day: str(found.get(day)) for day in sorted(found)}
    return BusinessCalendar(weekend=frozenset(found.weekend), holidays=names)
