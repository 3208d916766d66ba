"""The invoice as PDF, warm, against Typst alone on the same page data."""

import json
from collections.abc import Iterator
from datetime import date

import typst

from bench.measure import Figure, in_turns
from plugin.documents.pdf.fonts import fonts
from plugin.documents.pdf.page import page_data
from plugin.documents.pdf.places import ENTRY, PACKAGES, TEMPLATES
from plugin.documents.renderer import TypstRenderer
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import (
    Address,
    Buyer,
    DocumentKind,
    InvoiceDocument,
    Language,
    Line,
    Period,
    Seller,
    TaxLine,
    Terms,
    Totals,
    Unit,
)

RATE = 1_900
SELLER = Seller(
    name="Seestern Software GmbH",
    address=Address(lines=("Speicherstraße 12",), postcode="20457", city="Hamburg", country="DE"),
    vat_id="DE136695976",
    email="billing@seestern.example",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    bank_name="Hafenbank",
)
BUYER = Buyer(
    name="Brandt & Partners GmbH",
    address=Address(lines=("Lindenallee 4",), postcode="50668", city="Köln", country="DE"),
)


def pdf_figures() -> Iterator[Figure]:
    """Each round renders another invoice number, so that nothing can be remembered whole."""
    yield _figure("PDF of 1 page, warm", lines=6, rounds=25, most=50)
    yield _figure("PDF of 600 lines, warm", lines=600, rounds=5)


def _figure(name: str, *, lines: int, rounds: int, most: float | None = None) -> Figure:
    renderer = TypstRenderer()
    documents = iter([invoice(lines, number) for number in range(100)])
    pages = iter([json.dumps(page_data(invoice(lines, number)), ensure_ascii=False) for number in range(100, 200)])
    compiler = typst.Compiler(
        input=str(ENTRY),
        root=str(TEMPLATES),
        font_paths=fonts(),
        package_path=str(PACKAGES),
        package_cache_path=str(PACKAGES),
    )

    def ours() -> object:
        return renderer.render(next(documents))

    def bare() -> object:
        return compiler.compile(format="pdf", sys_inputs={"data": next(pages)}, pdf_standards=["a-3a", "ua-1"])

    mine, other = in_turns(ours, bare, name="Typst alone", rounds=rounds)
    return Figure(name=name, unit="ms", ours=mine, other=other, most=most)


def invoice(lines: int, number: int) -> InvoiceDocument:
    """A believable document of that many lines."""
    net = 26_125 * lines
    tax = (net * RATE + 5_000) // 10_000
    return InvoiceDocument(
        kind=DocumentKind.INVOICE,
        number=f"INV-2026-{number:05}",
        issue_date=date(2026, 9, 1),
        due_date=date(2026, 9, 15),
        language=Language.EN,
        currency="EUR",
        exponent=2,
        seller=SELLER,
        buyer=BUYER,
        lines=tuple(_line(place) for place in range(1, lines + 1)),
        tax_lines=(TaxLine(category=TaxCategory.STANDARD, basis_points=RATE, base_minor=net, tax_minor=tax),),
        totals=Totals(net_minor=net, tax_minor=tax, gross_minor=net + tax, prepaid_minor=0, due_minor=net + tax),
        period=Period(start=date(2026, 8, 1), end=date(2026, 8, 31)),
        terms=Terms(days=14),
    )


def _line(place: int) -> Line:
    return Line(
        position=place,
        description=f"Checkout: address validation rebuilt, part {place}",
        issue_keys=(f"SHOP-{place}",),
        quantity_hundredths=275,
        unit=Unit.HOUR,
        unit_price_minor=9_500,
        amount_minor=26_125,
        tax_category=TaxCategory.STANDARD,
        tax_basis_points=RATE,
    )
