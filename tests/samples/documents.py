"""Documents of a believable service company. Sums are made with ``Decimal``, apart from the product's arithmetic."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.billing.totals import AdjustmentKind
from plugin.domain.documents.model import (
    Address,
    Adjustment,
    Brand,
    Buyer,
    DocumentKind,
    InvoiceDocument,
    Language,
    Line,
    Payment,
    Period,
    Seller,
    TaxLine,
    Terms,
    Totals,
    Unit,
)
from plugin.services.billing.exemptions import exemption_text

SELLER = Seller(
    name="Nordlicht Service GmbH",
    address=Address(lines=("Speicherstraße 14",), postcode="20457", city="Hamburg", country="DE"),
    vat_id="DE136695976",
    tax_number="22/815/08150",
    registration="Amtsgericht Hamburg, HRB 123456",
    contact_name="Ines Petersen",
    email="rechnung@nordlicht.example",
    phone="+49 40 555 0123",
    website="nordlicht.example",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    bank_name="Commerzbank",
    footer="Geschäftsführung: Ines Petersen, Jonas Brandt",
)
BUYER = Buyer(
    name="Kowalski & Daughters Ltd",
    address=Address(
        lines=("Unit 7, Harbour Works", "12 Quay Street"), postcode="D02 XK81", city="Dublin", country="IE"
    ),
    contact_name="Aoife Brennan",
    vat_id="IE6388047V",
    reference="PO 4500017723",
)
WORK = (
    ("Checkout: address validation rebuilt", ("SHOP-118", "SHOP-121"), "Form, server rules and tests", 1275, 9500),
    ("Search results load in under a second", ("SHOP-97",), "", 825, 9500),
    ("Workshop on the release process", ("OPS-14",), "Half a day on site, notes in the wiki", 400, 12000),
    ("Monitoring: alerts for the payment service", ("OPS-22", "OPS-25", "OPS-31"), "", 550, 11000),
)


def line(position: int, description: str, quantity: int, price: int, **changes: object) -> Line:
    """One line with its amount computed; taxed at 19 % unless told otherwise."""
    base = Line(
        position=position,
        description=description,
        quantity_hundredths=quantity,
        unit=Unit.HOUR,
        unit_price_minor=price,
        amount_minor=rounded(Decimal(quantity) * price / 100),
        tax_category=TaxCategory.STANDARD,
        tax_basis_points=1900,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def work_lines(count: int = 4) -> tuple[Line, ...]:
    """``count`` lines of work, repeating the same four."""
    chosen = (WORK[index % len(WORK)] for index in range(count))
    return tuple(
        line(position, what, quantity, price, issue_keys=keys, detail=detail)
        for position, (what, keys, detail, quantity, price) in enumerate(chosen, start=1)
    )


def invoice(
    lines: Iterable[Line] | None = None,
    *,
    adjustments: tuple[Adjustment, ...] = (),
    prepaid: int = 0,
    **changes: object,
) -> InvoiceDocument:
    """An issued invoice whose breakdown and totals follow from its lines."""
    rows = work_lines() if lines is None else tuple(lines)
    language = changes.get("language", Language.EN)
    assert isinstance(language, Language)
    taxes = breakdown(rows, adjustments, language)
    net, tax = sum(row.base_minor for row in taxes), sum(row.tax_minor for row in taxes)
    base = InvoiceDocument(
        kind=DocumentKind.INVOICE,
        number="INV-2026-0042",
        issue_date=date(2026, 11, 2),
        due_date=date(2026, 11, 16),
        language=Language.EN,
        currency="EUR",
        exponent=2,
        seller=SELLER,
        buyer=BUYER,
        lines=rows,
        tax_lines=taxes,
        adjustments=adjustments,
        totals=Totals(
            net_minor=net, tax_minor=tax, gross_minor=net + tax, prepaid_minor=prepaid, due_minor=net + tax - prepaid
        ),
        payments=(Payment(received_on=date(2026, 10, 20), amount_minor=prepaid),) if prepaid else (),
        period=Period(start=date(2026, 10, 1), end=date(2026, 10, 31)),
        terms=Terms(days=14),
        project_name="Webshop",
        brand=Brand(colour="#0f766e"),
        jira_base_url="https://nordlicht.atlassian.net",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def breakdown(lines: Iterable[Line], adjustments: Iterable[Adjustment], language: Language) -> tuple[TaxLine, ...]:
    """One row for each category and rate."""
    bases: dict[tuple[TaxCategory, int], int] = {}
    for row in lines:
        bases.setdefault((row.tax_category, row.tax_basis_points), 0)
        bases[row.tax_category, row.tax_basis_points] += row.amount_minor
    for item in adjustments:
        bases.setdefault((item.tax_category, item.tax_basis_points), 0)
        sign = -1 if item.kind is AdjustmentKind.ALLOWANCE else 1
        bases[item.tax_category, item.tax_basis_points] += sign * item.amount_minor
    return tuple(
        TaxLine(
            category=category,
            basis_points=rate,
            base_minor=base,
            tax_minor=rounded(Decimal(base) * rate / 10_000),
            exemption_reason=exemption_text(category, language=language),
        )
        for (category, rate), base in bases.items()
    )


def rounded(value: Decimal) -> int:
    """Half up, ties away from zero."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def days_later(document: InvoiceDocument, days: int) -> date:
    """A civil day after (or before) the issue date."""
    return document.issue_date + timedelta(days=days)
