"""What a draft lacks before issue: every gap has a field and a sentence."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from plugin.domain.billing.content import draft_gaps, draft_warnings
from plugin.domain.billing.draft import Draft, build_draft
from plugin.domain.billing.tax import TaxCategory, TaxRate, TaxRules
from plugin.domain.billing.totals import Adjustment, AdjustmentKind
from plugin.domain.billing.worklogs import WorklogFact
from tests.unit.domain.billing.samples import STANDARD, TODAY, fact, rules

DUE = TODAY + timedelta(days=30)
REVERSE = TaxRate(TaxCategory.REVERSE_CHARGE, 0)
OUTSIDE = TaxRate(TaxCategory.OUTSIDE_SCOPE, 0)


def draft(*facts: WorklogFact, tax: TaxRate = STANDARD, adjustments: tuple[Adjustment, ...] = ()) -> Draft:
    return build_draft(facts, rules=rules(tax=TaxRules(tax)), today=TODAY, adjustments=adjustments)


def fields(subject: Draft, *, issue_date: date = TODAY, due_date: date | None = DUE, terms_note: str = "") -> list[str]:
    return [gap.field for gap in draft_gaps(subject, issue_date=issue_date, due_date=due_date, terms_note=terms_note)]


def test_a_complete_draft_has_no_gap() -> None:
    assert fields(draft(fact())) == []


def test_law_L25_a_jira_key_is_no_description() -> None:
    (gap,) = draft_gaps(draft(fact(summary="")), issue_date=TODAY, due_date=DUE)
    assert (gap.field, "AB-1" in gap.sentence) == ("lines.1.description", True)
    assert fields(draft(fact(summary="\x00"))) == ["lines.1.description"]


def test_nothing_to_bill_is_a_gap() -> None:
    assert fields(draft()) == ["lines"]


def test_a_line_that_does_not_multiply_out_is_a_gap() -> None:
    good = draft(fact(seconds=3000))
    (line,) = good.lines
    assert fields(replace(good, lines=(replace(line, amount=8_333),))) == ["lines.1.amount"]
    assert fields(replace(good, lines=(replace(line, price=0, amount=0),))) == ["lines.1.price"]
    assert fields(replace(good, lines=(replace(line, description=" "),))) == ["lines.1.description"]


def test_work_after_the_issue_date_is_a_gap() -> None:
    assert fields(draft(fact(day=TODAY)), issue_date=TODAY - timedelta(days=1)) == ["period"]


@pytest.mark.parametrize(
    ("due", "note", "expected"),
    [
        (None, "", ["due_date"]),
        (None, "Payable on receipt", []),
        (TODAY - timedelta(days=1), "", ["due_date"]),
        (TODAY, "", []),
    ],
)
def test_what_is_due_needs_a_date_or_terms(due: date | None, note: str, expected: list[str]) -> None:
    assert fields(draft(fact()), due_date=due, terms_note=note) == expected


def test_an_amount_due_of_zero_needs_no_due_date() -> None:
    paid = build_draft([fact()], rules=rules(), today=TODAY, prepaid=11_900)
    assert paid.totals.due == 0
    assert fields(paid, due_date=None) == []


def test_law_L28_reverse_charge_needs_its_reason() -> None:
    abroad = draft(fact(), tax=REVERSE)
    assert fields(abroad) == ["tax"]
    reasons = {TaxCategory.REVERSE_CHARGE: "Reverse charge"}
    assert draft_gaps(abroad, issue_date=TODAY, due_date=DUE, exemption_reasons=reasons) == ()


def test_law_L14_outside_the_scope_stands_alone() -> None:
    mixed = draft(fact(), adjustments=(Adjustment(AdjustmentKind.CHARGE, 4_000, OUTSIDE, "Fixed sum"),))
    gaps = draft_gaps(mixed, issue_date=TODAY, due_date=DUE, exemption_reasons={TaxCategory.OUTSIDE_SCOPE: "None"})
    assert [gap.sentence for gap in gaps] == ["What is outside the scope of tax needs an invoice of its own (BR-O-11)."]


def test_time_left_out_is_counted_by_reason() -> None:
    subject = draft(
        fact("1"),
        fact("2", seconds=108_000),
        fact("3", author=None, seconds=1800),
        fact("4", day=None),
        fact("5", day=None),
        fact("6", seconds=0),
    )
    assert [gap.sentence for gap in draft_warnings(subject)] == [
        "1 worklogs (30.00 h) longer than 24 h that nobody confirmed; confirm or correct them.",
        "2 worklogs (2.00 h) without a start; give them one in Jira.",
        "1 worklogs (0.50 h) without an author; log them again under a person.",
    ]
