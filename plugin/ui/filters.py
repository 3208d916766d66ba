"""What templates write amounts, hours and days with, in the language of the person who looks."""

from datetime import date, datetime
from typing import cast

from babel import negotiate_locale
from babel.dates import format_datetime
from flask import Flask, g

from plugin.formatting import (
    LOCALES,
    country_name,
    currency_exponent,
    format_date,
    format_money,
    format_percent,
    format_quantity,
)
from plugin.ui import here


def language() -> str:
    """The person's language among those that we have formats for; texts are English so far."""
    if "language" not in g:
        principal = g.get("principal")
        wish = (principal.locale if principal else None) or "en"
        g.language = negotiate_locale([wish.replace("-", "_")], list(LOCALES)) or "en"
    return cast(str, g.language)


def money(minor: int, currency: str) -> str:
    """Minor units with the currency's sign."""
    return format_money(minor, currency=currency, exponent=currency_exponent(currency), language=language())


def hours(seconds: int) -> str:
    """Seconds as hours with two decimals: ``12.75 h``."""
    return f"{format_quantity((seconds * 100 + 1800) // 3600, language=language())} h"


def quantity(hundredths: int) -> str:
    """Hundredths of an hour as hours."""
    return f"{format_quantity(hundredths, language=language())} h"


def percent(basis_points: int) -> str:
    """A tax rate."""
    return format_percent(basis_points, language=language())


def day(value: date | None) -> str:
    """A civil day in words; nothing for none."""
    return format_date(value, language=language()) if value else ""


def moment(value: datetime | None) -> str:
    """An instant in the person's time zone, to the minute."""
    if value is None:
        return ""
    local = value.astimezone(here.zone())
    return format_datetime(local, "d MMM yyyy, HH:mm", locale=LOCALES[language()])


def country(code: str) -> str:
    """A country's name."""
    return country_name(code, language=language())


def counted(number: int, noun: str) -> str:
    """``1 invoice``, ``2 invoices``, ``2 entries``."""
    plural = f"{noun[:-1]}ies" if noun.endswith("ry") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def register_filters(app: Flask) -> None:
    """Gives templates the filters, and ``locale`` for the page's own language."""
    for function in (money, hours, quantity, percent, day, moment, country, counted):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["locale"] = "en"
