"""The payment code, read back by a reader that did not make it; an image that merely exists proves nothing."""

from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.documents.payment_code import payment_code_svg
from plugin.documents.renderer import TypstRenderer
from plugin.domain.documents.model import DocumentKind, InvoiceDocument, Preceding
from tests.samples.documents import SELLER, invoice, line
from tests.samples.pdf import pictures_of


def decoded(document: InvoiceDocument) -> list[str]:
    """The fields of the code as it stands on the finished page."""
    page = next(pictures_of(TypstRenderer().render(document).content, scale=3))
    found = zxingcpp.read_barcodes(page)
    return found[0].text.split("\n") if found else []


def test_the_code_on_the_page_says_what_the_invoice_says() -> None:
    assert decoded(invoice()) == [
        "BCD",
        "002",
        "1",
        "SCT",
        "COBADEFFXXX",
        "Nordlicht Service GmbH",
        "DE89370400440532013000",
        "EUR3665.2",
        "",
        "",
        "INV-2026-0042",
    ]


def test_a_creditor_reference_goes_into_its_own_field() -> None:
    fields = decoded(invoice(payment_reference="RF40 RE20 2600 01"))
    assert fields[9] == "RF40RE20260001"
    assert fields[10:] == []


def test_only_what_is_still_due_is_asked_for() -> None:
    assert decoded(invoice(prepaid=366_519))[7] == "EUR0.01"


def test_line_ends_in_the_name_cannot_shift_the_fields() -> None:
    fields = decoded(invoice(seller=replace(SELLER, account_holder="Nord\nDE00\r\nlicht\x07")))
    assert fields[5] == "Nord DE00 licht"
    assert fields[6] == "DE89370400440532013000"


@settings(max_examples=15)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=70), st.text(max_size=160))
def test_any_name_and_reference_give_a_code_or_none_never_an_error(name: str, reference: str) -> None:
    document = invoice(seller=replace(SELLER, account_holder=name), payment_reference=reference)
    drawing = payment_code_svg(document)
    assert drawing is None or drawing.startswith("<svg")


@pytest.mark.parametrize(
    "document",
    [
        invoice(currency="USD"),
        invoice(number=None),
        invoice(prepaid=invoice().totals.gross_minor),
        invoice(kind=DocumentKind.CREDIT_NOTE, preceding=Preceding(number="INV-1")),
        invoice(kind=DocumentKind.RECEIPT),
        invoice(seller=replace(SELLER, iban="")),
        invoice(seller=replace(SELLER, iban="DE89370400440532013001")),
        invoice(seller=replace(SELLER, iban="BR1800360305000010009795493C1")),
        invoice([line(1, "Too much", 100, 100_000_000_000)]),
    ],
)
def test_no_code_where_no_sepa_transfer_is_asked_for(document: InvoiceDocument) -> None:
    assert payment_code_svg(document) is None
