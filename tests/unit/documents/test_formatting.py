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
        (123450, "EUR", 2, "nl", "€\xa01.234,50"),
        (-5, "EUR", 2, "nl", "€\xa0-0,05"),
        (123450, "EUR", 2, "pt", "1\xa0234,50\xa0€"),
        (123450, "PLN", 2, "pl", "1\xa0234,50\xa0zł"),
        (123450, "CZK", 2, "cs", "1\xa0234,50\xa0Kč"),
        (123450, "SEK", 2, "sv", "1\xa0234,50\xa0kr"),
        (123450, "DKK", 2, "da", "1.234,50\xa0kr."),
        (123450, "EUR", 2, "fi", "1\xa0234,50\xa0€"),
        (123450, "EUR", 2, "it", "1.234,50\xa0€"),
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


@pytest.mark.parametrize(
    ("language", "day", "short"),
    [
        ("en", "1 November 2026", "01/11/2026"),
        ("de", "1. November 2026", "01.11.2026"),
        ("fr", "1er novembre 2026", "01/11/2026"),
        ("es", "1 de noviembre de 2026", "1/11/2026"),
        ("it", "1 novembre 2026", "01/11/2026"),
        ("nl", "1 november 2026", "01-11-2026"),
        ("pt", "1 de novembro de 2026", "01/11/2026"),
        ("pl", "1 listopada 2026", "1.11.2026"),
        ("cs", "1. listopadu 2026", "01.11.2026"),
        ("sv", "1 november 2026", "2026-11-01"),
        ("da", "1. november 2026", "01.11.2026"),
        ("fi", "1. marraskuuta 2026", "1.11.2026"),
    ],
)
def test_complaint_C35_a_day_is_written_as_in_its_language(language: str, day: str, short: str) -> None:
    first = date(2026, 11, 1)
    assert format_date(first, language=language) == day
    assert format_short_date(first, language=language) == short


def test_french_counts_the_first_of_a_month_apart() -> None:
    assert format_weekday(date(2026, 11, 1), language="fr") == "dimanche 1er novembre 2026"
    assert format_date(date(2026, 11, 25), language="fr") == "25 novembre 2026"


@pytest.mark.parametrize(
    ("language", "one", "several", "ago"),
    [
        ("en", "1 day", "14 days", "14 days ago"),
        ("de", "1 Tag", "14 Tage", "vor 14 Tagen"),
        ("fr", "1 jour", "14 jours", "il y a 14 jours"),
        ("es", "1 día", "14 días", "hace 14 días"),
        ("it", "1 giorno", "14 giorni", "14 giorni fa"),
        ("nl", "1 dag", "14 dagen", "14 dagen geleden"),
        ("pt", "1 dia", "14 dias", "há 14 dias"),
        ("pl", "1 dzień", "14 dni", "14 dni temu"),
        ("cs", "1 den", "14 dnů", "před 14 dny"),
        ("sv", "1 dygn", "14 dygn", "för 14 dagar sedan"),
        ("da", "1 dag", "14 dage", "for 14 dage siden"),
        ("fi", "1 päivä", "14 päivää", "14 päivää sitten"),
    ],
)
def test_days_have_the_plural_of_their_language(language: str, one: str, several: str, ago: str) -> None:
    told = [format_days(days, form="", language=language).replace("\xa0", " ") for days in (1, 14)]
    assert told == [one, several]
    assert format_days(14, form="ago", language=language) == ago
    assert format_days(400, form="ago", language=language) == ago.replace("14", "400")
