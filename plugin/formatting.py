"""Amounts, quantities, rates and dates as people read them (CLDR by Babel), never for comparing.

Results hold no-break and thin spaces. Babel never rounds here: minor units, hundredths and basis points come in.
It stands beside the settings because PDF, mail and pages all need it and none of them may import another.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

import iso4217
from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_interval, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_symbol
from stdnum import iban

from plugin.domain.errors import InvalidInput

LOCALES = {
    "en": "en_GB",
    "de": "de_DE",
    "fr": "fr_FR",
    "es": "es_ES",
    "it": "it_IT",
    "nl": "nl_NL",
    "pt": "pt_PT",
    "pl": "pl_PL",
    "cs": "cs_CZ",
    "sv": "sv_SE",
    "da": "da_DK",
    "fi": "fi_FI",
}
ALWAYS_DAYS = 10**6
NO_BREAK_SPACE = "\xa0"


def format_money(minor: int, *, currency: str, exponent: int, language: str) -> str:
    """``minor`` units with the currency's sign: ``€1,234.50``, ``1.234,50 €``; zero is never negative."""
    locale = _locale(language)
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", _decimals(exponent))
    symbol = get_currency_symbol(currency, locale=locale)
    if pattern.startswith("¤") and symbol[-1:].isalpha():
        pattern = pattern.replace("¤", f"¤{NO_BREAK_SPACE}")
    return format_currency(_major(minor, exponent), currency, format=pattern, locale=locale, currency_digits=False)


def format_amount(minor: int, *, exponent: int, language: str) -> str:
    """``minor`` units as a number with exactly ``exponent`` decimals: ``1,234.50``."""
    return format_decimal(_major(minor, exponent), format=f"#,##{_decimals(exponent)}", locale=_locale(language))


def format_quantity(hundredths: int, *, language: str) -> str:
    """A quantity with two decimals: ``12.75``."""
    return format_amount(hundredths, exponent=2, language=language)


def format_percent(basis_points: int, *, language: str) -> str:
    """A rate with the decimals it needs: ``19%``, ``7,7 %``."""
    locale = _locale(language)
    number = format_decimal(_major(basis_points, 2), format="#,##0.##", locale=locale)
    spaced = NO_BREAK_SPACE in locale.percent_formats[None].pattern
    return f"{number}{NO_BREAK_SPACE if spaced else ''}%"


def format_date(day: date, *, language: str) -> str:
    """A civil day in words: ``2 November 2026``, ``2. November 2026``."""
    return _with_ordinal(babel_date(day, "long", locale=_locale(language)), day, language)


def format_short_date(day: date, *, language: str) -> str:
    """A civil day in figures, the year in full: ``31/10/2026``, ``31.10.2026``."""
    locale = _locale(language)
    return babel_date(day, re.sub("y+", "yyyy", locale.date_formats["short"].pattern), locale=locale)


def format_weekday(day: date, *, language: str) -> str:
    """A civil day with its weekday: ``Saturday, 31 October 2026``."""
    return _with_ordinal(babel_date(day, "full", locale=_locale(language)), day, language)


def format_days(days: int, *, form: str, language: str) -> str:
    """A number of days with its word, in the right plural: ``14 days``; in the form ``ago``, ``14 days ago``."""
    return format_timedelta(
        timedelta(days=-days if form == "ago" else days),
        granularity="day",
        threshold=ALWAYS_DAYS,
        add_direction=form == "ago",
        locale=_locale(language),
    )


def plural_form(count: int, *, language: str) -> str:
    """CLDR's name of the form that a word takes beside a number: ``one``, ``few``, ``many`` or ``other``."""
    return _locale(language).plural_form(count)


def format_period(start: date, end: date, *, language: str) -> str:
    """Two civil days, both inclusive: ``1–31 Oct 2026``; one day alone prints once."""
    return format_interval(start, end, "yMMMd", locale=_locale(language))


def country_name(code: str, *, language: str) -> str:
    """The name of a country (ISO 3166-1 alpha-2) in ``language``; an unknown code stands for itself."""
    name = _locale(language).territories.get(code)
    return str(name) if name else code


def currency_exponent(code: str) -> int:
    """The number of minor digits of an ISO 4217 currency, from ISO's own list: EUR 2, JPY 0, KWD 3.

    Raises ``InvalidInput`` for a code that is none or has no minor unit (XAU).
    """
    try:
        exponent = iso4217.Currency(code).exponent
    except ValueError:
        exponent = None
    if exponent is None:
        raise InvalidInput(f"“{code}” is no currency that can be billed in. Choose one such as EUR.", field="currency")
    return int(exponent)


def _with_ordinal(shown: str, day: date, language: str) -> str:
    """French letters write the first of a month as 1er; CLDR leaves that to the writer."""
    return re.sub(r"\b1(?= )", "1er", shown, count=1) if day.day == 1 and language == "fr" else shown


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    return Locale.parse(LOCALES.get(language, language))


def _decimals(exponent: int) -> str:
    return "0." + "0" * exponent if exponent else "0"


def _major(minor: int, exponent: int) -> Decimal:
    """Exact, whatever the size: no decimal context takes part."""
    digits = tuple(int(digit) for digit in str(abs(minor)))
    return Decimal((int(minor < 0), digits, -exponent))


def spaced_iban(text: str) -> str:
    """In groups of four, as it is printed; what is no IBAN stays as typed."""
    if not iban.is_valid(text):
        return text
    compact = str(iban.compact(text))
    return " ".join(compact[place : place + 4] for place in range(0, len(compact), 4))
