"""Words of paper, mails and the client's page: complete in every language, in its plurals, in letters that print."""

from collections import defaultdict
from datetime import date

import pytest
from babel import Locale

from plugin.catalogue import PLURALS, TEMPLATES, Catalogue, Place, catalogue, check_catalogues
from plugin.documents.pdf.fonts import drawable
from plugin.documents.renderer import TypstRenderer
from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.model import Language
from plugin.domain.errors import Permanent
from plugin.formatting import LOCALES, country_name, format_date
from plugin.services.billing.exemptions import exemption_text
from plugin.services.billing.wording import wording_for
from plugin.services.texts.values import LinkLabel
from plugin.services.texts.words import words_for
from tests.samples.documents import invoice, line
from tests.samples.pdf import text_of

LETTERS = {
    "en": "",
    "de": "ÄÖÜẞäöüß",
    "fr": "ÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸàâæçéèêëîïôœùûüÿ«»",
    "es": "ÁÉÍÑÓÚÜáéíñóúü¿¡ªº",
    "it": "ÀÈÉÌÒÙàèéìòù",
    "nl": "ÁÉËÏÓÖÜáéëïóöüĲĳ",
    "pt": "ÀÁÂÃÇÉÊÍÓÔÕÚàáâãçéêíóôõúªº",
    "pl": "ĄĆĘŁŃÓŚŹŻąćęłńóśźż„”",
    "cs": "ÁČĎÉĚÍŇÓŘŠŤÚŮÝŽáčďéěíňóřšťúůýž„“",
    "sv": "ÅÄÖåäöÉé",
    "da": "ÆØÅæøåÉé",
    "fi": "ÅÄÖŠŽåäöšž",
}
"""The letters that an alphabet has beyond a to z, capitals and small."""


def blanks(sentence: str) -> set[str]:
    return {piece.split("}")[0] for piece in sentence.split("{")[1:]}


def test_each_language_has_its_words_and_no_file_is_left_over() -> None:
    languages = {language.value for language in Language}
    for place in Place:
        assert {path.stem for path in (TEMPLATES / place.value / "texts").glob("*.toml")} == languages
    folders = {path.name for path in (TEMPLATES / "email").iterdir() if path.is_dir()}
    assert folders == {*languages, "texts"}
    assert set(LOCALES) == languages
    check_catalogues()


def test_every_language_fills_in_the_same_blanks() -> None:
    for place in Place:
        english = catalogue(place, "en").words
        for language in Language:
            for key, sentence in catalogue(place, language.value).words.items():
                stem, _, form = key.rpartition(".")
                same = english[key] if key in english else english[f"{stem}.other"]
                assert form in PLURALS or key in english
                assert blanks(sentence) == blanks(same), (place, language, key)


def test_every_language_has_the_plural_forms_of_its_whole_numbers() -> None:
    for place in Place:
        for language in Language:
            rule = Locale.parse(LOCALES[language.value]).plural_form
            forms = defaultdict(set)
            for key in catalogue(place, language.value).words:
                stem, _, form = key.rpartition(".")
                if form in PLURALS:
                    forms[stem].add(form)
            for stem, found in forms.items():
                assert found == {rule(count) for count in range(200)}, (place, language, stem)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", {1: "1 invoice", 2: "2 invoices"}),
        ("fr", {0: "0 facture", 1: "1 facture", 2: "2 factures"}),
        ("pl", {1: "1 faktura", 2: "2 faktury", 5: "5 faktur", 12: "12 faktur", 22: "22 faktury"}),
        ("cs", {1: "1 faktura", 2: "2 faktury", 5: "5 faktur", 22: "22 faktur"}),
    ],
)
def test_a_number_gets_the_plural_of_its_language(language: str, told: dict[int, str]) -> None:
    words = catalogue(Place.PAGE, language)
    assert {count: words.counted("page.titles", count) for count in told} == told


def test_a_missing_word_is_named() -> None:
    with pytest.raises(Permanent, match=r"“totals\.nothing” is missing in en\.toml"):
        catalogue(Place.PAPER, "en")("totals.nothing")


def test_a_number_without_its_form_takes_the_other_one() -> None:
    words = Catalogue("pl", {"bills.other": "{count} faktury"})
    assert words.counted("bills", 5) == "5 faktury"


def test_links_untaxed_categories_and_lines_have_words_in_each_language() -> None:
    for language in Language:
        words = words_for(language.value)
        assert all(words(f"links.{label.value}") for label in LinkLabel)
        told = {item.value for item in TaxCategory if exemption_text(item, language=language)}
        assert told == {"E", "AE", "K", "G", "O"}
        assert "{week}" in wording_for(language.value).week
    assert wording_for("xx-YY") == wording_for("en")
    assert words_for("DE-at").language == "de"


def test_req_F43_the_fonts_have_every_letter_of_every_language() -> None:
    for language in Language:
        code = language.value
        paper = "".join(catalogue(Place.PAPER, code).words.values())
        days = "".join(format_date(date(2026, month, 1), language=code) for month in range(1, 13))
        countries = "".join(country_name(country, language=code) for country in ("AT", "CZ", "DE", "GB", "PL", "SE"))
        assert set(paper + days + countries + LETTERS[code]) <= drawable(), language
    printed = text_of(TypstRenderer().render(invoice([line(1, " ".join(LETTERS.values()), 100, 100)])).content)
    assert "�" not in printed
    assert all(letter in printed for letter in "ąćęłńśźżďěňřťůåæøãõ")
