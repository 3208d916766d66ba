"""Numbers without gaps or doubles, yearly reset by the seller's day, no date before the last."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.numbering import NumberPattern, Reset, SeriesState, next_number
from plugin.domain.calendar import civil_day
from plugin.domain.errors import Conflict, InvalidInput

YEARLY = NumberPattern("INV-{year}-{number:04d}")
FOREVER = NumberPattern("R{number:06d}", Reset.NEVER)


def test_law_L22_the_year_is_that_of_the_seller_s_zone() -> None:
    issued = civil_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "Europe/Berlin")
    given_number = next_number(SeriesState(YEARLY, 311, date(2026, 12, 30)), issued)
    assert (given_number.text, given_number.number) == ("INV-2027-0001", 1)


def test_law_L22_no_issue_date_before_the_last_one() -> None:
    series = SeriesState(YEARLY, 5, date(2026, 12, 10))
    with pytest.raises(Conflict, match="before 2026-12-10") as refusal:
        next_number(series, date(2026, 12, 9))
    assert refusal.value.field == "issue_date"
    assert next_number(series, date(2026, 12, 10)).text == "INV-2026-0006"


@given(st.lists(st.integers(0, 200), max_size=30), st.sampled_from([YEARLY, FOREVER]))
def test_complaint_C49_numbers_have_no_gap_and_no_double(steps: list[int], pattern: NumberPattern) -> None:
    series, day = SeriesState(pattern), date(2026, 1, 1)
    counts: dict[int, int] = {}
    seen: list[str] = []
    for step in steps:
        day += timedelta(days=step)
        group = day.year if pattern is YEARLY else 0
        counts[group] = counts.get(group, 0) + 1
        number = next_number(series, day)
        assert number.number == counts[group]
        assert number.text == (f"INV-{day.year}-{counts[group]:04d}" if pattern is YEARLY else f"R{counts[group]:06d}")
        assert number.series == SeriesState(pattern, counts[group], day)
        seen.append(number.text)
        series = number.series
    assert len(set(seen)) == len(seen)


def test_a_series_that_grows_beyond_its_width_goes_on() -> None:
    assert next_number(SeriesState(YEARLY, 9_999, date(2026, 5, 1)), date(2026, 5, 1)).text == "INV-2026-10000"


def test_law_L20_several_series_may_share_counts() -> None:
    texts = [
        next_number(SeriesState(NumberPattern(f"{name}-{{year}}-{{number:04d}}")), date(2026, 1, 1)).text
        for name in "AB"
    ]
    assert texts == ["A-2026-0001", "B-2026-0001"]


@pytest.mark.parametrize(
    "text",
    [
        "INV-{year}",
        "INV-{number:04d}",
        "{year}-{number}-{number}",
        "{year}{year}{number}",
        "{year}-{number",
        "{year}-{month}-{number}",
        "{year}-{number:x}",
        "{year}-{number:3d}",
        "{year}-{number:99d}",
        "{year}-{number:04d}\n",
        "{year}-{number!r}",
        "{year:>99}-{number}",
        "{year.__class__}-{number}",
        "<b>{year}-{number}",
        " {year}-{number}",
        "INVOICE-NUMBER-OF-OUR-COMPANY-{year}-{number}",
        "",
    ],
)
def test_odd_patterns_are_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"Example: INV-\{year\}-\{number:04d\}") as refusal:
        NumberPattern(text)
    assert refusal.value.field == "pattern"


@pytest.mark.parametrize("text", ["{number}", "RE {number:06d}", "{year}/{number:03d}", "A.{year}_{number:05d}"])
def test_usual_patterns_are_accepted(text: str) -> None:
    assert NumberPattern(text, Reset.NEVER).render(year=2026, number=7).endswith("7")
