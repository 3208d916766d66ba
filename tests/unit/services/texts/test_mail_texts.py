"""Mail texts: what every default says, in every language, and that an own wording speaks in its place."""

from dataclasses import replace
from html import unescape

import pytest

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.services.own_words.clauses import our_clause
from plugin.services.texts.fillings import fillings
from plugin.services.texts.liquid import check_text, fill
from plugin.services.texts.mail import write
from plugin.services.texts.names import NAMES
from plugin.services.texts.source import TextSource, default_text
from plugin.services.texts.values import BY_THEMSELVES, LANGUAGES, TEMPLATES, Link, LinkLabel
from plugin.services.texts.words import words_for
from tests.unit.services.texts.samples import EUR, claimed, everything, invoice, values
from tests.unit.services.texts.told import THREATS, TOLD

REMINDERS = tuple(one for one in TEMPLATES if one not in (*BY_THEMSELVES, "debit_notice"))
AFTER_DUE = tuple(one for one in REMINDERS if one not in ("notice", "instalment"))
STEPS = (*REMINDERS, "debit_notice")

each_language = pytest.mark.parametrize("language", LANGUAGES)


@each_language
@pytest.mark.parametrize("template", TEMPLATES)
def test_req_F05_every_default_text_uses_known_names_only(template: str, language: str) -> None:
    source = default_text(template, language)
    check_text(source.subject, field="subject")
    check_text(source.body, field="body")
    for given in (values(), values(contact=""), everything(), everything(invoice("INV-2026-0042"), invoice("INV-2"))):
        mail = write(source, language, given)
        assert "{" not in mail.subject + mail.text
        assert "None" not in mail.text
        assert "INV-2026-0042" in mail.subject + mail.text
        assert "  " not in mail.subject
        assert " ." not in mail.text
        assert " ," not in mail.text


@each_language
@pytest.mark.parametrize("template", STEPS)
def test_req_F39_every_reminder_says_what_to_do_if_it_was_paid(template: str, language: str) -> None:
    for given in (values(), values(invoice("INV-1"), invoice("INV-2"))):
        mail = write(default_text(template, language), language, given)
        assert TOLD[language].already_paid in mail.text
        assert TOLD[language].already_paid in mail.html
        assert TOLD[language].already_paid in our_clause(template, language, given)


@each_language
@pytest.mark.parametrize("template", REMINDERS)
def test_req_F08_complaint_C28_a_reminder_asks_for_the_rest_and_says_how_to_pay(template: str, language: str) -> None:
    mail = write(default_text(template, language), language, values())
    for part in (mail.text, unescape(mail.html)):
        assert TOLD[language].money(600) in part
        assert TOLD[language].money(1_000) not in part
        assert "DE89 3704 0044 0532 0130 00" in part
        assert "+49 40 5550 180" in part


@each_language
@pytest.mark.parametrize("template", AFTER_DUE)
def test_req_F08_a_reminder_says_how_many_days_late(template: str, language: str) -> None:
    source, (days, one_day) = default_text(template, language), TOLD[language].late
    assert days in write(source, language, values()).text.replace("\xa0", " ")
    text = write(source, language, values(invoice(late=1))).text.replace("\xa0", " ")
    assert one_day in text
    assert one_day + "s" not in text


@each_language
@pytest.mark.parametrize("template", [one for one in AFTER_DUE if one != "instalment"])
def test_req_F43_the_deadline_is_a_date_in_words_and_only_where_one_is_named(template: str, language: str) -> None:
    source = default_text(template, language)
    assert TOLD[language].deadline in write(source, language, values()).text
    assert "2026-11-25" not in write(source, language, values()).text
    without = write(source, language, replace(values(), deadline=None)).text
    assert "25" not in without.replace("0532 0130", "")


@each_language
@pytest.mark.parametrize("template", [*AFTER_DUE, "instalment"])
def test_req_F24_a_step_that_states_its_claim_shows_it_with_the_formula_and_no_other_does(
    template: str, language: str
) -> None:
    source = default_text(template, language)
    told = write(source, language, claimed(values())).text
    assert TOLD[language].formula in told
    assert TOLD[language].money(40) in told
    for part in (write(source, language, values()).text, write(source, language, values()).html):
        assert TOLD[language].formula not in part
        assert "/ 365" not in part


def test_req_F24_the_claims_of_several_invoices_are_added_and_told_one_by_one() -> None:
    given = claimed(values(invoice("INV-1"), invoice("INV-2", due=30_000)))
    told = write(default_text("second", "en"), "en", given).text
    assert "€3.59 up to today" in told
    assert "INV-1: 600.00 x 10.40 % x 14 / 365 = 2.39; INV-2: 300.00 x 10.40 % x 14 / 365 = 1.20" in told
    assert "a fixed sum of €80.00" in told
    assert "€900.00" in told


@each_language
@pytest.mark.parametrize("template", TEMPLATES)
def test_req_F06_no_text_threatens(template: str, language: str) -> None:
    text = write(default_text(template, language), language, everything()).text
    assert THREATS.isdisjoint(text.lower().split())
    assert "!" not in text


@each_language
@pytest.mark.parametrize("template", TEMPLATES)
def test_a_salutation_reads_well_with_and_without_a_name(template: str, language: str) -> None:
    source = default_text(template, language)
    named, unnamed = TOLD[language].hello
    assert write(source, language, values()).text.splitlines()[0] == named
    assert write(source, language, values(contact="")).text.splitlines()[0] == unnamed


@each_language
def test_complaint_C24_several_invoices_stand_in_one_table_with_their_total(language: str) -> None:
    several = values(invoice("INV-1"), invoice("INV-2", due=100_000))
    mail = write(default_text("friendly", language), language, several)
    assert "2" in mail.subject
    for part in (mail.text, unescape(mail.html)):
        assert "INV-1" in part
        assert "INV-2" in part
        assert TOLD[language].money(1_600) in part


def test_complaint_C30_a_statement_lists_what_is_owed_with_the_previous_balance() -> None:
    mail = write(default_text("statement", "en"), "en", everything(invoice("INV-1"), invoice("INV-2")))
    assert "€1,200.00 in total" in mail.text
    assert "our last statement of 1 October 2026, when €50.00 was open" in mail.text
    assert "billed €1,000.00 and received €450.00" in mail.text
    first = write(default_text("statement", "en"), "en", values())
    assert "last statement" not in first.text


@each_language
def test_a_statement_of_nothing_open_asks_for_nothing(language: str) -> None:
    settled = replace(values(), invoices=(), total_due=Money(0, EUR))
    mail = write(default_text("statement", language), language, settled)
    assert TOLD[language].already_paid not in mail.text
    assert "DE89" not in mail.text + mail.html
    assert "INV-" not in mail.text


def test_an_instalment_is_announced_or_asked_for() -> None:
    late = everything()
    assert late.instalment is not None
    early = replace(late, instalment=replace(late.instalment, days_late=0))
    source = default_text("instalment", "en")
    assert write(source, "en", late).subject == "Instalment 2 of 4 is still open"
    assert "was due on 1 November 2026, 13 days ago. €600.00 is due now." in write(source, "en", late).text
    assert write(source, "en", early).subject == "Instalment 2 of 4 is due on 1 November 2026"
    assert "instalment 2 of 4, €150.00, is due on 1 November 2026" in write(source, "en", early).text


@each_language
def test_links_stand_in_a_row_of_their_own_in_text_and_html(language: str) -> None:
    links = tuple(Link(label, f"https://pay.example/c/{label.value}?a=1&b=2") for label in LinkLabel)
    source = default_text("friendly", language)
    mail = write(source, language, replace(values(), links=links))
    words = words_for(language)
    for link in links:
        assert f"{words(f'links.{link.label.value}')}{words('colon')} {link.address}" in mail.text
        assert f'href="{link.address.replace("&", "&amp;")}"' in mail.html
    assert words("answer_here") not in write(source, language, values()).text


@each_language
def test_every_name_of_the_closed_list_has_a_value(language: str) -> None:
    for name in sorted(set(NAMES) - {"count"}):
        assert fill(f"{{{{ {name} }}}}", _everything_named(language)) != "", name


def _everything_named(language: str) -> dict[str, object]:
    return fillings(everything(), language)


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
    assert "How to pay" in write(default_text("friendly", "en"), "hu", values()).text
    with pytest.raises(InvalidInput, match="There is no mail text"):
        default_text("friendly", "hu")
