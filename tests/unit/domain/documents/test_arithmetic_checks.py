"""I7: the figures on the paper agree. The oracle is ``Decimal`` and shares nothing with the product's integers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.documents.checks import check
from plugin.domain.documents.model import DocumentKind, Line, Payment, Preceding
from tests.samples.documents import invoice, line, rounded

rates = st.sampled_from([700, 900, 1900, 2000, 770, 1])
rows = st.lists(st.tuples(st.integers(-100_000, 1_000_000), st.integers(0, 10_000_000), rates), min_size=1, max_size=12)


def lines_from(values: Sequence[tuple[int, int, int]]) -> list[Line]:
    return [
        line(position, "Support", quantity, price, tax_basis_points=rate)
        for position, (quantity, price, rate) in enumerate(values, start=1)
    ]


def fields(document_findings: Sequence[object]) -> set[str]:
    return {getattr(finding, "field", "") for finding in document_findings}


@given(rows, st.integers(0, 10_000_000))
def test_invariant_I7_right_sums_give_no_finding(values: list[tuple[int, int, int]], prepaid: int) -> None:
    assert check(invoice(lines_from(values), prepaid=prepaid)) == []


@given(rows, st.data())
def test_invariant_I7_a_line_off_by_one_unit_is_found(values: list[tuple[int, int, int]], data: st.DataObject) -> None:
    document = invoice(lines_from(values))
    index = data.draw(st.integers(0, len(values) - 1))
    wrong = replace(document.lines[index], amount_minor=document.lines[index].amount_minor + 1)
    broken = replace(document, lines=(*document.lines[:index], wrong, *document.lines[index + 1 :]))
    assert f"lines[{index}].amount_minor" in fields(check(broken))


@given(rows, st.sampled_from(["net_minor", "tax_minor", "gross_minor", "due_minor"]), st.sampled_from([-1, 1]))
def test_invariant_I7_a_total_off_by_one_unit_is_found(
    values: list[tuple[int, int, int]], name: str, error: int
) -> None:
    document = invoice(lines_from(values))
    said = getattr(document.totals, name) + error
    broken = replace(document, totals=replace(document.totals, **{name: said}))
    assert f"totals.{name}" in fields(check(broken))


@given(rows)
def test_law_L32_tax_is_rounded_once_for_each_rate(values: list[tuple[int, int, int]]) -> None:
    document = invoice(lines_from(values))
    for rate in {rate for _, _, rate in values}:
        amounts = [Decimal(quantity) * price / 100 for quantity, price, own in values if own == rate]
        base = sum(rounded(amount) for amount in amounts)
        row = next(row for row in document.tax_lines if row.basis_points == rate)
        assert row.tax_minor == rounded(Decimal(base) * rate / 10_000)
    assert check(document) == []


def test_law_L32_three_thirds_at_19_percent_are_taxed_19_00() -> None:
    document = invoice([line(n, "Support", 100, price) for n, price in enumerate((3333, 3333, 3334), start=1)])
    assert document.totals.tax_minor == 1900
    assert check(document) == []
    per_line = replace(document.tax_lines[0], tax_minor=1899)
    assert "tax_lines[0].tax_minor" in fields(check(replace(document, tax_lines=(per_line,))))


def test_law_L30_a_tie_is_rounded_up() -> None:
    assert check(invoice([line(1, "Support", 75, 9550, amount_minor=7163)])) == []
    assert "lines[0].amount_minor" in fields(check(invoice([line(1, "Support", 75, 9550, amount_minor=7162)])))


def test_law_L34_a_printed_0_83_h_at_100_is_83_00_and_nothing_else() -> None:
    found = check(invoice([line(1, "Support", 83, 10_000, amount_minor=8333)]))
    assert found[0].field == "lines[0].amount_minor"
    assert found[0].rule == "I7"


def test_rule_BR_CO_18_a_missing_double_or_foreign_group_is_found() -> None:
    document = invoice()
    rows = document.tax_lines
    for broken in ((), (*rows, *rows), (replace(rows[0], basis_points=700),)):
        assert "tax_lines" in fields(check(replace(document, tax_lines=broken)))


def test_law_L35_rounding_and_prepayment_enter_the_amount_due() -> None:
    document = invoice([line(1, "Support", 100, 69_173, tax_basis_points=100)], prepaid=20_000)
    cash = replace(document.totals, rounding_minor=2, due_minor=document.totals.due_minor + 2)
    assert check(replace(document, totals=cash)) == []
    assert "totals.due_minor" in fields(check(replace(document, totals=replace(cash, rounding_minor=0))))


def test_payments_that_do_not_sum_to_the_prepaid_amount_are_found() -> None:
    document = invoice(prepaid=5_000)
    short = (Payment(received_on=date(2026, 10, 20), amount_minor=4_999),)
    assert "totals.prepaid_minor" in fields(check(replace(document, payments=short)))


def test_law_L38_a_credit_note_says_positive_amounts() -> None:
    negative = invoice(
        [line(1, "Support", -200, 10_000)],
        kind=DocumentKind.CREDIT_NOTE,
        preceding=Preceding(number="INV-2026-0042"),
    )
    assert "totals.gross_minor" in fields(check(negative))
    positive = invoice([line(1, "Support", 200, 10_000)], kind=DocumentKind.CREDIT_NOTE, preceding=negative.preceding)
    assert positive.totals.gross_minor == 23_800
    assert check(positive) == []


@pytest.mark.parametrize("exponent", [0, 2, 3])
def test_amounts_are_minor_units_whatever_the_exponent(exponent: int) -> None:
    assert check(invoice(exponent=exponent)) == []
