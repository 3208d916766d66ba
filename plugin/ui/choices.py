"""Long lists that several forms offer: countries with holidays of their own, time zones, languages of documents."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from plugin.services.calendars import countries
from plugin.services.settings.checks import LANGUAGES
from plugin.ui.filters import country, language


def country_choices() -> list[tuple[str, str]]:
    """Country codes with names in the person's language, by name."""
    return _countries(language())


def language_choices() -> list[tuple[str, str]]:
    """The languages that documents and mails exist in, with their English names."""
    return [(code, str(Locale.parse(code).get_display_name("en"))) for code in LANGUAGES]


@cache
def zones() -> tuple[str, ...]:
    """Time zones by place, such as Europe/Berlin."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))


@cache
def _countries(_language: str) -> list[tuple[str, str]]:
    named = sorted(((code, country(code)) for code in countries()), key=lambda pair: pair[1])
    return [("", "Choose"), *named]
