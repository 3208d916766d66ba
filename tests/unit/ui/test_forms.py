"""Reading forms by type, and showing them again."""

from datetime import date, time

import msgspec
import pytest
from flask import Flask

from plugin.domain.errors import InvalidInput
from plugin.ui.forms import Failed, Forms, read_form


class Sample(msgspec.Struct):
    """One member of each kind."""

    name: str
    day: date
    count: int
    until: date | None = None
    at: time | None = None
    on: bool = False
    note: str = "none"


FULL = {"name": "x", "day": "2026-12-31", "count": "3", "at": "08:30", "on": "on", "note": "n", "extra": "ignored"}


def read(form: dict[str, str]) -> Sample:
    with Flask("forms").test_request_context(method="POST", data=form):
        return read_form(Sample)


def test_members_are_read_by_their_types() -> None:
    assert read(FULL) == Sample(
        name="x", day=date(2026, 12, 31), count=3, at=time(8, 30), on=True, note="n", until=None
    )


def test_an_empty_field_is_its_default_and_a_box_not_ticked_is_no() -> None:
    sample = read({"name": "", "day": " 2026-12-31 ", "count": "0", "until": "", "at": ""})
    assert (sample.name, sample.until, sample.at, sample.on, sample.note) == ("", None, None, False, "")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("day", "", "Fill this in"),
        ("day", "31.12.2026", "Enter a day"),
        ("until", "2026-02-30", "Enter a day"),
        ("at", "25:00", "time of day"),
        ("count", "three", "whole number"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_field(field: str, value: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refusal:
        read(FULL | {field: value})
    assert refusal.value.field == field


def test_a_refused_form_comes_back_with_what_was_typed() -> None:
    failed = Failed(form="pay", typed={"amount": "ten", "secret": "x"}, errors={"amount": "No number.", "": "Sorry."})
    forms = Forms(failed)
    shown = forms("pay", {"amount": "10.00", "note": "default"})
    assert dict(shown.values) == {"amount": "ten", "note": ""}
    assert shown.open
    assert shown.errors["amount"] == "No number."
    assert shown.remarks == ["Sorry."]
    assert shown.id("amount") == "pay-amount"
    other = forms("hold", {"reason": "r"})
    assert (dict(other.values), other.open, other.remarks) == ({"reason": "r"}, False, [])
    assert shown.key != other.key


def test_after_a_conflict_the_newest_values_are_shown() -> None:
    shown = Forms(Failed(form="client", typed={}, errors={"": "Changed meanwhile."}))("client", {"name": "New name"})
    assert dict(shown.values) == {"name": "New name"}
    assert shown.open
