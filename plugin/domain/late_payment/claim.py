"""A claim for late payment as a value: interest up to a day, a fixed sum, and the formula; or why there is none."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from plugin.domain.late_payment.interest import Paid, Part, Segment, UnknownRate, segments_of
from plugin.domain.late_payment.profile import Debtor, FixedSum, LawProfile
from plugin.domain.money import Money, half_up


class NoClaimCode(StrEnum):
    """Why nothing can be claimed."""

    NO_PROFILE = "no_profile"
    CONSUMER = "consumer"
    NOT_LATE = "not_late"
    UNKNOWN_RATE = "unknown_rate"
    OLDER_THAN_LAW = "older_than_law"


@dataclass(frozen=True, slots=True)
class NoClaim:
    """Nothing is claimed; ``sentence`` tells people why."""

    code: NoClaimCode
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the law gives up to ``until``, beside the amount itself. It stands in a text, never on an invoice (L14)."""

    profile: str
    until: date
    segments: tuple[Segment, ...]
    interest: Money
    fixed_sum: Money

    @property
    def total(self) -> Money:
        """Interest and fixed sum."""
        return self.interest + self.fixed_sum


def claim_on(
    parts: Sequence[Part], payments: Sequence[Paid], profile: LawProfile | None, *, debtor: Debtor, until: date
) -> Claim | NoClaim:
    """The claim of a debt on a day. It does not depend on how often it is asked for, and stays when only the principal
    was paid (C31, C33). ``parts`` is never empty and of one currency.
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
    currency = parts[0].amount.currency
    exact = sum((segment.interest for segment in segments), Fraction(0))
    return Claim(
        profile=profile.key,
        until=until,
        segments=segments,
        interest=Money(half_up(exact), currency),
        fixed_sum=_fixed_sum(terms.fixed_sums, max(segment.principal for segment in segments)),
    )


def formula(claim: Claim, *, amount: Callable[[Money], str], percent: Callable[[Decimal], str]) -> str:
    """The sum as people check it: ``2,547.51 x 10.40 % x 17 / 365 = 12.34``; segments are added before rounding."""
    terms = [f"{amount(one.principal)} x {percent(one.rate)} x {one.days} / {one.basis}" for one in claim.segments]
    return f"{' + '.join(terms)} = {amount(claim.interest)}"


def _fixed_sum(sums: Sequence[FixedSum], debt: Money) -> Money:
    """By the size of the debt. A debt in another currency has none: the law names its sum in its own (L08, L12)."""
    fitting = [one.amount_minor for one in sums if one.currency == debt.currency.code and one.from_minor <= debt.minor]
    return Money(max(fitting, default=0), debt.currency)
