"""Mail texts: what every default says, what a user's wording may say, and that values are never code."""

from datetime import date
from html import unescape

import pytest

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Currency, Money
from plugin.services.texts.liquid import check_text, fill
from plugin.services.texts.mail import write
from plugin.services.texts.source import TextSource, default_text
from plugin.services.texts.values import LANGUAGES, TEMPLATES, InvoiceValues, MailValues, SellerValues

EUR = Currency("EUR", 2)
REMINDERS = ("notice", "friendly", "second", "final")
ALREADY_PAID = {"en": "If you have already paid", "de": "Falls Sie bereits bezahlt haben"}


def invoice(number: str = "INV-2026-0042", *, gross: int = 100_000, due: int = 60_000) -> InvoiceValues:
    return InvoiceValues(
        number=number,
        issued_on=date(2026, 10, 1),
        due_on=date(2026, 10, 31),
        days_late=14,
        gross=Money(gross, EUR),
        paid=Money(gross - due, EUR),
        amount_due=Money(due, EUR),
    )


def values(*invoices: InvoiceValues, contact: str = "Ines Brandt", client: str = "Brandt GmbH") -> MailValues:
    found = invoices or (invoice(),)
    return MailValues(
        client_name=client,
        contact_name=contact,
        invoices=found,
        total_due=Money(sum(one.amount_due.minor for one in found), EUR),
        deadline=date(2026, 11, 25),
        received=Money(40_000, EUR),
        day=date(2026, 11, 14),
        tone="firm",
        seller=SellerValues(
            name="Seestern Software GmbH",
            phone="+49 40 5550 180",
            email="billing@seestern.example",
            iban="DE89370400440532013000",
            bic="COBADEFFXXX",
            bank_name="Hafenbank",
            address="Speicherstraße 12",
            footer="",
            colour="#0B5FA5",
        ),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_req_F05_every_default_text_uses_known_names_only(template: str, language: str) -> None:
    source = default_text(template, language)
    check_text(source.subject, field="subject")
    check_text(source.body, field="body")
    mail = write(source, language, values())
    assert "{" not in mail.subject + mail.text
    assert "None" not in mail.text
    assert "INV-2026-0042" in mail.subject + mail.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", REMINDERS)
def test_req_F39_every_reminder_says_what_to_do_if_it_was_paid(template: str, language: str) -> None:
    mail = write(default_text(template, language), language, values())
    assert ALREADY_PAID[language] in mail.text
    assert ALREADY_PAID[language] in mail.html


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", REMINDERS)
def test_req_F08_a_reminder_asks_for_the_rest_and_says_how_to_pay(template: str, language: str) -> None:
    mail = write(default_text(template, language), language, values())
    rest, whole = {"en": ("€600.00", "€1,000.00"), "de": ("600,00\xa0€", "1.000,00\xa0€")}[language]
    for part in (mail.text, unescape(mail.html)):
        assert rest in part
        assert whole not in part
        assert "DE89 3704 0044 0532 0130 00" in part
        assert "+49 40 5550 180" in part


def test_complaint_C24_several_invoices_stand_in_one_table_with_their_total() -> None:
    mail = write(default_text("friendly", "en"), "en", values(invoice("INV-1"), invoice("INV-2", due=100_000)))
    assert "2 invoices" in mail.subject
    assert "€1,600.00" in mail.text
    assert mail.html.count("INV-1") >= 1 < mail.html.count("INV-2") + 1


def test_req_F43_the_deadline_is_a_date_in_words() -> None:
    assert "by 25 November 2026" in write(default_text("second", "en"), "en", values()).text
    assert "bis zum 25. November 2026" in write(default_text("second", "de"), "de", values()).text


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("Hello\n{{ invoce.total }}", "Line 2, column 4: there is no variable 'invoce.total'"),
        ("{{ client.name }}", "Line 1, column 4: 'client' has no parts"),
        ("{% if count %}{{ contact | join }}{% endif %}", "Line 1, column 28: there is no filter 'join'"),
        ("a\nb\n  {% include 'x' %}", "Line 3, column 6: unexpected tag 'include'"),
        ("{% for x in (1..99999999) %}{% endfor %}", "unexpected tag 'for'"),
        ("{{ (1..99999999) | join }}", "Line 1"),
        ("{% assign a = client %}", "unexpected tag 'assign'"),
        ("{% capture a %}x{% endcapture %}", "unexpected tag 'capture'"),
        ("{% if %}", "Line 1, column 4"),
        ("{{ config }}", "there is no variable 'config'"),
        ("{{ client.__class__ }}", "has no parts"),
        ("x" * 20_001, "longer than 20000"),
    ],
)
def test_attack_A53_an_odd_wording_is_refused_with_its_place(source: str, place: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_text(source, field="body")
    assert place in refused.value.sentence
    assert refused.value.field == "body"


@pytest.mark.parametrize(
    "hostile", ["{{7*7}}", "${7*7}", "{% raw %}", "%(x)s", "{0.__class__}", "<script>alert(1)</script>"]
)
def test_attack_A53_values_are_text_whatever_they_look_like(hostile: str) -> None:
    mail = write(default_text("friendly", "en"), "en", values(contact=hostile))
    assert f"Hello {hostile}," in mail.text
    assert "<script>" not in mail.html
    assert "49" not in mail.subject


def test_an_own_wording_speaks_instead_of_ours() -> None:
    own = TextSource("Bill {{ number }}", "Dear {{ client }},\n\n{{ invoices }}\n\nBye")
    mail = write(own, "en", values(client="Brandt & <Co>"))
    assert mail.subject == "Bill INV-2026-0042"
    assert "Dear Brandt & <Co>," in mail.text
    assert "Dear Brandt &amp; &lt;Co&gt;," in mail.html
    assert "600.00" in mail.text


def test_a_subject_is_one_line() -> None:
    assert write(TextSource("a\n b\r\nc {{ number }}", "x"), "en", values()).subject == "a b c INV-2026-0042"


def test_an_empty_value_counts_as_false() -> None:
    assert fill("{% if contact %}Hi {{ contact }}{% else %}Hi{% endif %}", {"contact": ""}) == "Hi"


def test_another_language_is_answered_in_english() -> None:
    assert "How to pay" in write(default_text("friendly", "en"), "fr", values()).text
    with pytest.raises(InvalidInput, match="There is no mail text"):
        default_text("friendly", "fr")
