"""What must stand on an invoice before it gets a number (L25, L28, L36), one broken field at a time."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.billing.totals import AdjustmentKind
from plugin.domain.documents.checks import Finding, check
from plugin.domain.documents.model import (
    Address,
    Adjustment,
    DocumentKind,
    InvoiceDocument,
    NationalTax,
    Period,
    Preceding,
    Terms,
)
from plugin.domain.documents.text_checks import clean_text, texts_of
from tests.samples.documents import days_later, invoice, line

Change = Callable[[InvoiceDocument], InvoiceDocument]


def seller(**values: object) -> Change:
    return lambda document: replace(document, seller=replace(document.seller, **values))  # type: ignore[arg-type]


def buyer(**values: object) -> Change:
    return lambda document: replace(document, buyer=replace(document.buyer, **values))  # type: ignore[arg-type]


def brand(colour: str) -> Change:
    return lambda document: replace(document, brand=replace(document.brand, colour=colour))


def whole(**values: object) -> Change:
    return lambda document: replace(document, **values)  # type: ignore[arg-type]


def reverse_charge() -> InvoiceDocument:
    rows = [line(1, "Support", 1000, 10_000, tax_category=TaxCategory.REVERSE_CHARGE, tax_basis_points=0)]
    return invoice(rows)


def rules(document: InvoiceDocument) -> dict[str, str]:
    return {finding.field: finding.rule for finding in check(document)}


def test_req_F32_a_complete_invoice_has_no_finding_with_or_without_number() -> None:
    assert check(invoice()) == []
    assert check(invoice(number=None)) == []


@pytest.mark.parametrize(
    ("field", "rule", "change"),
    [
        ("number", "BR-02", whole(number=" ")),
        ("seller.name", "BR-06", seller(name=" ")),
        ("seller.address", "BR-08", seller(address=Address(lines=(" ",), country="DE"))),
        ("seller.address.country", "BR-09", seller(address=Address(lines=("Kai 1",), country=""))),
        ("seller.address.country", "BR-09", seller(address=Address(lines=("Kai 1",), country="Germany"))),
        ("seller.vat_id", "BR-CO-09", seller(vat_id="136695976")),
        ("seller.vat_id", "BR-S-02", seller(vat_id="", tax_number="")),
        ("buyer.name", "BR-07", buyer(name="")),
        ("buyer.address", "BR-10", buyer(address=Address(country="IE"))),
        ("buyer.address.country", "BR-11", buyer(address=Address(city="Dublin"))),
        ("buyer.vat_id", "BR-CO-09", buyer(vat_id="12345")),
        ("lines", "BR-16", whole(lines=())),
        ("lines[0].description", "BR-25", whole(lines=(line(1, " ", 100, 100),))),
        ("lines[0].description", "art. 226 (6)", whole(lines=(line(1, "AB-12", 100, 100),))),
        ("lines[0].unit_price_minor", "BR-27", whole(lines=(line(1, "Support", 100, -100),))),
        ("lines[1].position", "BR-21", whole(lines=(line(1, "Support", 100, 1), line(1, "Again", 100, 1)))),
        ("lines[0].tax_basis_points", "BR-S-05", whole(lines=(line(1, "Support", 100, 100, tax_basis_points=0),))),
        ("currency", "BR-05", whole(currency="Euro")),
        ("exponent", "BR-05", whole(exponent=5)),
        ("brand.colour", "F47", brand("red")),
        ("brand.colour", "F47", brand('#000000"#panic()')),
        ("jira_base_url", "F47", whole(jira_base_url="javascript:alert(1)")),
        ("preceding.number", "BR-55", whole(kind=DocumentKind.CREDIT_NOTE)),
        ("preceding.number", "BR-55", whole(kind=DocumentKind.CREDIT_NOTE, preceding=Preceding(number=""))),
        ("payments", "F08", whole(kind=DocumentKind.RECEIPT)),
        ("due_date", "art. 226", whole(due_date=date(2026, 11, 1))),
        ("due_date", "BR-CO-25", whole(due_date=None, terms=Terms())),
        ("period.end", "BR-29", whole(period=Period(start=date(2026, 10, 2), end=date(2026, 10, 1)))),
    ],
)
def test_law_L25_each_missing_or_broken_field_is_named_with_its_rule(field: str, rule: str, change: Change) -> None:
    found = [finding for finding in check(change(invoice())) if finding.field == field]
    assert [finding.rule for finding in found] == [rule]
    assert found[0].sentence.endswith(".")
    assert len(found[0].sentence.split()) > 5


def test_bad_input_due_date_before_issue_date_names_both_days() -> None:
    document = invoice(due_date=days_later(invoice(), -1))
    (finding,) = check(document)
    assert "2026-11-01" in finding.sentence
    assert "2026-11-02" in finding.sentence
    assert check(replace(document, due_date=document.issue_date)) == []


def test_rule_BR_CO_25_nothing_due_needs_no_due_date() -> None:
    paid = invoice(prepaid=invoice().totals.gross_minor, due_date=None, terms=Terms())
    assert paid.totals.due_minor == 0
    assert check(paid) == []


@pytest.mark.parametrize("terms", [Terms(days=0), Terms(note="On receipt")])
def test_rule_BR_CO_25_terms_may_stand_for_the_due_date(terms: Terms) -> None:
    assert check(invoice(due_date=None, terms=terms)) == []


def test_law_L28_reverse_charge_whole() -> None:
    document = reverse_charge()
    assert document.totals.tax_minor == 0
    assert document.totals.due_minor == 100_000
    assert check(document) == []


def test_law_L28_reverse_charge_without_ids_of_both_sides_is_blocked() -> None:
    assert rules(buyer(vat_id="")(reverse_charge()))["buyer.vat_id"] == "BR-AE-02"
    assert rules(buyer(vat_id="", legal_id="IE-123456")(reverse_charge())) == {}
    assert "BR-AE-02" in {finding.rule for finding in check(seller(vat_id="", tax_number="")(reverse_charge()))}


def test_law_L28_reverse_charge_with_a_rate_or_without_its_text_is_blocked() -> None:
    rated = invoice([line(1, "Support", 1000, 10_000, tax_category=TaxCategory.REVERSE_CHARGE)])
    assert rules(rated)["lines[0].tax_basis_points"] == "BR-AE-05"
    silent = reverse_charge()
    silent = replace(silent, tax_lines=(replace(silent.tax_lines[0], exemption_reason=" "),))
    assert rules(silent)["tax_lines[0].exemption_reason"] == "BR-AE-10"


def test_law_L28_exactly_one_reverse_charge_row() -> None:
    document = reverse_charge()
    assert rules(replace(document, tax_lines=document.tax_lines * 2)) == {"tax_lines": "BR-CO-18"}


def discount(**changes: object) -> Adjustment:
    base = Adjustment(
        kind=AdjustmentKind.ALLOWANCE,
        reason="Framework discount 5 %",
        amount_minor=5_000,
        tax_category=TaxCategory.STANDARD,
        tax_basis_points=1900,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_discounts_and_surcharges_enter_net_and_breakdown() -> None:
    fee = discount(kind=AdjustmentKind.CHARGE, reason="Weekend work", amount_minor=700)
    document = invoice(adjustments=(discount(), fee))
    assert document.totals.net_minor == invoice().totals.net_minor - 4_300
    assert check(document) == []
    assert rules(replace(document, adjustments=(discount(),)))["totals.net_minor"] == "BR-CO-13"


def test_a_discount_has_a_reason_an_amount_and_a_fitting_rate() -> None:
    assert rules(invoice(adjustments=(discount(reason=" "),))) == {"adjustments[0].reason": "BR-33"}
    assert rules(invoice(adjustments=(discount(amount_minor=0),))) == {"adjustments[0].amount_minor": "BR-31"}
    rated = discount(tax_category=TaxCategory.EXEMPT)
    assert rules(invoice(adjustments=(rated,))) == {"adjustments[0].tax_basis_points": "BR-E-05"}


UNTAXED = [item for item in TaxCategory if item.value in {"Z", "E", "AE", "K", "G", "O"}]


@pytest.mark.parametrize("category", UNTAXED)
def test_law_L36_categories_without_tax_carry_no_rate(category: TaxCategory) -> None:
    rated = invoice([line(1, "Support", 100, 100, tax_category=category)])
    assert "lines[0].tax_basis_points" in rules(rated)
    assert check(invoice([line(1, "Support", 100, 100, tax_category=category, tax_basis_points=0)])) == []


def test_rule_BR_O_11_outside_scope_stands_alone() -> None:
    outside = line(1, "Support", 100, 100, tax_category=TaxCategory.OUTSIDE_SCOPE, tax_basis_points=0)
    assert rules(invoice([outside, line(2, "Taxed", 100, 100)])) == {"lines": "BR-O-11"}
    plain = replace(invoice([outside]), seller=replace(invoice().seller, vat_id="", tax_number="", registration=""))
    assert rules(plain) == {"seller.registration": "BR-CO-26"}


def test_rule_BR_IC_intra_community_needs_ids_and_period() -> None:
    rows = [line(1, "Parts", 100, 100, tax_category=TaxCategory.INTRA_COMMUNITY, tax_basis_points=0)]
    assert rules(buyer(vat_id="")(invoice(rows))) == {"buyer.vat_id": "BR-IC-02"}
    assert rules(invoice(rows, period=None)) == {"period": "BR-IC-11"}


def test_law_L27_national_tax_is_in_another_currency() -> None:
    national = NationalTax(currency="EUR", exponent=2, tax_minor=16372, rate="1.1605", rate_date=date(2026, 10, 30))
    assert check(invoice(currency="USD", national_tax=national)) == []
    assert rules(invoice(national_tax=national)) == {"national_tax.currency": "PEPPOL-EN16931-R005"}


@pytest.mark.parametrize("character", ["\x00", "\x07", "\r", "\x7f", "\x85", "\ud800", "\uffff", "\u202e", "\u2066"])
def test_attack_A66_control_characters_are_named_by_field_and_code(character: str) -> None:
    (finding,) = check(invoice([line(1, f"ab{character}c", 100, 100)]))
    assert finding == Finding("lines[0].description", finding.sentence, "XML 1.0")
    assert f"U+{ord(character):04X} at place 3" in finding.sentence


@given(st.text())
def test_cleaned_text_has_nothing_to_find(text: str) -> None:
    found = [item for item in check(invoice(introduction=clean_text(text))) if item.field == "introduction"]
    assert found == []


def test_cleaning_keeps_words_line_ends_and_joiners() -> None:
    assert clean_text("a\r\nb\rc\u2028d\te\u200df") == "a\nb\nc\nd\te\u200df"
    assert clean_text("invoice\u202efdp.exe") == "invoicefdp.exe"


def test_every_text_of_the_model_is_looked_at() -> None:
    paths = dict(texts_of(invoice()))
    assert paths["seller.address.lines[0]"] == "Speicherstraße 14"
    assert paths["lines[0].issue_keys[1]"] == "SHOP-121"
    named = {entry.name for entry in fields(InvoiceDocument)}
    assert {path.split(".")[0].split("[")[0] for path in paths} <= named
