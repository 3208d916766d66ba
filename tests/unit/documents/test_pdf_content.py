"""What the PDF says, read back from its bytes: everything that stood in the document, in words and figures."""

from dataclasses import replace
from datetime import date

import pytest

from plugin.documents.renderer import TypstRenderer
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.billing.totals import AdjustmentKind
from plugin.domain.documents.model import (
    Adjustment,
    DocumentKind,
    InvoiceDocument,
    Language,
    NationalTax,
    Payment,
    Preceding,
    Terms,
    Unit,
)
from tests.samples.documents import BUYER, SELLER, days_later, invoice, line, work_lines
from tests.samples.pdf import links_of, pages_of, text_of


def printed(document: InvoiceDocument) -> str:
    return text_of(TypstRenderer().render(document).content)


def test_req_F08_number_sums_dates_and_account_are_on_the_paper() -> None:
    text = printed(invoice())
    for expected in (
        "INV-2026-0042",
        "2 November 2026",
        "16 November 2026",
        "1–31 Oct 2026",
        "Net total €3,080.00",
        "VAT 19% on €3,080.00 €585.20",
        "Total €3,665.20",
        "Amount due",
        "DE89 3704 0044 0532 0130 00",
        "COBADEFFXXX",
        "PO 4500017723",
        "IE6388047V",
        "DE136695976",
        "22/815/08150",
        "Amtsgericht Hamburg, HRB 123456",
        "Payable within 14 days of the issue date, by 16 November 2026",
        "Page 1 of 1",
    ):
        assert expected in text


def test_both_parties_are_on_the_paper_with_their_addresses() -> None:
    text = printed(invoice())
    for expected in ("Nordlicht Service GmbH · Speicherstraße 14 · 20457 Hamburg", "12 Quay Street", "D02 XK81 Dublin"):
        assert expected in text
    assert "Ireland" in text
    assert "Attn. Aoife Brennan" in text


def test_the_buyers_country_is_left_out_at_home() -> None:
    home = replace(BUYER, address=replace(BUYER.address, country="DE"))
    assert "Ireland" not in printed(invoice(buyer=home))


def test_req_F32_every_line_is_there_with_quantity_price_amount_and_issues() -> None:
    rows = [
        line(n, f"Task number {n} of the month", 25 * n, 9_500 + n, issue_keys=(f"WEB-{n}", f"OPS-{n}"))
        for n in range(1, 61)
    ]
    text = printed(invoice(rows))
    for row in rows:
        amount = f"{row.amount_minor // 100:,}.{row.amount_minor % 100:02d}"
        price = f"{row.unit_price_minor // 100}.{row.unit_price_minor % 100:02d}"
        quantity = f"{row.quantity_hundredths // 100}.{row.quantity_hundredths % 100:02d}"
        assert f"{row.position} {row.description} WEB-{row.position} · OPS-{row.position}" in text
        assert f"{quantity} h {price} 19% {amount}" in text


def test_issue_keys_link_to_jira_and_only_there() -> None:
    content = TypstRenderer().render(invoice(work_lines(2))).content
    base = "https://nordlicht.atlassian.net/browse/"
    assert links_of(content) == [f"{base}SHOP-118", f"{base}SHOP-121", f"{base}SHOP-97"]


def test_without_a_site_the_keys_stand_alone() -> None:
    content = TypstRenderer().render(invoice(jira_base_url="")).content
    assert links_of(content) == []
    assert "SHOP-118" in text_of(content)


def test_attack_A64_a_key_cannot_leave_its_address() -> None:
    rows = [line(1, "Support", 100, 100, issue_keys=("../../evil?x=#", 'A"><script>'))]
    content = TypstRenderer().render(invoice(rows, jira_base_url="https://nordlicht.atlassian.net/")).content
    assert links_of(content) == [
        "https://nordlicht.atlassian.net/browse/..%2F..%2Fevil%3Fx%3D%23",
        "https://nordlicht.atlassian.net/browse/A%22%3E%3Cscript%3E",
    ]
    assert links_of(TypstRenderer().render(invoice(rows, jira_base_url="javascript:alert(1)//")).content) == []


def test_german_paper_is_german_throughout() -> None:
    text = printed(invoice(language=Language.DE))
    for expected in (
        "Rechnung INV-2026-0042",
        "Rechnungsdatum 2. November 2026",
        "Leistungszeitraum 1.–31. Okt. 2026",
        "12,75 Std. 95,00 19 % 1.211,25",
        "USt 19 % auf 3.080,00 € 585,20 €",
        "Gesamtbetrag 3.665,20 €",
        "fällig am 16. November 2026",
        "Verwendungszweck INV-2026-0042",
        "Zahlbar innerhalb von 14 Tagen",
        "Seite 1 von 1",
        "Irland",
    ):
        assert expected in text
    assert "Amount" not in text


def test_several_rates_discount_part_payment_and_rounding() -> None:
    rows = [
        line(1, "Work", 1000, 10_000),
        line(2, "Books", 100, 4_990, tax_basis_points=700, unit=Unit.PIECE),
        line(3, "Training abroad", 200, 5_000, tax_category=TaxCategory.EXEMPT, tax_basis_points=0, unit=Unit.DAY),
    ]
    discount = Adjustment(
        kind=AdjustmentKind.ALLOWANCE,
        reason="Framework discount",
        amount_minor=5_000,
        tax_category=TaxCategory.STANDARD,
        tax_basis_points=1900,
    )
    text = printed(invoice(rows, adjustments=(discount,), prepaid=20_000))
    for expected in (
        "Sum of lines €1,149.90",
        "Framework discount -€50.00",
        "Net total €1,099.90",
        "VAT 19% on €950.00 €180.50",
        "VAT 7% on €49.90 €3.49",
        "VAT 0% on €100.00 €0.00",
        "Total €1,283.89",
        "Payment received 20 October 2026 -€200.00",
        "€1,083.89",
        "Exempt from VAT.",
        "1.00 pcs",
        "2.00 d",
    ):
        assert expected in text


def test_complaint_C10_after_a_part_payment_the_headline_is_what_is_still_due() -> None:
    first_page = pages_of(TypstRenderer().render(invoice(prepaid=100_000)).content)[0]
    headline = first_page[first_page.index("Amount due") :][:60]
    assert "€2,665.20" in headline


REVERSE_CHARGE = {
    "en": ("Reverse charge: VAT is to be accounted for by the recipient", "VAT 0% on €1,000.00 €0.00"),
    "de": ("Steuerschuldnerschaft des Leistungsempfängers", "USt 0 % auf 1.000,00 € 0,00 €"),
    "fr": ("Autoliquidation de la TVA par le preneur", "TVA 0 % sur 1 000,00 € 0,00 €"),
    "es": ("Inversión del sujeto pasivo", "IVA 0 % sobre 1.000,00 € 0,00 €"),
    "it": ("Inversione contabile", "IVA 0% su 1.000,00 € 0,00 €"),
    "nl": ("Btw verlegd", "Btw 0% over € 1.000,00 € 0,00"),
    "pt": ("IVA – autoliquidação", "IVA 0% sobre 1 000,00 € 0,00 €"),
    "pl": ("Odwrotne obciążenie", "VAT 0% od 1 000,00 € 0,00 €"),
    "cs": ("Daň odvede zákazník", "DPH 0 % ze základu 1 000,00 € 0,00 €"),
    "sv": ("Omvänd betalningsskyldighet", "Moms 0 % på 1 000,00 € 0,00 €"),
    "da": ("Omvendt betalingspligt", "Moms 0 % af 1.000,00 € 0,00 €"),
    "fi": ("Käännetty verovelvollisuus", "ALV 0 %, veron peruste 1 000,00 € 0,00 €"),
}
"""The words that the directive wants on the paper, by its own version in the language, and the row of the breakdown."""


@pytest.mark.parametrize("language", list(Language))
def test_law_L28_reverse_charge_says_so_in_the_clients_language(language: Language) -> None:
    rows = [line(1, "Consulting", 1000, 10_000, tax_category=TaxCategory.REVERSE_CHARGE, tax_basis_points=0)]
    text = printed(invoice(rows, language=language))
    told, tax = REVERSE_CHARGE[language.value]
    assert told in text
    assert tax in text
    assert "IE6388047V" in text
    assert "DE136695976" in text


def test_outside_the_scope_no_rate_is_printed() -> None:
    rows = [line(1, "Consulting", 100, 10_000, tax_category=TaxCategory.OUTSIDE_SCOPE, tax_basis_points=0)]
    text = printed(invoice(rows))
    assert "Not subject to VAT: €100.00" in text
    assert "0%" not in text


@pytest.mark.parametrize(
    ("currency", "exponent", "net", "tax", "gross"),
    [
        ("JPY", 0, "JP¥1,234,567", "JP¥234,568", "JP¥1,469,135"),
        ("KWD", 3, "KWD 1,234.567", "KWD 234.568", "KWD 1,469.135"),
        ("USD", 2, "US$12,345.67", "US$2,345.68", "US$14,691.35"),
    ],
)
def test_other_exponents(currency: str, exponent: int, net: str, tax: str, gross: str) -> None:
    text = printed(invoice([line(1, "Support", 100, 1_234_567)], currency=currency, exponent=exponent))
    assert f"Net total {net}" in text
    assert f"{net} {tax}" in text
    assert f"Total {gross}" in text
    assert f"Amount ({currency})" in text


def test_law_L27_the_national_tax_total_has_rate_and_date() -> None:
    national = NationalTax(currency="EUR", exponent=2, tax_minor=50_426, rate="1.1605", rate_date=date(2026, 10, 30))
    assert "VAT in EUR (1 EUR = 1.1605 USD on 30 October 2026) €504.26" in printed(
        invoice(currency="USD", national_tax=national)
    )


def test_law_L38_a_credit_note_names_its_invoice_and_asks_for_nothing() -> None:
    preceding = Preceding(number="INV-2026-0042", issue_date=date(2026, 11, 2), reason="Logged twice")
    base = invoice(number="CN-2026-0003", kind=DocumentKind.CREDIT_NOTE, preceding=preceding, due_date=None)
    text = printed(base)
    for expected in (
        "Credit note CN-2026-0003",
        "Corrects invoice INV-2026-0042 of 2 November 2026",
        "Amount credited €3,665.20",
        "This credit note corrects invoice INV-2026-0042 of 2 November 2026.",
        "Reason: Logged twice",
    ):
        assert expected in text
    for absent in ("Amount due", "IBAN", "Payable", "Scan"):
        assert absent not in text
    assert "Rechnungskorrektur" in printed(replace(base, language=Language.DE))


def test_req_F08_a_receipt_says_what_came_when() -> None:
    gross = invoice().totals.gross_minor
    paid = Payment(received_on=date(2026, 11, 12), amount_minor=gross, method="bank transfer")
    text = printed(
        invoice(
            kind=DocumentKind.RECEIPT,
            number="R-7",
            prepaid=gross,
            payments=(paid,),
            preceding=Preceding(number="INV-2026-0042"),
        )
    )
    for expected in (
        "Receipt R-7",
        "For invoice INV-2026-0042",
        "Amount received €3,665.20",
        "Payment received 12 November 2026, bank transfer -€3,665.20",
        "Thank you",
    ):
        assert expected in text
    assert "IBAN" not in text


def test_a_paid_and_an_overpaid_invoice_ask_for_nothing() -> None:
    gross = invoice().totals.gross_minor
    paid, over = printed(invoice(prepaid=gross)), printed(invoice(prepaid=gross + 500))
    assert "Paid in full €0.00" in paid
    assert "Credit balance €5.00" in over
    for text in (paid, over):
        assert "IBAN" not in text
        assert "Due date" not in text
        assert "Payable" not in text


def test_a_draft_says_that_it_is_no_invoice_and_has_no_payment_code() -> None:
    text = printed(invoice(number=None))
    assert "DRAFT" in text
    assert "Scan with" not in text
    assert "INV-" not in text


@pytest.mark.parametrize(
    ("terms", "due", "expected"),
    [
        (Terms(days=14), 14, "Payable within 14 days of the issue date, by 16 November 2026"),
        (Terms(), 14, "Payable by 16 November 2026"),
        (Terms(), None, "Payable on receipt"),
        (Terms(days=14, note="2 % discount within 7 days."), 14, "2 % discount within 7 days."),
    ],
)
def test_terms(terms: Terms, due: int | None, expected: str) -> None:
    base = invoice()
    assert expected in printed(replace(base, terms=terms, due_date=days_later(base, due) if due else None))


def test_without_a_period_the_day_of_issue_is_the_day_of_service() -> None:
    assert "Das Leistungsdatum entspricht dem Rechnungsdatum." in printed(invoice(period=None, language=Language.DE))


def test_without_an_iban_there_is_no_payment_panel() -> None:
    text = printed(invoice(seller=replace(SELLER, iban="", bic="")))
    assert "Payment details" not in text
    assert "Payable within" in text
