"""Tax per category and rate, rounded once a group; rates that the standard forbids are refused."""

from collections import defaultdict
from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.tax import TaxCategory, TaxRate, TaxRules, breakdown
from plugin.domain.errors import InvalidInput
from tests.unit.domain.billing.samples import REDUCED, STANDARD

WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
REVERSE = TaxRate(TaxCategory.REVERSE_CHARGE, 0)
rates = st.sampled_from([STANDARD, REDUCED, REVERSE, TaxRate(TaxCategory.ZERO, 0), TaxRate(TaxCategory.STANDARD, 550)])


@given(st.lists(st.tuples(st.integers(-(10**9), 10**9), rates), max_size=12))
def test_each_category_and_rate_is_summed_then_taxed_once(amounts: list[tuple[int, TaxRate]]) -> None:
    bases: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    for amount, rate in amounts:
        bases[rate.category.value, rate.basis_points] += Decimal(amount).scaleb(-2)
    expected = {
        key: (base, (base * Decimal(key[1]) / 10_000).quantize(Decimal("0.01"), context=WIDE))
        for key, base in bases.items()
    }
    groups = breakdown(amounts)
    found = {
        (group.rate.category.value, group.rate.basis_points): (
            Decimal(group.base).scaleb(-2),
            Decimal(group.tax).scaleb(-2),
        )
        for group in groups
    }
    assert found == expected
    assert len(groups) == len(found)


def test_law_L32_tax_is_taken_per_rate_and_not_per_line() -> None:
    (group,) = breakdown([(3333, STANDARD), (3333, STANDARD), (3334, STANDARD)])
    assert (group.base, group.tax) == (10_000, 1_900)


def test_law_L33_ties_round_up_not_to_even() -> None:
    (group,) = breakdown([(250, TaxRate(TaxCategory.STANDARD, 2100))])
    assert group.tax == 53


@pytest.mark.parametrize(
    ("text", "basis_points"), [("19", 1900), ("19.00", 1900), ("5.5", 550), ("0.01", 1), ("100", 10_000)]
)
def test_percentages_are_read_exactly(text: str, basis_points: int) -> None:
    rate = TaxRate.parse(TaxCategory.STANDARD, text)
    assert rate.basis_points == basis_points
    assert rate.percent == Decimal(text)


@pytest.mark.parametrize(
    ("category", "text", "words"),
    [
        (TaxCategory.STANDARD, "0", "BR-S-05"),
        (TaxCategory.STANDARD, "-1", "outside 0 to 100"),
        (TaxCategory.STANDARD, "100.01", "outside 0 to 100"),
        (TaxCategory.STANDARD, "5.555", "two decimals"),
        (TaxCategory.STANDARD, "1e400", "not a number"),
        (TaxCategory.STANDARD, "9" * 40, "too large"),
        (TaxCategory.REVERSE_CHARGE, "19", "carries no tax"),
        (TaxCategory.OUTSIDE_SCOPE, "1", "carries no tax"),
    ],
)
def test_rates_the_standard_forbids_are_refused(category: TaxCategory, text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refusal:
        TaxRate.parse(category, text)
    assert refusal.value.field == "tax" or words in ("too large", "not a number")


def test_outside_the_scope_of_tax_there_is_no_rate() -> None:
    assert TaxRate(TaxCategory.OUTSIDE_SCOPE, 0).percent is None
    assert TaxRate(TaxCategory.ZERO, 0).percent == 0


def test_the_nearest_tax_rule_decides() -> None:
    taxes = TaxRules(STANDARD, by_project={"XY": REDUCED}, by_issue={"XY-9": REVERSE})
    assert taxes.rate_for(issue_key="AB-1", project_key="AB") == STANDARD
    assert taxes.rate_for(issue_key="XY-1", project_key="XY") == REDUCED
    assert taxes.rate_for(issue_key="XY-9", project_key="XY") == REVERSE
