"""Mandatory content: who, whom, what, how to pay (L25; VAT Directive art. 226; EN 16931 BR rules)."""

import re
from collections.abc import Iterator

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import Address, DocumentKind, InvoiceDocument, Line

ISSUE_KEY = re.compile(r"[A-Z][A-Z0-9_]+-[0-9]+")
COUNTRY = re.compile(r"[A-Z]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
VAT_ID = re.compile(r"[A-Z]{2}[0-9A-Za-z+*.\- ]{2,20}")


def check_content(document: InvoiceDocument) -> Iterator[Finding]:
    """Findings on missing or misshapen content."""
    yield from _seller(document)
    yield from _buyer(document)
    yield from _lines(document)
    yield from _adjustments(document)
    yield from _reference(document)
    yield from _presentation(document)


def _seller(document: InvoiceDocument) -> Iterator[Finding]:
    seller = document.seller
    if not seller.name.strip():
        yield Finding("seller.name", "The company name is missing. Enter it in the company profile.", "BR-06")
    yield from _address(
        seller.address,
        field="seller.address",
        whose="your company",
        where="company profile",
        rules=("BR-08", "BR-09"),
    )
    if seller.vat_id and not VAT_ID.fullmatch(seller.vat_id):
        sentence = (
            f"Your VAT id “{seller.vat_id}” must begin with the country's two letters (Greece: EL). "
            "Correct it in the company profile."
        )
        yield Finding("seller.vat_id", sentence, "BR-CO-09")
    if _is_taxed(document) and not (seller.vat_id or seller.tax_number):
        sentence = "Your VAT id or tax number is missing. Enter it in the company profile."
        yield Finding("seller.vat_id", sentence, "BR-S-02")
    elif document.kind is not DocumentKind.DEBIT_NOTE and not (
        seller.vat_id or seller.tax_number or seller.registration
    ):
        sentence = (
            "Your company has no VAT id, tax number or registration number. Enter one of them in the company profile."
        )
        yield Finding("seller.registration", sentence, "BR-CO-26")


def _is_taxed(document: InvoiceDocument) -> bool:
    return any(line.tax_category is not TaxCategory.OUTSIDE_SCOPE for line in document.lines)


def _buyer(document: InvoiceDocument) -> Iterator[Finding]:
    buyer = document.buyer
    if not buyer.name.strip():
        yield Finding("buyer.name", "The client has no name. Enter it on the client's page.", "BR-07")
    yield from _address(
        buyer.address,
        field="buyer.address",
        whose="the client",
        where="client's page",
        rules=("BR-10", "BR-11"),
    )
    if buyer.vat_id and not VAT_ID.fullmatch(buyer.vat_id):
        sentence = (
            f"The client's VAT id “{buyer.vat_id}” must begin with the country's two letters (Greece: EL). "
            "Correct it on the client's page."
        )
        yield Finding("buyer.vat_id", sentence, "BR-CO-09")


def _address(address: Address, *, field: str, whose: str, where: str, rules: tuple[str, str]) -> Iterator[Finding]:
    if not any(part.strip() for part in (*address.lines, address.city)):
        yield Finding(field, f"The address of {whose} is missing. Enter street and city on the {where}.", rules[0])
    if not COUNTRY.fullmatch(address.country):
        given = f"is “{address.country}”" if address.country else "is missing"
        sentence = f"The country of {whose} {given}. Choose a country on the {where} (two letters, such as DE)."
        yield Finding(f"{field}.country", sentence, rules[1])


def _lines(document: InvoiceDocument) -> Iterator[Finding]:
    if not document.lines:
        yield Finding("lines", "There is no line. Add at least one service before issuing.", "BR-16")
    seen: set[int] = set()
    for index, line in enumerate(document.lines):
        yield from _line(line, f"lines[{index}]", line.position)
        if line.position in seen:
            sentence = f"Position {line.position} occurs twice. Number the lines anew."
            yield Finding(f"lines[{index}].position", sentence, "BR-21")
        seen.add(line.position)


def _adjustments(document: InvoiceDocument) -> Iterator[Finding]:
    for index, item in enumerate(document.adjustments):
        if not item.reason.strip():
            sentence = "A discount or surcharge has no reason. Say what it is for."
            yield Finding(f"adjustments[{index}].reason", sentence, "BR-33")
        if item.amount_minor <= 0:
            sentence = f"“{item.reason}” is not above zero. Choose discount or surcharge and enter a positive amount."
            yield Finding(f"adjustments[{index}].amount_minor", sentence, "BR-31")


def _line(line: Line, field: str, position: int) -> Iterator[Finding]:
    words = line.description.strip()
    if not words:
        sentence = f"Line {position} has no description. Say which service was rendered."
        yield Finding(f"{field}.description", sentence, "BR-25")
    elif ISSUE_KEY.fullmatch(words):
        sentence = f"Line {position} says only “{words}”. A Jira key is no description of a service; add what was done."
        yield Finding(f"{field}.description", sentence, "art. 226 (6)")
    if line.unit_price_minor < 0:
        sentence = f"Line {position} has a negative unit price. Use a negative quantity for a deduction."
        yield Finding(f"{field}.unit_price_minor", sentence, "BR-27")


def _reference(document: InvoiceDocument) -> Iterator[Finding]:
    if document.number is not None and not document.number.strip():
        sentence = "The number is empty. It is given when the document is issued; leave it out until then."
        yield Finding("number", sentence, "BR-02")
    preceding = document.preceding
    if document.kind is DocumentKind.CREDIT_NOTE and (preceding is None or not preceding.number.strip()):
        sentence = "The credit note names no invoice. Choose the invoice that it corrects."
        yield Finding("preceding.number", sentence, "BR-55")
    if document.kind is DocumentKind.DEBIT_NOTE and (preceding is None or not preceding.number.strip()):
        sentence = "The debit note names no invoice. Choose the invoice that was paid late."
        yield Finding("preceding.number", sentence, "L14")
    if document.kind is DocumentKind.RECEIPT and not document.payments:
        yield Finding("payments", "The receipt names no payment. Record the payment first.", "F08")


def _presentation(document: InvoiceDocument) -> Iterator[Finding]:
    if not CURRENCY.fullmatch(document.currency):
        yield Finding("currency", f"“{document.currency}” is no currency code. Choose one such as EUR.", "BR-05")
    if not 0 <= document.exponent <= 4:
        sentence = f"{document.exponent} decimals do not exist in any currency of ISO 4217 (0 to 4)."
        yield Finding("exponent", sentence, "BR-05")
    if not COLOUR.fullmatch(document.brand.colour):
        sentence = (
            f"“{document.brand.colour}” is no colour. Enter six hexadecimal digits such as #1d4ed8 in the "
            "brand settings."
        )
        yield Finding("brand.colour", sentence, "F47")
    if document.jira_base_url and not document.jira_base_url.startswith(("https://", "http://")):
        yield Finding("jira_base_url", "The address of the Jira site must begin with https://.", "F47")
