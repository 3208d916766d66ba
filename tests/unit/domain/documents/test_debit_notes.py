"""What a debit note must say and may not: outside the scope of VAT, no VAT ids, the invoice it is about (L14)."""

from dataclasses import replace

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.checks import check
from plugin.domain.documents.model import DocumentKind, InvoiceDocument, Preceding, TaxLine, Terms, Totals, Unit
from tests.samples.documents import invoice, line


def claimed(**changes: object) -> InvoiceDocument:
    """A debit note of 44.75 for an invoice of ours."""
    base = invoice()
    note = replace(
        base,
        kind=DocumentKind.DEBIT_NOTE,
        seller=replace(base.seller, vat_id=""),
        buyer=replace(base.buyer, vat_id=""),
        period=None,
        lines=(
            line(
                1,
                "Interest for late payment",
                100,
                4_475,
                unit=Unit.PIECE,
                tax_category=TaxCategory.OUTSIDE_SCOPE,
                tax_basis_points=0,
            ),
        ),
        tax_lines=(
            TaxLine(
                category=TaxCategory.OUTSIDE_SCOPE,
                basis_points=0,
                base_minor=4_475,
                tax_minor=0,
                exemption_reason="Not subject to VAT.",
            ),
        ),
        totals=Totals(net_minor=4_475, tax_minor=0, gross_minor=4_475, prepaid_minor=0, due_minor=4_475),
        payments=(),
        preceding=Preceding(number="INV-2026-0042"),
    )
    return replace(note, **changes)  # type: ignore[arg-type]


def rules(document: InvoiceDocument) -> set[str]:
    return {finding.rule for finding in check(document)}


def test_law_L14_a_debit_note_is_outside_the_scope_of_vat_and_names_its_invoice() -> None:
    assert check(claimed()) == []
    assert "L14" in rules(claimed(preceding=None))
    seller = replace(claimed().seller, vat_id="DE136695976")
    assert "BR-O-02" in rules(claimed(seller=seller))
    assert "BR-CO-25" in rules(claimed(due_date=None, terms=Terms()))


def test_law_L14_a_debit_note_with_a_taxed_line_is_refused() -> None:
    taxed = line(2, "Work", 100, 10_000)
    found = rules(claimed(lines=(*claimed().lines, taxed)))
    assert {"BR-O-11", "L14"} <= found
