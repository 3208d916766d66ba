"""Tax categories and rates of EN 16931, and the breakdown per category and rate (BR-CO-17)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from plugin.domain.errors import InvalidInput
from plugin.domain.money import exact, half_up, is_whole


class TaxCategory(StrEnum):
    """UNCL5305 codes of EN 16931, without the Canary Islands' and Ceuta's own taxes."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    OUTSIDE_SCOPE = "O"


@dataclass(frozen=True, slots=True, order=True)
class TaxRate:
    """A category with its rate in basis points (1900 = 19 %)."""

    category: TaxCategory
    basis_points: int

    def __post_init__(self) -> None:
        if not is_whole(self.basis_points):
            raise InvalidInput(f"{self.basis_points!r} is no tax rate; basis points are whole numbers.", field="tax")
        if not 0 <= self.basis_points <= 10_000:
            raise InvalidInput(f"A tax rate of {self.basis_points / 100} % is outside 0 to 100 %.", field="tax")
        if self.category is TaxCategory.STANDARD and self.basis_points == 0:
            raise InvalidInput("The standard category S needs a rate above 0 (BR-S-05); use Z, E or AE.", field="tax")
        if self.category is not TaxCategory.STANDARD and self.basis_points:
            raise InvalidInput(f"Category {self.category.value} carries no tax; its rate is 0.", field="tax")

    @classmethod
    def parse(cls, category: TaxCategory, percent: Decimal | int | str) -> "TaxRate":
        """A rate from a percentage of at most two decimals ("19", "5.5"); 19 and 19.00 are one rate."""
        points = exact(percent) * 100
        if points.denominator != 1:
            raise InvalidInput(f"A tax rate of {percent} % has more than two decimals.", field="tax")
        return cls(category, points.numerator)

    @property
    def percent(self) -> Decimal | None:
        """The rate in percent for print and XML, BT-119; None outside the scope of tax (BR-O-05)."""
        if self.category is TaxCategory.OUTSIDE_SCOPE:
            return None
        return Decimal(self.basis_points).scaleb(-2)


def with_tax(net_minor: int, basis_points: int) -> int:
    """One line with its tax, ties away from zero; the sum over all lines may differ by the rounding."""
    return half_up(Fraction(net_minor * (10_000 + basis_points), 10_000))


@dataclass(frozen=True, slots=True)
class TaxRules:
    """Which rate a piece of work bears: that of its issue, else of its project, else the default."""

    default: TaxRate
    by_project: Mapping[str, TaxRate] = field(default_factory=dict)
    by_issue: Mapping[str, TaxRate] = field(default_factory=dict)

    def rate_for(self, *, issue_key: str, project_key: str) -> TaxRate:
        """The tax rate of work on an issue."""
        return self.by_issue.get(issue_key) or self.by_project.get(project_key) or self.default


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """One row of the breakdown in minor units: taxable base BT-116 and tax BT-117 of a category and rate."""

    rate: TaxRate
    base: int
    tax: int


def breakdown(amounts: Iterable[tuple[int, TaxRate]]) -> tuple[TaxSubtotal, ...]:
    """Signed net amounts (minor units) summed per category and rate, each taxed and rounded once (law.md L32)."""
    bases: dict[TaxRate, int] = {}
    for amount, rate in amounts:
        bases[rate] = bases.get(rate, 0) + amount
    return tuple(
        TaxSubtotal(rate, base, half_up(Fraction(base * rate.basis_points, 10_000)))
        for rate, base in sorted(bases.items(), key=lambda item: item[0], reverse=True)
    )
