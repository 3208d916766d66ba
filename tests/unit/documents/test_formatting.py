"""Amounts and dates as people read them; expected texts are written out by hand from CLDR."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import InvalidInput
from plugin.formatting import (
    country_name,
    currency_exponent,
    format_amount,
    format_date,
    format_money,
    format_percent,
    format_period,
    format_quantity,
)


@pytest.mark.parametrize(
    ("minor", "currency", "exponent", "language", "expected"),
    [
        (123450, "EUR", 2, "en", "€1,234.50"),
        (123450, "EUR", 2, "de", "1.234,50\xa0€"),
        (0, "EUR", 2, "en", "€0.00"),
        (-5, "EUR", 2, "en", "-€0.05"),
        (-5, "EUR", 2, "de", "-0,05\xa0€"),
        (1234567, "JPY", 0, "de", "1.234.567\xa0¥"),
        (1234567, "KWD", 3, "en", "KWD\xa01,234.567"),
        (1234567, "KWD", 3, "de", "1.234,567\xa0KWD"),
        (1234567, "IQD", 3, "en", "IQD\xa01,234.567"),
        (99, "CHF", 2, "en", "CHF\xa00.99"),
        (10**17 + 1, "EUR", 2, "en", "€1,000,000,000,000,000.01"),
    ],
)
def test_money(minor: int, currency: str, exponent: int, language: str, expected: str) -> None:
    assert format_money(minor, currency=currency, exponent=exponent, language=language) == expected


@given(st.integers(-(10**20), 10**20), st.integers(0, 4))
def test_no_digit_is_lost_or_rounded(minor: int, exponent: int) -> None:
    read_back = Decimal(format_amount(minor, exponent=exponent, language="en").replace(",", ""))
    assert read_back.as_tuple().exponent == -exponent
    assert int(str(read_back).replace(".", "")) == minor


def test_quantities_and_rates() -> None:
    assert format_quantity(1275, language="en") == "12.75"
    assert format_quantity(-50, language="de") == "-0,50"
    assert format_percent(1900, language="en") == "19%"
    assert format_percent(1900, language="de") == "19\xa0%"
    assert format_percent(770, language="de") == "7,7\xa0%"
    assert format_percent(0, language="en") == "0%"


def test_dates_and_periods() -> None:
    assert format_date(date(2026, 11, 2), language="en") == "2 November 2026"
    assert format_date(date(2026, 3, 2), language="de") == "2. März 2026"
    assert format_period(date(2026, 10, 1), date(2026, 10, 31), language="en") == "1–31 Oct 2026"
    assert format_period(date(2026, 10, 1), date(2026, 10, 31), language="de") == "1.–31. Okt. 2026"
    assert "2027" in format_period(date(2026, 12, 16), date(2027, 1, 15), language="en")


def test_countries() -> None:
    assert country_name("IE", language="en") == "Ireland"
    assert country_name("AT", language="de") == "Österreich"
    assert country_name("??", language="de") == "??"


def test_exponents_come_from_iso_not_from_cldr() -> None:
    assert {code: currency_exponent(code) for code in ("EUR", "JPY", "KWD", "IQD", "CLF")} == {
        "EUR": 2,
        "JPY": 0,
        "KWD": 3,
        "IQD": 3,
        "CLF": 4,
    }


@pytest.mark.parametrize("code", ["", "eur", "Euro", "XYZ", "XAU"])
def test_bad_input_an_unknown_currency_is_refused(code: str) -> None:
    with pytest.raises(InvalidInput, match="no currency that can be billed in"):
        currency_exponent(code)
