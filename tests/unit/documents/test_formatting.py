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
    format_days,
    format_money,
    format_percent,
    format_period,
    format_quantity,
    format_short_date,
    format_weekday,
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


def test_complaint_C35_dates_and_days_in_four_languages() -> None:
    first, later = date(2026, 11, 1), date(2026, 11, 25)
    assert [format_date(first, language=code) for code in ("en", "de", "fr", "es")] == [
        "1 November 2026",
        "1. November 2026",
        "1er novembre 2026",
        "1 de noviembre de 2026",
    ]
    assert format_weekday(first, language="fr") == "dimanche 1er novembre 2026"
    assert format_date(later, language="fr") == "25 novembre 2026"
    assert [format_short_date(first, language=code) for code in ("en", "de", "fr", "es")] == [
        "01/11/2026",
        "01.11.2026",
        "01/11/2026",
        "1/11/2026",
    ]


@pytest.mark.parametrize(
    ("language", "one", "several", "ago"),
    [
        ("en", "1 day", "14 days", "14 days ago"),
        ("de", "1 Tag", "14 Tage", "vor 14 Tagen"),
        ("fr", "1 jour", "14 jours", "il y a 14 jours"),
        ("es", "1 día", "14 días", "hace 14 días"),
    ],
)
def test_days_have_the_plural_of_their_language(language: str, one: str, several: str, ago: str) -> None:
    told = [format_days(days, form="", language=language).replace("\xa0", " ") for days in (1, 14)]
    assert told == [one, several]
    assert format_days(14, form="ago", language=language) == ago
    assert format_days(400, form="ago", language=language) == ago.replace("14", "400")
