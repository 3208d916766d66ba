"""Debts and profiles of the tests of late payment; the oracle below shares no code with what it tests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from plugin.domain.late_payment.claim import Claim, NoClaim, claim_on
from plugin.domain.late_payment.interest import Paid, Part
from plugin.domain.late_payment.profile import DayCount, Debtor, FixedSum, LawProfile, Rate, RateSelection
from plugin.domain.late_payment.profiles import PROFILES
from plugin.domain.money import Currency, Money

EUR, GBP = Currency("EUR", 2), Currency("GBP", 2)
EU, GB, DE = PROFILES["eu"], PROFILES["gb"], PROFILES["de"]


def euro(text: str) -> Money:
    return Money.parse(text, EUR)


def pound(text: str) -> Money:
    return Money.parse(text, GBP)


def counted(profile: LawProfile, day_count: DayCount) -> LawProfile:
    """A profile that counts days in another way; no country's profile does so by itself."""
    return replace(profile, day_count=day_count)


def with_rate(profile: LawProfile, half_year: date, percent: str) -> LawProfile:
    return replace(profile, reference=profile.reference.with_own({half_year: Rate(Decimal(percent), "test")}))


def asked(
    amount: Money,
    due_on: date,
    until: date,
    *,
    paid: Sequence[Paid] = (),
    profile: LawProfile | None = EU,
    debtor: Debtor = Debtor.BUSINESS,
    confirmed: Sequence[FixedSum] | None = None,
) -> Claim | NoClaim:
    """By default the seller has confirmed the profile's fixed sums."""
    sums = confirmed if confirmed is not None else profile.business.fixed_sums if profile else ()
    return claim_on([Part(due_on, amount)], paid, profile, debtor=debtor, until=until, confirmed=sums)


def claimed(
    amount: Money, due_on: date, until: date, *, paid: Sequence[Paid] = (), profile: LawProfile | None = EU
) -> Claim:
    found = asked(amount, due_on, until, paid=paid, profile=profile)
    assert isinstance(found, Claim), found
    return found


def day_by_day(parts: Sequence[Part], paid: Sequence[Paid], profile: LawProfile, until: date) -> Fraction:
    """Minor units of interest, walking every day of every part: what each day owes at that day's rate."""
    sum_of_days = Fraction(0)
    queue = sorted(parts, key=lambda part: part.due_on)
    day = queue[0].due_on
    while day <= until:
        money = sum(one.minor for one in paid if one.on < day)
        for part in queue:
            taken = min(max(money, 0), part.amount.minor)
            money -= taken
            if part.due_on >= day:
                continue
            frozen = profile.rate_selection is RateSelection.FROZEN_AT_START
            at = part.due_on + timedelta(days=1) if frozen else day
            rate = profile.reference.rates[date(at.year, 1, 1) if at.month <= 6 else date(at.year, 7, 1)]
            whole = Fraction(rate.percent) + Fraction(profile.business.margin)
            leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
            year = {DayCount.DAYS_365: 365, DayCount.DAYS_360: 360, DayCount.ACTUAL: 366 if leap else 365}
            sum_of_days += Fraction(part.amount.minor - taken) * whole / 100 / year[profile.day_count]
        day += timedelta(days=1)
    return sum_of_days
