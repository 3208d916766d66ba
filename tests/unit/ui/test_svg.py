"""Charts: positions, ticks, labels that do not collide, escaped text."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.ui.svg import Scale, TimelineMark, label_rows, ticks, timeline

SVG = "{http://www.w3.org/2000/svg}"


def parse(picture: str) -> ET.Element:
    return ET.fromstring(str(picture).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


def mark(day: int, label: str = "Reminder", detail: str = "on 4 May") -> TimelineMark:
    return TimelineMark(day=day, label=label, icon="email", detail=detail)


def test_a_scale_maps_its_ends_and_middle() -> None:
    scale = Scale(low=-10, high=30, start=20, end=980)
    assert [scale(-10), scale(10), scale(30)] == [20, 500, 980]


@given(st.integers(-500, 500), st.integers(1, 3000), st.integers(2, 20))
def test_ticks_are_few_inside_even_and_round(low: int, span: int, at_most: int) -> None:
    high = low + span
    shown = ticks(low, high, at_most=at_most)
    assert len(shown) <= at_most
    assert all(low <= tick <= high for tick in shown)
    steps = {after - before for before, after in pairwise(shown)}
    assert len(steps) <= 1
    for step in steps:
        assert str(step).rstrip("0") in {"1", "2", "5"}


def test_ticks_of_the_default_ladder() -> None:
    assert ticks(-7, 50, at_most=11) == [0, 10, 20, 30, 40, 50]
    assert ticks(-7, 50, at_most=12) == list(range(-5, 51, 5))


def test_a_label_without_room_moves_to_the_first_row_that_has_it() -> None:
    assert label_rows([(0, 100), (90, 190), (150, 240), (300, 400), (395, 420)]) == [0, 1, 0, 0, 1]


@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 200)), max_size=12))
def test_labels_of_one_row_never_touch(placed: list[tuple[int, int]]) -> None:
    spans = sorted((float(start), float(start + long)) for start, long in placed)
    rows = label_rows(spans)
    for row in set(rows):
        own = [span for span, number in zip(spans, rows, strict=True) if number == row]
        assert all(before[1] < after[0] for before, after in pairwise(own))


def test_the_timeline_places_steps_by_their_day() -> None:
    picture = parse(
        timeline([mark(-3), mark(10), mark(45)], label="Three steps", due_text="Due", today=5, today_text="Today")
    )
    low, high = -7, 50
    expected = [round(24 + (day - low) / (high - low) * 952, 2) for day in (-3, 10, 45)]
    assert [float(circle.attrib["cx"]) for circle in picture.iter(f"{SVG}circle")] == pytest.approx(expected)
    assert picture.attrib["role"] == "img"
    assert picture.attrib["aria-label"] == "Three steps"


def test_the_timeline_grows_with_late_and_early_steps() -> None:
    picture = parse(timeline([mark(-20), mark(90)], label="x", due_text="Due"))
    xs = [float(circle.attrib["cx"]) for circle in picture.iter(f"{SVG}circle")]
    assert xs == pytest.approx([round(24 + 4 / 119 * 952, 2), round(24 + 114 / 119 * 952, 2)])


def test_an_empty_timeline_is_still_a_picture() -> None:
    assert parse(timeline([], label="No steps", due_text="Due")).attrib["aria-label"] == "No steps"


def test_attack_A47_tenant_text_in_a_chart_is_text() -> None:
    evil = '"><script>alert(1)</script>'
    picture = timeline([mark(1, label=evil, detail=evil)], label=evil, due_text=evil, today=0, today_text=evil)
    assert "<script" not in picture
    assert not list(parse(picture).iter(f"{SVG}script"))
