"""What stands on a line: the text of each grouping, clean and in natural order."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.draft import build_draft
from plugin.domain.billing.grouping import Grouping, Labels, Wording, clean_text, natural_order
from tests.unit.domain.billing.samples import TODAY, fact, rules

FACTS = [
    fact("1", issue="AB-10", summary="Search", author="anna", day=date(2026, 11, 2), epic="AB-1"),
    fact("2", issue="AB-2", summary="Login", author="ben", day=date(2026, 11, 9), epic="AB-1"),
    fact("3", issue="AB-2", summary="Login", author="cleo", day=date(2026, 11, 9)),
]
LABELS = Labels(people={"anna": "Anna A.", "ben": "Ben B."}, epics={"AB-1": "Shop"})
ROLES = {"anna": ("developer",), "ben": ("developer", "lead")}


@pytest.mark.parametrize(
    ("grouping", "texts"),
    [
        (Grouping.ISSUE, ["AB-2 Login", "AB-10 Search"]),
        (Grouping.EPIC, ["Other work", "AB-1 Shop"]),
        (Grouping.PERSON, ["Anna A.", "Ben B.", "Team member"]),
        (Grouping.ROLE, ["Services", "developer"]),
        (Grouping.DAY, ["Services on 2026-11-02", "Services on 2026-11-09"]),
        (Grouping.WEEK, ["Services in week 45 of 2026", "Services in week 46 of 2026"]),
        (Grouping.WORKLOG, ["AB-10 Search (2026-11-02)", "AB-2 Login (2026-11-09)", "AB-2 Login (2026-11-09)"]),
        (Grouping.ONE_LINE, ["Services from 2026-11-02 to 2026-11-09"]),
    ],
)
def test_every_grouping_has_its_lines_and_texts(grouping: Grouping, texts: list[str]) -> None:
    draft = build_draft(FACTS, rules=rules(grouping=grouping, labels=LABELS, roles=ROLES), today=TODAY)
    assert [line.description for line in draft.lines] == texts
    assert sum(line.quantity for line in draft.lines) == 300


def test_words_come_in_the_client_s_language() -> None:
    german = Labels(wording=Wording(week="Leistungen KW {week}/{year}"))
    draft = build_draft(FACTS[:1], rules=rules(grouping=Grouping.WEEK, labels=german), today=TODAY)
    assert draft.lines[0].description == "Leistungen KW 45/2026"


def test_iso_weeks_of_new_year_belong_to_their_own_year() -> None:
    new_year = fact(day=date(2027, 1, 1))
    draft = build_draft([new_year], rules=rules(grouping=Grouping.WEEK), today=date(2027, 1, 2))
    assert draft.lines[0].description == "Services in week 53 of 2026"


@given(st.text(st.characters(exclude_categories=())))
def test_descriptions_carry_nothing_that_xml_or_pdf_refuses(text: str) -> None:
    cleaned = clean_text(text)
    assert all(char.isprintable() or ord(char) > 0x9F for char in cleaned)
    assert not set(cleaned) & {"\ud800", "\ufffe", "\uffff", "\u2028", "\n", "\r", "\x00"}
    cleaned.encode("utf-8")
    assert clean_text(cleaned) == cleaned


def test_jira_summaries_with_control_characters_stay_readable() -> None:
    assert clean_text("  Fix\x0bthe\r\n login\x00 ") == "Fix the login"


@given(st.lists(st.integers(0, 10**6), unique=True))
def test_issue_keys_sort_by_number(numbers: list[int]) -> None:
    keys = [f"AB-{number}" for number in numbers]
    assert sorted(keys, key=natural_order) == [f"AB-{number}" for number in sorted(numbers)]
