"""Interest for late payment, day by day: simple, exact, cut where the rate or what is owed changes (L04-L07, L09)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from plugin.domain.late_payment.profile import DayCount, LawProfile, RateSelection, half_year_of
from plugin.domain.money import Money

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Part:
    """An amount with the day by which it was to be paid: the whole invoice, or one instalment of a plan."""

    due_on: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Paid:
    """Money that came on a day, in minor units; below zero where it was taken back. Interest runs up to that day."""

    on: date
    minor: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Days of one rate on one principal, both ends included. ``rate`` is in percent a year, ``basis`` in days."""

    first: date
    last: date
    principal: Money
    rate: Decimal
    basis: int

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def interest(self) -> Fraction:
        """In minor units, exact."""
        return self.principal.minor * Fraction(self.rate) / 100 * Fraction(self.days, self.basis)


class UnknownRate(Exception):
    """The table has no rate for the half-year that begins on ``half_year``."""

    def __init__(self, half_year: date) -> None:
        super().__init__(half_year)
        self.half_year = half_year


def segments_of(
    parts: Sequence[Part], payments: Sequence[Paid], profile: LawProfile, *, margin: Decimal, until: date
) -> tuple[Segment, ...]:
    """The late days of a debt up to ``until``, included. Payments settle the oldest part first, principal only.

    Raises UnknownRate where a half-year is missing in the table.
    """
    found: list[Segment] = []
    older = 0
    for part in sorted(parts, key=lambda one: one.due_on):
        found += _of_part(part, payments, profile, margin=margin, until=until, older=older)
        older += part.amount.minor
    return tuple(found)


def _of_part(
    part: Part, payments: Sequence[Paid], profile: LawProfile, *, margin: Decimal, until: date, older: int
) -> list[Segment]:
    start = part.due_on + ONE_DAY
    if start > until:
        return []
    cuts = _cuts(start, until, payments, profile)
    found: list[Segment] = []
    for first, following in pairwise(cuts):
        paid = sum(payment.minor for payment in payments if payment.on < first)
        owed = max(part.amount.minor - max(paid - older, 0), 0)
        if not owed:
            continue
        chosen = start if profile.rate_selection is RateSelection.FROZEN_AT_START else first
        rate = profile.reference.on(chosen)
        if rate is None:
            raise UnknownRate(half_year_of(chosen))
        principal = Money(owed, part.amount.currency)
        basis = profile.day_count.basis(first.year)
        _append(found, Segment(first, following - ONE_DAY, principal, rate.percent + margin, basis))
    return found


def _append(found: list[Segment], segment: Segment) -> None:
    """Joins two halves of the year that have the same rate, so that the formula stays short; the sum is the same."""
    before = found[-1] if found else None
    if (
        before is not None
        and before.last + ONE_DAY == segment.first
        and (before.principal, before.rate, before.basis) == (segment.principal, segment.rate, segment.basis)
    ):
        found[-1] = Segment(before.first, segment.last, segment.principal, segment.rate, segment.basis)
        return
    found.append(segment)


def _cuts(start: date, until: date, payments: Iterable[Paid], profile: LawProfile) -> list[date]:
    """The first days of the segments, and the day after the last one."""
    end = until + ONE_DAY
    days = {start, end}
    days |= {payment.on + ONE_DAY for payment in payments}
    years = range(start.year, end.year + 1)
    if profile.rate_selection is RateSelection.HALF_YEAR_SPLIT:
        days |= {date(year, month, 1) for year in years for month in (1, 7)}
    if profile.day_count is DayCount.ACTUAL:
        days |= {date(year, 1, 1) for year in years}
    return sorted(day for day in days if start <= day <= end)
