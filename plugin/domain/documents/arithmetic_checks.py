"""The sums on the paper agree to the minor unit (I7; EN 16931 BR-CO-10 to BR-CO-17)."""

from collections.abc import Iterator
from fractions import Fraction

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import DocumentKind, InvoiceDocument
from plugin.domain.money import half_up


def check_arithmetic(document: InvoiceDocument) -> Iterator[Finding]:
    """Findings wherever a printed amount is not what the printed figures beside it give."""
    yield from _lines(document)
    yield from _breakdown(document)
    yield from _totals(document)


def _lines(document: InvoiceDocument) -> Iterator[Finding]:
    for index, line in enumerate(document.lines):
        product = half_up(Fraction(line.quantity_hundredths * line.unit_price_minor, 100))
        if line.amount_minor != product:
            sentence = (
                f"Line {line.position}: quantity × price is {product}, but the line says "
                f"{line.amount_minor} (minor units)."
            )
            yield Finding(f"lines[{index}].amount_minor", sentence, "I7")


def _breakdown(document: InvoiceDocument) -> Iterator[Finding]:
    bases: dict[tuple[TaxCategory, int], int] = {}
    amounts = [(line.tax_category, line.tax_basis_points, line.amount_minor) for line in document.lines]
    amounts += [(item.tax_category, item.tax_basis_points, item.signed_minor) for item in document.adjustments]
    for category, basis_points, amount in amounts:
        bases[category, basis_points] = bases.get((category, basis_points), 0) + amount
    given = [(row.category, row.basis_points) for row in document.tax_lines]
    if sorted(given) != sorted(bases):
        sentence = "The tax breakdown does not have exactly one row for each tax category and rate of the lines."
        yield Finding("tax_lines", sentence, "BR-CO-18")
        return
    for index, row in enumerate(document.tax_lines):
        base = bases[(row.category, row.basis_points)]
        if row.base_minor != base:
            sentence = (
                f"The lines taxed at {row.basis_points / 100:g} % sum to {base}, but the breakdown says "
                f"{row.base_minor}."
            )
            yield Finding(f"tax_lines[{index}].base_minor", sentence, "BR-S-08")
        tax = half_up(Fraction(row.base_minor * row.basis_points, 10_000))
        if row.tax_minor != tax:
            sentence = (
                f"{row.basis_points / 100:g} % of {row.base_minor} is {tax}, but the breakdown says {row.tax_minor}."
            )
            yield Finding(f"tax_lines[{index}].tax_minor", sentence, "BR-CO-17")


def _totals(document: InvoiceDocument) -> Iterator[Finding]:
    totals = document.totals
    lines = sum(line.amount_minor for line in document.lines)
    net = lines + sum(item.signed_minor for item in document.adjustments)
    expected = (
        ("net_minor", totals.net_minor, net, "BR-CO-13"),
        ("tax_minor", totals.tax_minor, sum(row.tax_minor for row in document.tax_lines), "BR-CO-14"),
        ("gross_minor", totals.gross_minor, totals.net_minor + totals.tax_minor, "BR-CO-15"),
        ("due_minor", totals.due_minor, totals.gross_minor - totals.prepaid_minor + totals.rounding_minor, "BR-CO-16"),
    )
    for name, said, computed, rule in expected:
        if said != computed:
            label = name.removesuffix("_minor")
            yield Finding(f"totals.{name}", f"The {label} total says {said}, but the figures give {computed}.", rule)
    received = sum(payment.amount_minor for payment in document.payments)
    if document.payments and received != totals.prepaid_minor:
        sentence = f"The payments listed sum to {received}, but {totals.prepaid_minor} is deducted as already paid."
        yield Finding("totals.prepaid_minor", sentence, "BR-CO-16")
    if document.kind is DocumentKind.CREDIT_NOTE and totals.gross_minor < 0:
        yield Finding("totals.gross_minor", "A credit note says positive amounts. Turn the signs of the lines.", "L38")
