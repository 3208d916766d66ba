"""A claim for late payment as a value: interest up to a day, a fixed sum, and the formula; or why there is none."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from plugin.domain.late_payment.interest import ONE_DAY, Paid, Part, Segment, UnknownRate, segments_of
from plugin.domain.late_payment.profile import Debtor, FixedSum, LawProfile
from plugin.domain.money import Money, half_up


class NoClaimCode(StrEnum):
    """Why nothing can be claimed."""

    NO_PROFILE = "no_profile"
    CONSUMER = "consumer"
    NOT_LATE = "not_late"
    UNKNOWN_RATE = "unknown_rate"
    OLDER_THAN_LAW = "older_than_law"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class NoClaim:
    """Nothing is claimed; ``sentence`` tells people why."""

    code: NoClaimCode
    sentence: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What debit notes claim already: all days through ``until``, and together ``fixed_sum``."""

    until: date
    fixed_sum: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the law gives up to ``until``, beside the amount itself. It stands in a text, never on an invoice (L14).

    ``fixed_sum`` is what the seller claims, nothing before it was confirmed; ``offered`` what the law gives (L08).
    """

    profile: str
    until: date
    segments: tuple[Segment, ...]
    interest: Money
    fixed_sum: Money
    offered: Money

    @property
    def total(self) -> Money:
        """Interest and fixed sum."""
        return self.interest + self.fixed_sum


def claim_on(
    parts: Sequence[Part],
    payments: Sequence[Paid],
    profile: LawProfile | None,
    *,
    debtor: Debtor,
    until: date,
    confirmed: Collection[FixedSum] = (),
) -> Claim | NoClaim:
    """The claim of a debt on a day. It does not depend on how often it is asked for, and stays when only the principal
    was paid (C31, C33). ``parts`` is never empty and of one currency; ``confirmed``: the fixed sums that the seller
    said it claims.
    """
    if profile is None:
        return NoClaim(NoClaimCode.NO_PROFILE, "No rules of late payment are known for this seller's country.")
    terms = profile.terms(debtor)
    if terms is None:
        return NoClaim(NoClaimCode.CONSUMER, "A consumer is asked for the amount of the invoice only.")
    if min(part.due_on for part in parts) < profile.valid_from:
        return NoClaim(NoClaimCode.OLDER_THAN_LAW, f"The rules hold for debts due from {profile.valid_from} on.")
    try:
        segments = segments_of(parts, payments, profile, margin=terms.margin, until=until)
    except UnknownRate as unknown:
        words = f"There is no rate of {profile.reference.name} for {unknown.half_year}; enter it to claim interest."
        return NoClaim(NoClaimCode.UNKNOWN_RATE, words)
    if not segments:
        return NoClaim(NoClaimCode.NOT_LATE, "Nothing was paid late.")
    debt = max(segment.principal for segment in segments)
    return Claim(
        profile=profile.key,
        until=until,
        segments=segments,
        interest=_interest(segments),
        fixed_sum=fixed_sum_of([one for one in terms.fixed_sums if one in confirmed], debt),
        offered=fixed_sum_of(terms.fixed_sums, debt),
    )


def beyond(claim: Claim, noted: Noted) -> Claim | NoClaim:
    """What of a claim stands on no debit note yet: the days after the last one, and the fixed sum where none has it."""
    first = noted.until + ONE_DAY
    segments = tuple(replace(one, first=max(one.first, first)) for one in claim.segments if one.last > noted.until)
    rest = replace(
        claim,
        segments=segments,
        interest=_interest(segments) if segments else Money.zero(claim.interest.currency),
        fixed_sum=max(claim.fixed_sum - noted.fixed_sum, Money.zero(claim.fixed_sum.currency)),
        offered=max(claim.offered - noted.fixed_sum, Money.zero(claim.offered.currency)),
    )
    if rest.total.minor > 0:
        return rest
    words = f"All that the law gives up to {noted.until} stands on debit notes already."
    return NoClaim(NoClaimCode.NOTED, words)


def formula(claim: Claim, *, amount: Callable[[Money], str], percent: Callable[[Decimal], str]) -> str:
    """The sum as people check it: ``2,547.51 x 10.40 % x 17 / 365 = 12.34``; segments are added before rounding."""
    terms = [f"{amount(one.principal)} x {percent(one.rate)} x {one.days} / {one.basis}" for one in claim.segments]
    return f"{' + '.join(terms)} = {amount(claim.interest)}"


def fixed_sum_of(sums: Sequence[FixedSum], debt: Money) -> Money:
    """By the size of the debt. A debt in another currency has none: the law names its sum in its own (L08, L12)."""
    fitting = [one.amount_minor for one in sums if one.currency == debt.currency.code and one.from_minor <= debt.minor]
    return Money(max(fitting, default=0), debt.currency)


def _interest(segments: Sequence[Segment]) -> Money:
    """Of segments of one debt: added exactly, rounded once (L06)."""
    exact = sum((segment.interest for segment in segments), Fraction(0))
    return Money(half_up(exact), segments[0].principal.currency)
