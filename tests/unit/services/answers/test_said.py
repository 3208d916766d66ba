"""Amounts as clients type them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import Line, Unit
from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.services.answers.said import line_gross, read_amount
from plugin.services.currencies import currency_of

EUR = currency_of("EUR")


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1234.50", 123450),
        ("1.234,50 €", 123450),
        ("1,234.50", 123450),
        ("€ 1 234,5", 123450),
        ("1'234.50 CHF", 123450),
        ("1\u202f234,50\u00a0EUR", 123450),
        ("1.234", 123400),
        ("1.234.567", 123456700),
        ("7", 700),
        ("0,99", 99),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, minor: int) -> None:
    assert read_amount(text, EUR) == Money(minor, EUR)


@pytest.mark.parametrize("text", ["", "-5", "1,2,3", "12.3456", "1e9", "∞", "½", "1" * 30, "12.34.5", "<b>1</b>.;"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_amount(text, EUR)
    assert refused.value.field == "amount"


@given(st.integers(-(10**8), 10**8), st.integers(0, 2700))
def test_a_line_is_contested_with_its_tax(amount: int, rate: int) -> None:
    line = Line(
        position=1,
        description="Work",
        quantity_hundredths=100,
        unit=Unit.HOUR,
        unit_price_minor=amount,
        amount_minor=amount,
        tax_category=TaxCategory.STANDARD,
        tax_basis_points=rate,
    )
    exact = amount * (1 + Fraction(rate, 10_000))
    assert abs(line_gross(line, EUR).minor - exact) <= Fraction(1, 2)
