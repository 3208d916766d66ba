"""A word beside a number in the plural of the mail's language; forms a text leaves out fall back to the last one."""

from dataclasses import replace

import pytest

from plugin.services.texts.fillings import fillings
from plugin.services.texts.liquid import check_text, fill
from tests.unit.services.texts.samples import everything, invoice, values

FORMS = "{{ count }} {{ count | plural: one: 'faktura', few: 'faktury', many: 'faktur', other: 'faktury' }}"


@pytest.mark.parametrize(
    ("count", "told"), [(2, "faktury"), (4, "faktury"), (5, "faktur"), (12, "faktur"), (22, "faktury"), (25, "faktur")]
)
def test_polish_counts_two_to_four_apart_from_five_on(count: int, told: str) -> None:
    several = values(*(invoice(f"F/{place}") for place in range(count)))
    assert fill(FORMS, fillings(several, "pl")) == f"{count} {told}"


def test_a_form_that_is_not_there_is_the_other_one() -> None:
    source = "{{ instalment_count | plural: one: 'rata', other: 'raty' }}"
    check_text(source, field="body")
    given = everything()
    assert given.instalment is not None
    assert fill(source, fillings(given, "pl")) == "raty"
    single = replace(given, instalment=replace(given.instalment, count=1))
    assert fill(source, fillings(single, "pl")) == "rata"


def test_days_have_their_form_too() -> None:
    source = "{{ days_late }} {{ days_late | plural: one: 'den', few: 'dny', other: 'dní' }}"
    told = [fill(source, fillings(values(invoice(late=days)), "cs")) for days in (1, 3, 14)]
    assert told == ["1 den", "3 dny", "14 dní"]
