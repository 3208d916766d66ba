"""Business calendars of countries and regions."""

from datetime import date

import pytest

from plugin.domain.errors import InvalidInput
from plugin.services.calendars import business_calendar, countries, region_of


def reason(country: str, day: date, region: str = "") -> str | None:
    return business_calendar(country, region, year_from=2025, year_to=2028).reason(day)


@pytest.mark.parametrize(
    ("country", "region", "day", "name"),
    [
        ("DE", "", date(2026, 10, 3), "German Unity Day"),
        ("DE", "BY", date(2026, 1, 6), "Epiphany"),
        ("DE", "", date(2026, 1, 6), None),
        ("de", "by", date(2026, 1, 6), "Epiphany"),
        ("GB", "SCT", date(2026, 11, 30), "Saint Andrew's Day"),
        ("GB", "ENG", date(2026, 11, 30), None),
        ("FR", "", date(2026, 7, 14), "National Day"),
        ("US", "", date(2026, 7, 3), "Independence Day (observed)"),
        ("NZ", "", date(2027, 2, 8), "Waitangi Day (observed)"),
        ("BR", "", date(2026, 12, 25), "Christmas Day"),
    ],
)
def test_complaint_C17_holidays_are_those_of_the_region(country: str, region: str, day: date, name: str | None) -> None:
    assert reason(country, day, region) == name


def test_the_weekend_is_that_of_the_country() -> None:
    friday, sunday = date(2026, 6, 5), date(2026, 6, 7)
    assert reason("SA", friday) == "Friday"
    assert reason("SA", sunday) is None
    assert reason("DE", friday) is None
    assert reason("DE", sunday) == "Sunday"


@pytest.mark.parametrize("country", ["", "ZZ"])
def test_an_unknown_country_has_plain_weekends_and_no_holidays(country: str) -> None:
    assert reason(country, date(2026, 12, 25)) is None
    assert reason(country, date(2026, 12, 26)) == "Saturday"


def test_an_unknown_region_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(InvalidInput, match=r"DE has no region 'XX'.* known are: .*BY") as refused:
        region_of("DE", "XX")
    assert refused.value.field == "region"
    with pytest.raises(InvalidInput, match="known are: none"):
        business_calendar("", "BY", year_from=2026, year_to=2026)


def test_regions_are_found_whatever_their_case() -> None:
    assert (region_of("de", "augsburg"), region_of("DE", " by "), region_of("DE", "")) == ("Augsburg", "BY", "")


@pytest.mark.parametrize(("first", "last"), [(2027, 2026), (1900, 1901), (2000, 2060), (2149, 2151)])
def test_years_without_sense_are_refused(first: int, last: int) -> None:
    with pytest.raises(InvalidInput, match=f"No calendar from {first} to {last}"):
        business_calendar("DE", year_from=first, year_to=last)


def test_both_years_are_inside_and_others_are_not() -> None:
    calendar = business_calendar("DE", year_from=2026, year_to=2027)
    assert {day.year for day in calendar.holidays} == {2026, 2027}


def test_the_same_calendar_is_made_once() -> None:
    assert business_calendar("AT", year_from=2026, year_to=2026) is business_calendar(
        "at", year_from=2026, year_to=2026
    )


def test_every_country_on_offer_gives_a_calendar_with_a_day_that_is_worked() -> None:
    assert {"DE", "GB", "US", "AT", "FR", "PL"} <= set(countries())
    for country in countries():
        calendar = business_calendar(country, year_from=2026, year_to=2026)
        assert calendar.next_business_day(date(2026, 6, 1)).year == 2026
