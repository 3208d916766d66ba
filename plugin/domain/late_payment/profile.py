"""A law of late payment as values: whose rate, how much above it, which fixed sums, and how days are counted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self


class RateSelection(StrEnum):
    """``half_year_split``: each half-year's days have its own rate; ``frozen_at_start``: one rate for good (L05)."""

    HALF_YEAR_SPLIT = "half_year_split"
    FROZEN_AT_START = "frozen_at_start"


class DayCount(StrEnum):
    """What a year is in the formula: 365 days, 360, or as many as the year has (L06)."""

    DAYS_365 = "365"
    DAYS_360 = "360"
    ACTUAL = "actual"

    def basis(self, year: int) -> int:
        """The days of a year."""
        if self is DayCount.ACTUAL:
            return (date(year + 1, 1, 1) - date(year, 1, 1)).days
        return int(self.value)


class Debtor(StrEnum):
    """Who owes: the directive speaks of businesses and authorities only, never of consumers (L01)."""

    BUSINESS = "business"
    CONSUMER = "consumer"


@dataclass(frozen=True, slots=True)
class Rate:
    """A reference rate in percent, with where it was read. ``confirmed_on``: when at the bank itself; None: not yet."""

    percent: Decimal
    source: str
    confirmed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReferenceRates:
    """A bank's reference rates by the first day of the half-year in which they count."""

    key: str
    name: str
    rates: Mapping[date, Rate]

    def on(self, day: date) -> Rate | None:
        """The rate of the half-year of a day; None where it is not in the table, never the last known one."""
        return self.rates.get(half_year_of(day))

    def with_own(self, own: Mapping[date, Rate]) -> Self:
        """The same with what a site entered itself, which goes first."""
        return replace(self, rates={**self.rates, **own})


@dataclass(frozen=True, slots=True)
class FixedSum:
    """A sum for the cost of collecting a debt of at least ``from_minor``, in minor units of ``currency``."""

    from_minor: int
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What one kind of debtor may be asked: points above the reference rate, and fixed sums by the size of the debt."""

    margin: Decimal
    fixed_sums: tuple[FixedSum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LawProfile:
    """The rules of one seller's country. ``consumer`` None: a consumer is asked for nothing but the amount itself.

    ``min_deadline_days``: new days that every reminder has to give. ``valid_from``: debts that became late before are
    not computed. ``verified_on``: when somebody last compared the rules with ``source_url``.
    """

    key: str
    name: str
    reference: ReferenceRates
    business: Terms
    source_url: str
    verified_on: date
    consumer: Terms | None = None
    rate_selection: RateSelection = RateSelection.HALF_YEAR_SPLIT
    day_count: DayCount = DayCount.DAYS_365
    min_deadline_days: int = 0
    valid_from: date = date(2013, 3, 16)

    def terms(self, debtor: Debtor) -> Terms | None:
        """What this debtor may be asked; None for nothing."""
        return self.business if debtor is Debtor.BUSINESS else self.consumer


def half_year_of(day: date) -> date:
    """The first day of the half-year: 1 January or 1 July."""
    return date(day.year, 1 if day.month < 7 else 7, 1)
