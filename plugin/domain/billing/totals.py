"""Document totals of EN 16931 in minor units (law.md L30 to L35): sums of rounded amounts are never rounded again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from plugin.domain.billing.tax import TaxRate, TaxSubtotal, breakdown
from plugin.domain.errors import InvalidInput
from plugin.domain.money import half_up, is_whole


class AdjustmentKind(StrEnum):
    """An allowance lowers the net (BG-20), a charge raises it (BG-21)."""

    ALLOWANCE = "allowance"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A discount or surcharge on the whole document; ``amount`` in minor units, above zero, taxed at ``tax``."""

    kind: AdjustmentKind
    amount: int
    tax: TaxRate
    reason: str

    def __post_init__(self) -> None:
        if not is_whole(self.amount) or self.amount <= 0:
            raise InvalidInput(f"A discount or surcharge of {self.amount!r} is not above zero.", field="amount")
        if not self.reason.strip():
            raise InvalidInput("Say what the discount or surcharge is for (BR-33, BR-38).", field="reason")

    @property
    def signed(self) -> int:
        """What the adjustment adds to the net."""
        return -self.amount if self.kind is AdjustmentKind.ALLOWANCE else self.amount


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals of one document in minor units of its currency, named as in EN 16931 (BT numbers beside them)."""

    lines: int
    """BT-106"""
    allowances: int
    """BT-107"""
    charges: int
    """BT-108"""
    net: int
    """BT-109"""
    tax: int
    """BT-110"""
    gross: int
    """BT-112"""
    prepaid: int
    """BT-113"""
    rounding: int
    """BT-114, cash rounding only"""
    due: int
    """BT-115; below zero when overpaid"""
    breakdown: tuple[TaxSubtotal, ...]
    """BG-23, highest rate of the first category first"""


def cash_rounding(amount: int, step: int) -> int:
    """BT-114: what to add so that ``amount`` (minor units) is a multiple of ``step``, half-up; 69173 to 5 gives 2."""
    if step < 1:
        raise InvalidInput(f"Amounts cannot be rounded to steps of {step} minor units; use 1 or more.", field="step")
    return half_up(Fraction(amount, step)) * step - amount


def compute_totals(
    lines: Iterable[tuple[int, TaxRate]],
    *,
    adjustments: Sequence[Adjustment] = (),
    prepaid: int = 0,
    cash_step: int = 1,
) -> Totals:
    """Totals of signed line amounts with their tax rates; ``cash_step`` above 1 rounds what is due to that step."""
    amounts = list(lines)
    line_sum = sum(amount for amount, _ in amounts)
    allowances = -sum(item.signed for item in adjustments if item.kind is AdjustmentKind.ALLOWANCE)
    charges = sum(item.signed for item in adjustments if item.kind is AdjustmentKind.CHARGE)
    groups = breakdown([*amounts, *((item.signed, item.tax) for item in adjustments)])
    net = line_sum - allowances + charges
    tax = sum(group.tax for group in groups)
    open_amount = net + tax - prepaid
    rounding = cash_rounding(open_amount, cash_step)
    return Totals(
        lines=line_sum,
        allowances=allowances,
        charges=charges,
        net=net,
        tax=tax,
        gross=net + tax,
        prepaid=prepaid,
        rounding=rounding,
        due=open_amount + rounding,
        breakdown=groups,
    )
