"""Long lists that several forms offer: countries with holidays of their own, time zones, languages, laws."""

from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from plugin.domain.late_payment.profiles import NONE, PROFILES, profile_for
from plugin.services.calendars import countries
from plugin.services.settings.checks import LANGUAGES
from plugin.store.tables.company import CompanyProfile
from plugin.ui.filters import country, language


def country_choices() -> list[tuple[str, str]]:
    """Country codes with names in the person's language, by name."""
    return _countries(language())


def language_choices() -> list[tuple[str, str]]:
    """The languages that documents and mails exist in, with their English names."""
    return [(code, str(Locale.parse(code).get_display_name("en"))) for code in LANGUAGES]


def law_choices(company: CompanyProfile) -> list[tuple[str, str]]:
    """The rules for late payment; the first are those of the seller's country."""
    own = profile_for("", seller_country=company.country)
    usual = f"As in the seller's country: {own.name}" if own else "As in the seller's country: none known"
    return [("", usual), *((key, profile.name) for key, profile in PROFILES.items()), (NONE, "No claims at all")]


@cache
def zones() -> tuple[str, ...]:
    """Time zones by place, such as Europe/Berlin."""
    return tuple(sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/")))


@cache
def _countries(_language: str) -> list[tuple[str, str]]:
    named = sorted(((code, country(code)) for code in countries()), key=lambda pair: pair[1])
    return [("", "Choose"), *named]
