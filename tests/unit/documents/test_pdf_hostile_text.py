"""Text that users write never becomes code, never fails a document, never leaves its column."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.documents.pdf.fonts import drawable
from plugin.documents.pdf.printable import printable, unprintable_characters
from plugin.documents.renderer import TypstRenderer
from plugin.domain.documents.findings import Severity
from plugin.domain.documents.model import Brand, InvoiceDocument
from tests.samples.documents import BUYER, SELLER, invoice, line
from tests.samples.pdf import text_of

CODE = (
    '#panic("boom")',
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0": *',
    "$ sum_(i=0)^n $",
    "*bold* _emph_ `raw` ```raw```",
    "<script>alert(1)</script>",
    "<img src=file:///etc/passwd>",
    "= Heading // comment /* block */",
    "@reference <label> ~ \\ --- ...",
    "\"quoted\" 'single' \\u{41} {braces} {{ 7*7 }} %s",
    "{page} of {pages}",
)


def document_with(text: str) -> InvoiceDocument:
    """The text in every place that a person can fill."""
    base = invoice([line(1, text, 100, 100, detail=text, issue_keys=(text[:40],))])
    return replace(
        base,
        number=text[:60] or "N",
        project_name=text,
        introduction=text,
        notes=(text,),
        payment_reference=text,
        buyer=replace(BUYER, name=text, reference=text, contact_name=text),
        seller=replace(SELLER, name=text, footer=text, bank_name=text, account_holder=text),
        brand=Brand(colour=text),
    )


@pytest.mark.parametrize("text", CODE)
def test_attack_A64_code_is_printed_literally(text: str) -> None:
    content = TypstRenderer().render(invoice([line(1, text, 100, 100, detail=f"{text} again")])).content
    printed = text_of(content)
    assert printed.count(" ".join(text.split())) == 2
    assert "root:" not in printed


@pytest.mark.parametrize("text", CODE)
def test_attack_A64_code_in_every_field_at_once_compiles(text: str) -> None:
    assert TypstRenderer().render(document_with(text)).content.startswith(b"%PDF-")


@settings(max_examples=25)
@given(st.text(st.characters(exclude_categories=[]), max_size=120))
def test_any_text_whatever_compiles(text: str) -> None:
    assert TypstRenderer().render(document_with(text)).content.startswith(b"%PDF-")


SCRIPTS = ((0x20, 0x300), (0x300, 0x370), (0x590, 0x780), (0x900, 0x1100), (0x2000, 0x2C00), (0x1F000, 0x20000))


@settings(max_examples=60)
@given(st.data())
def test_mixtures_of_scripts_marks_and_signs_compile(data: st.DataObject) -> None:
    signs = st.sampled_from([sorted(sign for sign in drawable() if low <= ord(sign) < high) for low, high in SCRIPTS])
    words = st.text(signs.flatmap(st.sampled_from), min_size=1, max_size=40)
    rows = [line(number, data.draw(words), 100, 100) for number in range(1, 6)]
    assert TypstRenderer().render(invoice(rows)).content.startswith(b"%PDF-")


def test_every_drawable_character_compiles() -> None:
    characters = sorted(drawable() - {"\n"})
    rows = [
        line(number, " ".join(characters[start : start + 500]), 100, 100)
        for number, start in enumerate(range(0, len(characters), 500), start=1)
    ]
    assert len(characters) > 8_000
    assert TypstRenderer().render(invoice(rows)).content.startswith(b"%PDF-")


@pytest.mark.parametrize(
    "text",
    [
        "Čeština ěř",
        "Ελληνικά",
        "Русский",
        "Tiếng Việt",
        "العربية",
        "עברית",
        "ไทย",
        "हिन्दी",
        "Հայերեն",
        "ქართული",
        "🙂👍🏽",
    ],
)
def test_each_script_has_a_font(text: str) -> None:
    assert unprintable_characters(text) == []
    assert "�" not in text_of(TypstRenderer().render(invoice([line(1, text, 100, 100)])).content)


def test_what_no_font_can_draw_is_named_beforehand_and_replaced() -> None:
    document = invoice([line(1, "Rechnung ≤ 請求書", 100, 100)])
    (finding,) = TypstRenderer().check(document)
    assert finding.field == "lines[0].description"
    assert "“請” (U+8ACB)" in finding.sentence
    assert finding.severity is Severity.WARNS
    assert "Rechnung <= ���" in text_of(TypstRenderer().render(document).content)


def test_a_sound_document_gives_the_renderer_nothing_to_say() -> None:
    assert TypstRenderer().check(invoice([line(1, "Tab\tand\nline end are fine: €§→", 100, 100)])) == []


@given(st.text(st.characters(exclude_categories=[])))
def test_printable_text_has_glyphs_and_no_direction_tricks(text: str) -> None:
    result = printable(text)
    assert set(result) <= drawable() | {"\ufffd"}
    assert not set(result) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.lists(st.sampled_from(sorted(letter for letter in drawable() if letter.isalpha())), max_size=200))
def test_long_words_may_break_every_12_characters_and_lose_nothing(letters: list[str]) -> None:
    word = "".join(letters)
    pieces = printable(word).split("\u200b")
    assert "".join(pieces) == word
    assert len(word) <= 24 or max(map(len, pieces)) <= 12


def test_accents_and_joined_emoji_are_never_parted() -> None:
    accented, family = "e\u0301" * 30, "👨\u200d👩\u200d👧" * 10
    assert all(not piece.startswith("\u0301") for piece in printable(accented).split("\u200b"))
    pieces = printable(family).split("\u200b")
    assert len(pieces) > 1
    assert all(not piece.startswith("\u200d") and not piece.endswith("\u200d") for piece in pieces)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x ≤ 5 ⇒ ok ✓", "x <= 5 => ok ✔"),
        ("ＡＢＣ１２３", "ABC123"),
        ("𝐁𝐨𝐥𝐝 ㎡", "Bold m2"),
        ("🔥\u0351 1\ufe0f\u20e3", "🔥 1\ufe0f\u20e3"),
        ("é e\u0301 नि", "é e\u0301 नि"),
        ("漢", "\ufffd"),
    ],
)
def test_signs_without_a_glyph_give_way_to_what_means_the_same(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_short_words_and_mail_addresses_stay_whole() -> None:
    for text in ("Donaudampfschifffahrt", "accounts.payable@kowalski-daughters.ie"):
        assert printable(text) == text
    assert printable("a" * 30) == "a" * 12 + "\u200b" + "a" * 12 + "\u200b" + "a" * 6


def test_attack_A64_a_name_with_direction_controls_cannot_turn_the_text() -> None:
    assert printable("invoice\u202efdp.exe") == "invoicefdp.exe"
