"""Money is exact: half-up once, one currency, no floats."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.rates import parse_price
from plugin.domain.errors import InvalidInput
from plugin.domain.money import MAX_MINOR, Currency, Money, exact, half_up, total

EUR, USD, JPY, BHD = Currency("EUR", 2), Currency("USD", 2), Currency("JPY", 0), Currency("BHD", 3)
WIDE = Context(prec=90, rounding=ROUND_HALF_UP)
decimals = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=6)
minors = st.integers(min_value=-(10**12), max_value=10**12)


@given(decimals)
def test_half_up_agrees_with_the_decimal_module(value: Decimal) -> None:
    assert half_up(value) == int(value.quantize(Decimal(1), context=WIDE))


@given(st.integers(min_value=-(10**9), max_value=10**9))
def test_half_up_moves_ties_away_from_zero(whole: int) -> None:
    expected = whole + 1 if whole >= 0 else whole
    assert half_up(Fraction(2 * whole + 1, 2)) == expected


def test_complaint_C40_one_rounding_mode_everywhere() -> None:
    assert str(Money.rounded(Decimal("2.345"), EUR)) == "2.35 EUR"
    assert Money(21_000, EUR).times(Decimal("0.00025")).minor == 5
    assert Money.rounded(Decimal("0.525"), EUR).minor == 53
    assert Money.rounded(Decimal("-0.005"), EUR).minor == -1


@given(minors, st.decimals(min_value=-1000, max_value=1000, allow_nan=False, allow_infinity=False, places=5))
def test_multiplying_rounds_once(minor: int, factor: Decimal) -> None:
    product = WIDE.multiply(Decimal(minor), factor).quantize(Decimal(1), context=WIDE)
    assert Money(minor, EUR).times(factor).minor == int(product)


@given(minors, st.sampled_from([EUR, JPY, BHD]))
def test_to_decimal_and_back_loses_nothing(minor: int, currency: Currency) -> None:
    amount = Money(minor, currency)
    assert Money.parse(amount.to_decimal(), currency) == amount
    assert Money.parse(f"{amount.to_decimal():f}", currency) == amount


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1230, EUR, "12.30 EUR"),
        (-5, EUR, "-0.05 EUR"),
        (0, EUR, "0.00 EUR"),
        (77, JPY, "77 JPY"),
        (1, BHD, "0.001 BHD"),
    ],
)
def test_amounts_show_the_digits_of_their_currency(minor: int, currency: Currency, text: str) -> None:
    assert str(Money(minor, currency)) == text


@given(st.lists(minors, max_size=8))
def test_sums_and_differences_are_those_of_the_minor_units(values: list[int]) -> None:
    amounts = [Money(value, EUR) for value in values]
    summed = total(amounts, EUR)
    assert summed.minor == sum(values)
    assert (-summed + summed).minor == 0
    assert (summed - Money(7, EUR)).minor == sum(values) - 7


@given(minors, minors)
def test_order_is_that_of_the_minor_units(left: int, right: int) -> None:
    one, two = Money(left, EUR), Money(right, EUR)
    assert ((one < two), (one <= two), (one > two), (one >= two)) == (
        left < right,
        left <= right,
        left > right,
        left >= right,
    )


def test_currencies_never_mix() -> None:
    for mix in (
        lambda: Money(1, EUR) + Money(1, USD),
        lambda: Money(1, EUR) - Money(1, USD),
        lambda: Money(1, EUR) < Money(1, USD),
        lambda: total([Money(1, USD)], EUR),
    ):
        with pytest.raises(InvalidInput, match=r"convert (it|one) first"):
            mix()


@pytest.mark.parametrize("odd", ["NaN", "sNaN", "Infinity", "-Infinity", "1e400", "1e-400", "twelve", "", "1,234.50"])
def test_what_is_no_amount_is_refused(odd: str) -> None:
    with pytest.raises(InvalidInput):
        Money.parse(odd, EUR)
    with pytest.raises(InvalidInput):
        exact(odd)


@pytest.mark.parametrize(
    "odd", ["1_0", "1e2", "1E2", "\u0661\u0662", "\uff11", "1 0", "0x10", "--1", ".", "1.2.3", "½"]
)
def test_attack_A46_only_plain_ascii_decimals_are_amounts(odd: str) -> None:
    for parse in (exact, lambda text: Money.parse(text, EUR), lambda text: parse_price(text, EUR)):
        with pytest.raises(InvalidInput, match=r"is not a number; write it like 1234\.50"):
            parse(odd)


@pytest.mark.parametrize(("text", "minor"), [("10", 1000), (" 10.5 ", 1050), ("+1.00", 100), (".5", 50), ("7.", 700)])
def test_plain_decimals_are_read_as_people_write_them(text: str, minor: int) -> None:
    assert Money.parse(text, EUR).minor == minor


@pytest.mark.parametrize("odd", [1.0, True, None, Decimal("NaN"), Decimal("Infinity"), Decimal("1e400")])
def test_half_up_refuses_what_is_not_exact(odd: object) -> None:
    with pytest.raises(InvalidInput):
        half_up(cast("int", odd))


@pytest.mark.parametrize("odd", [1.5, True, "1", MAX_MINOR + 1, -MAX_MINOR - 1])
def test_money_holds_whole_minor_units_of_sensible_size(odd: object) -> None:
    with pytest.raises(InvalidInput):
        Money(cast("int", odd), EUR)


def test_decimals_that_would_be_lost_are_refused() -> None:
    with pytest.raises(InvalidInput, match="more decimals than EUR"):
        Money.parse("1.005", EUR)
    with pytest.raises(InvalidInput, match="more decimals than JPY"):
        Money.parse("0.5", JPY)
    assert Money.parse("1.0050", BHD).minor == 1005


@pytest.mark.parametrize(
    ("code", "exponent"), [("eur", 2), ("EU", 2), ("EURO", 2), ("E1R", 2), ("EUR", 5), ("EUR", -1)]
)
def test_odd_currencies_are_refused(code: str, exponent: int) -> None:
    with pytest.raises(InvalidInput):
        Currency(code, exponent)
