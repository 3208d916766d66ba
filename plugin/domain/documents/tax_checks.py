"""Rules of the VAT categories: rates, reverse charge, reasons for not charging tax (L27, L28, L36)."""

from collections.abc import Iterator

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import DocumentKind, InvoiceDocument, TaxLine

NEEDS_REASON = {
    TaxCategory.EXEMPT: "BR-E-10",
    TaxCategory.REVERSE_CHARGE: "BR-AE-10",
    TaxCategory.INTRA_COMMUNITY: "BR-IC-10",
    TaxCategory.EXPORT: "BR-G-10",
    TaxCategory.OUTSIDE_SCOPE: "BR-O-10",
}


def check_tax(document: InvoiceDocument) -> Iterator[Finding]:
    """Findings on rates, exemption reasons and the ids that a category demands."""
    for index, line in enumerate(document.lines):
        field = f"lines[{index}].tax_basis_points"
        yield from _rate(line.tax_category, line.tax_basis_points, field, f"Line {line.position}")
    for index, item in enumerate(document.adjustments):
        field = f"adjustments[{index}].tax_basis_points"
        yield from _rate(item.tax_category, item.tax_basis_points, field, f"“{item.reason}”")
    for index, row in enumerate(document.tax_lines):
        yield from _reason(row, f"tax_lines[{index}].exemption_reason")
    yield from _parties(document)
    yield from _outside_scope(document)
    yield from _claimed(document)
    yield from _national(document)


def _rate(category: TaxCategory, basis_points: int, field: str, subject: str) -> Iterator[Finding]:
    if category is TaxCategory.STANDARD:
        if basis_points <= 0:
            sentence = f"{subject} is taxed at the standard category without a rate. Enter a rate above 0 %."
            yield Finding(field, sentence, "BR-S-05")
    elif basis_points != 0:
        sentence = (
            f"{subject} has category {category.value}, which carries no tax, and a rate of "
            f"{basis_points / 100:g} %. Set the rate to 0."
        )
        rule = "BR-AE-05" if category is TaxCategory.REVERSE_CHARGE else f"BR-{category.value}-05"
        yield Finding(field, sentence, rule)


def _reason(row: TaxLine, field: str) -> Iterator[Finding]:
    rule = NEEDS_REASON.get(row.category)
    if rule is not None and not row.exemption_reason.strip():
        sentence = (
            f"No tax is charged (category {row.category.value}), but the reason is missing. Enter the text "
            "to print, such as “Reverse charge”."
        )
        yield Finding(field, sentence, rule)


def _parties(document: InvoiceDocument) -> Iterator[Finding]:
    categories = _categories(document)
    buyer, seller = document.buyer, document.seller
    if TaxCategory.REVERSE_CHARGE in categories:
        if not (buyer.vat_id or buyer.legal_id):
            sentence = (
                "With reverse charge the client owes the tax, so its VAT id must stand on the invoice. "
                "Enter it on the client's page."
            )
            yield Finding("buyer.vat_id", sentence, "BR-AE-02")
        if not (seller.vat_id or seller.tax_number):
            sentence = "With reverse charge your VAT id must stand on the invoice. Enter it in the company profile."
            yield Finding("seller.vat_id", sentence, "BR-AE-02")
    if TaxCategory.INTRA_COMMUNITY in categories and not (buyer.vat_id and seller.vat_id):
        sentence = (
            "An intra-community supply needs the VAT ids of both sides. Enter them in the company profile "
            "and on the client's page."
        )
        yield Finding("buyer.vat_id", sentence, "BR-IC-02")


def _outside_scope(document: InvoiceDocument) -> Iterator[Finding]:
    categories = _categories(document)
    if TaxCategory.OUTSIDE_SCOPE in categories and len(categories) > 1:
        sentence = (
            "Lines outside the scope of VAT cannot stand on one invoice with others. Bill them on an "
            "invoice of their own."
        )
        yield Finding("lines", sentence, "BR-O-11")


def _claimed(document: InvoiceDocument) -> Iterator[Finding]:
    """A debit note is compensation outside the scope of VAT, and such a document carries no VAT ids (L14)."""
    if document.kind is not DocumentKind.DEBIT_NOTE:
        return
    if _categories(document) != {TaxCategory.OUTSIDE_SCOPE}:
        yield Finding("lines", "What the law gives for late payment bears no VAT. Set category O on each line.", "L14")
    if document.seller.vat_id or document.buyer.vat_id:
        yield Finding(
            "seller.vat_id", "A document outside the scope of VAT carries no VAT ids. Leave them out.", "BR-O-02"
        )


def _national(document: InvoiceDocument) -> Iterator[Finding]:
    national = document.national_tax
    if national is not None and national.currency == document.currency:
        sentence = "The tax is shown a second time in the same currency. Leave the national tax out."
        yield Finding("national_tax.currency", sentence, "PEPPOL-EN16931-R005")


def _categories(document: InvoiceDocument) -> set[TaxCategory]:
    lines = {line.tax_category for line in document.lines}
    return lines | {item.tax_category for item in document.adjustments}
