"""Document totals of EN 16931: the worked cases, and the formulas recomputed with decimals."""

from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.lines import amount_for
from plugin.domain.billing.tax import TaxCategory, TaxRate
from plugin.domain.billing.totals import (
    Adjustment,
    AdjustmentKind,
    cash_rounding,
    compute_totals,
)
from plugin.domain.errors import InvalidInput
from tests.unit.domain.billing.samples import REDUCED, STANDARD

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


def allowance(amount: int, tax: TaxRate = STANDARD) -> Adjustment:
    return Adjustment(AdjustmentKind.ALLOWANCE, amount, tax, "Discount")


def charge(amount: int, tax: TaxRate = STANDARD) -> Adjustment:
    return Adjustment(AdjustmentKind.CHARGE, amount, tax, "Travel")


def test_the_oracle_case_with_discount_two_rates_and_prepayment() -> None:
    lines = [(118_750, STANDARD), (10_000, STANDARD), (9_980, REDUCED)]
    totals = compute_totals(lines, adjustments=[allowance(6_438)], prepaid=50_000)
    assert (totals.lines, totals.allowances, totals.net) == (138_730, 6_438, 132_292)
    assert {group.rate: group.tax for group in totals.breakdown} == {STANDARD: 23_239, REDUCED: 699}
    assert (totals.tax, totals.gross, totals.due) == (23_938, 156_230, 106_230)


def test_law_L30_and_L32_lines_of_two_rates_with_an_allowance() -> None:
    high, low = TaxRate(TaxCategory.STANDARD, 2100), TaxRate(TaxCategory.STANDARD, 900)
    odd = amount_for(75, 9_550)
    assert odd == 7_163
    lines = [(amount_for(350, 12_000), high), (odd, high), (amount_for(200, 4_999), low)]
    totals = compute_totals(lines, adjustments=[allowance(1_000, high)])
    assert (totals.lines, totals.net, totals.tax, totals.gross) == (59_161, 58_161, 11_014, 69_175)
    assert [group.tax for group in totals.breakdown] == [10_114, 900]


def test_law_L35_prepaid_lowers_what_is_due_and_cash_rounding_stands_alone() -> None:
    totals = compute_totals([(58_130, STANDARD)], prepaid=20_000)
    assert totals.due == totals.gross - 20_000
    assert totals.rounding == 0
    assert cash_rounding(69_173, 5) == 2
    swiss = compute_totals([(69_173, TaxRate(TaxCategory.ZERO, 0))], cash_step=5)
    assert (swiss.gross, swiss.rounding, swiss.due) == (69_173, 2, 69_175)


def test_an_overpaid_document_is_due_below_zero() -> None:
    assert compute_totals([(10_000, STANDARD)], prepaid=12_000).due == -100


def test_complaint_C39_printed_figures_multiply_out() -> None:
    assert amount_for(83, 10_000) == 8_300
    assert amount_for(4_800, 77) == 3_696


rates = st.sampled_from([STANDARD, REDUCED, TaxRate(TaxCategory.REVERSE_CHARGE, 0)])
line_lists = st.lists(st.tuples(st.integers(-(10**8), 10**8), rates), max_size=10)
adjustment_lists = st.lists(
    st.builds(Adjustment, st.sampled_from(AdjustmentKind), st.integers(1, 10**6), rates, st.just("because")), max_size=4
)


@given(line_lists, adjustment_lists, st.integers(0, 10**8), st.sampled_from([1, 5, 10, 100]))
def test_totals_follow_the_formulas_of_the_standard(
    lines: list[tuple[int, TaxRate]], adjustments: list[Adjustment], prepaid: int, step: int
) -> None:
    cents = [(Decimal(amount) / 100, rate) for amount, rate in lines]
    down = [(Decimal(item.amount) / 100, item.tax) for item in adjustments if item.kind is AdjustmentKind.ALLOWANCE]
    up = [(Decimal(item.amount) / 100, item.tax) for item in adjustments if item.kind is AdjustmentKind.CHARGE]
    net = sum((amount for amount, _ in cents + up), Decimal(0)) - sum((amount for amount, _ in down), Decimal(0))
    tax = Decimal(0)
    for rate in {rate for _, rate in cents + up + down}:
        base = sum((amount for amount, of in cents + up if of == rate), Decimal(0))
        base -= sum((amount for amount, of in down if of == rate), Decimal(0))
        tax += (base * rate.basis_points / 10_000).quantize(Decimal("0.01"), context=WIDE)
    unrounded = net + tax - Decimal(prepaid) / 100
    coin = Decimal(step) / 100
    due = (unrounded / coin).quantize(Decimal(1), context=WIDE) * coin

    totals = compute_totals(lines, adjustments=adjustments, prepaid=prepaid, cash_step=step)
    assert Decimal(totals.net) / 100 == net
    assert Decimal(totals.tax) / 100 == tax
    assert Decimal(totals.gross) / 100 == net + tax
    assert Decimal(totals.due) / 100 == due
    assert totals.net == totals.lines - totals.allowances + totals.charges
    assert sum(group.base for group in totals.breakdown) == totals.net
    assert totals.due == totals.gross - totals.prepaid + totals.rounding


def test_odd_adjustments_are_refused() -> None:
    for amount in (0, -5, True):
        with pytest.raises(InvalidInput, match="above zero"):
            charge(amount)
    with pytest.raises(InvalidInput, match="Say what"):
        Adjustment(AdjustmentKind.CHARGE, 100, STANDARD, "  ")
    with pytest.raises(InvalidInput, match="steps"):
        cash_rounding(100, 0)
