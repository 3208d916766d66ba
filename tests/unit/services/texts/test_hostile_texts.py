"""Texts written in bad faith: refused with their place, or printed as they stand; never code, never long."""

import time
import tracemalloc
from dataclasses import replace

import pytest

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.services.texts.fillings import fillings
from plugin.services.texts.liquid import LONGEST_RESULT, check_text, fill, fill_html
from plugin.services.texts.mail import write
from plugin.services.texts.source import TextSource, default_text
from plugin.services.texts.spoken import MOST_INVOICES
from tests.unit.services.texts.samples import EUR, everything, invoice, values

SECONDS = 0.5
BYTES = 16 * 1024 * 1024
LOOP = "{% for invoice in invoices %}"
LOOPS = "loop runs over 'invoices' only"

REFUSED = {
    "unknown name": ("Hello\n{{ invoce.total }}", "Line 2, column 4: there is no variable 'invoce.total'"),
    "part of a name": ("{{ client.name }}", "Line 1, column 4: 'client' has no parts"),
    "class": ("{{ client.__class__ }}", "'client' has no parts"),
    "class by brackets": ('{{ client["__class__"] }}', "has no parts"),
    "indirect part": ("{{ client[contact] }}", "has no parts"),
    "mro": ("{{ ''.__class__.__mro__ }}", "Line 1"),
    "indirect name": ('{{ ["config"] }}', "there is no variable"),
    "settings": ("{{ config }}", "there is no variable 'config'"),
    "self": ("{{ self }}", "there is no variable 'self'"),
    "request": ("{{ request.application.__globals__ }}", "there is no variable"),
    "call": ("{{ client() }}", "Line 1"),
    "arithmetic": ("{{ 7*7 }}", "Line 1"),
    "python in a tag": ("{% import os %}", "unexpected tag 'import'"),
    "include": ("a\nb\n  {% include 'x' %}", "Line 3, column 6: unexpected tag 'include'"),
    "render": ("{% render 'x' %}", "unexpected tag 'render'"),
    "layout": ("{% extends 'x' %}", "unexpected tag 'extends'"),
    "block": ("{% block x %}{% endblock %}", "unexpected tag 'block'"),
    "macro": ("{% macro x %}{% endmacro %}", "unexpected tag 'macro'"),
    "inline liquid": ("{% liquid\necho client %}", "unexpected tag 'liquid'"),
    "echo": ("{% echo client %}", "unexpected tag 'echo'"),
    "assign": ("{% assign a = client %}", "unexpected tag 'assign'"),
    "capture": ("{% capture a %}x{% endcapture %}", "unexpected tag 'capture'"),
    "cycle": ("{% cycle 'a', 'b' %}", "unexpected tag 'cycle'"),
    "increment": ("{% increment a %}", "unexpected tag 'increment'"),
    "tablerow": ("{% tablerow i in invoices %}{% endtablerow %}", "unexpected tag 'tablerow'"),
    "huge loop": ("{% for x in (1..99999999) %}{% endfor %}", LOOPS),
    "loop over a word": ("{% for x in client %}{{ x }}{% endfor %}", LOOPS),
    "loop over a quoted word": ("{% for x in 'abc' %}{{ x }}{% endfor %}", LOOPS),
    "loop in a loop": (f"{LOOP}{LOOP}x{{% endfor %}}{{% endfor %}}", "loop cannot stand inside of a loop"),
    "loop with offset": ("{% for i in invoices offset:99999999 %}x{% endfor %}", "no limit or offset"),
    "loop with limit": ("{% for i in invoices limit:client %}x{% endfor %}", "no limit or offset"),
    "long loop": (LOOP + "{{ invoice.number }}" * 101 + "{% endfor %}", "loops hold too much"),
    "unknown part of an invoice": (f"{LOOP}\n {{{{ invoice.secret }}}}{{% endfor %}}", "Line 2, column 5: there is no"),
    "class of an invoice": (LOOP + "{{ invoice.__class__ }}{% endfor %}", "there is no 'invoice.__class__'"),
    "whole invoice": (LOOP + "{{ invoice }}{% endfor %}", "there is no 'invoice'"),
    "outer loop": (LOOP + "{{ forloop.parentloop }}{% endfor %}", "there is no 'forloop.parentloop'"),
    "name of a loop outside of it": (LOOP + "{% endfor %}{{ invoice.number }}", "there is no variable"),
    "range to a filter": ("{{ (1..99999999) | join }}", "Line 1"),
    "range to a known filter": ("{{ (1..99999999) | size }}", "ranges of numbers"),
    "range in a condition": ("{% if (1..99999999) contains 5 %}x{% endif %}", "ranges of numbers"),
    "unknown filter": ("{% if count %}{{ contact | join }}{% endif %}", "Line 1, column 28: there is no filter 'join'"),
    "replace": ("{{ client | replace: 'a', 'bbbbbbbb' }}", "there is no filter 'replace'"),
    "times": ("{{ count | times: 99999999 }}", "there is no filter 'times'"),
    "safe": ("{{ client | safe }}", "there is no filter 'safe'"),
    "money of the table": ("{{ invoices | money }}", "Line 1, column 15: 'money' fits money; this is invoices"),
    "money of a name": ("{{ client | money }}", "'money' fits money; this is text"),
    "date of an amount": ("{{ total_due | date }}", "'date' fits date; this is money"),
    "days of a date": ("{{ due_date | days }}", "'days' fits days; this is date"),
    "list of a word": ("{{ numbers | list }}", "'list' fits invoices; this is text"),
    "money of a word": ("{{ '12' | money }}", "'money' fits money; this is text"),
    "money twice": ("{{ total_due | money | money }}", "'money' fits money; this is text"),
    "unknown form": ("{{ due_date | date: '%c%c%c' }}", "'date' takes long or short or weekday or iso"),
    "form from a name": ("{{ due_date | date: client }}", "'date' takes"),
    "form by keyword": ("{{ due_date | date: form: 'iso' }}", "'date' takes"),
    "too many words": ("{{ due_date | date: 'iso', 'iso' }}", "'date' takes"),
    "plural of a word": ("{{ client | plural: other: 'x' }}", "'plural' fits days, number; this is text"),
    "plural without its last form": ("{{ count | plural: one: 'x' }}", "other has to be there"),
    "plural of another name": ("{{ count | plural: lots: 'x', other: 'y' }}", "'plural' takes quoted texts named one"),
    "plural without names": ("{{ count | plural: 'x', 'y' }}", "'plural' takes quoted texts"),
    "plural from a name": ("{{ count | plural: other: client }}", "'plural' takes quoted texts"),
    "plural twice the same": ("{{ count | plural: other: 'x', other: 'y' }}", "'plural' takes quoted texts"),
    "capitals with a word": ("{{ client | upcase: 'x' }}", "'upcase' takes nothing"),
    "default of nothing": ("{{ client | default }}", "'default' takes one quoted text"),
    "comparing words": ("{% if client > 3 %}x{% endif %}", "only numbers can be larger or smaller"),
    "contains in an amount": ("{% if count contains 1 %}x{% endif %}", "'contains' looks into words only"),
    "unfinished condition": ("{% if %}", "Line 1, column 4"),
    "no end": ("{% if client %}", "Line 1"),
    "no beginning": ("{% endif %}", "Line 1"),
    "unclosed name": ("Dear {{ client", "Line 1, column 6: what begins here is not closed"),
    "unclosed tag": ("{% if client", "Line 1, column 1: what begins here is not closed"),
    "overlong tag": ("{{ client " + " " * 400 + "}}", "not closed within 300 characters"),
    "deep conditions": (
        "{% if client %}" * 9 + "{% endif %}" * 9,
        "Line 1, column 121: conditions stand in each other",
    ),
    "very deep conditions": ("{%if client%}" * 700 + "{%endif%}" * 700, "conditions stand in each other"),
    "deep brackets": ("{% if " + "(" * 140 + "client" + ")" * 140 + " %}x{% endif %}", "Line 1"),
    "deep parts": ("{{ client" + "[client" * 20 + "]" * 20 + " }}", "has no parts"),
    "many names": ("{{client}}" * 501, "more than 500 names and conditions"),
    "very long": ("x" * 20_001, "longer than 20000"),
    "a megabyte": ("{{ client }}" * 90_000, "longer than 20000"),
    "open braces": ("{{" * 9_000, "not closed"),
    "null": ("Dear\n\x00", "Line 2, column 1: this character cannot be printed"),
    "escape": ("Dear \x1b[31m", "Line 1, column 6: this character cannot be printed"),
    "direction": ("invoice\u202efdp.exe", "cannot be printed"),
    "line separator": ("a\u2028b", "cannot be printed"),
    "lone surrogate": ("a\ud800", "cannot be printed"),
    "our mark of the table": ("\ue000invoices\ue000", "Line 1, column 1: this character cannot be printed"),
}

PRINTED = {
    "jinja expression": "${7*7}",
    "percent": "%(x)s %s",
    "format": "{0.__class__}",
    "single braces": "{ client }",
    "script": "<script>alert(1)</script>",
    "handler": "<img src=x onerror=alert(1)>",
    "entity": "&lt;script&gt;",
    "comment": "<!-- x -->",
    "typst": '#eval("1")',
}


@pytest.mark.parametrize("case", REFUSED)
def test_attack_A53_A54_a_hostile_text_is_refused_with_its_place(case: str) -> None:
    source, place = REFUSED[case]
    tracemalloc.start()
    start = time.process_time()
    with pytest.raises(InvalidInput) as refused:
        check_text(source, field="body")
    took, (_, peak) = time.process_time() - start, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert place in refused.value.sentence
    assert refused.value.field == "body"
    assert took < SECONDS
    assert peak < BYTES


@pytest.mark.parametrize("case", PRINTED)
def test_attack_A53_what_other_languages_would_run_is_printed_as_it_stands(case: str) -> None:
    written = PRINTED[case]
    check_text(written, field="body")
    mail = write(TextSource("Bill", f"A {written} b"), "en", values())
    assert f"A {written} b" in mail.text
    for markup in ("<script", "<img", "<!-- x"):
        assert markup not in mail.html.lower()


@pytest.mark.parametrize(
    "hostile",
    [
        "{{7*7}}",
        "${7*7}",
        "{% raw %}",
        "%(x)s",
        "{0.__class__}",
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ invoices }}",
        "{% for i in invoices %}",
    ],
)
def test_attack_A53_values_are_text_whatever_they_look_like(hostile: str) -> None:
    mail = write(default_text("friendly", "en"), "en", values(contact=hostile, client=hostile))
    assert f"Hello {hostile}," in mail.text
    assert "<script>" not in mail.html
    assert "<img" not in mail.html
    assert "49" not in mail.subject


@pytest.mark.parametrize("hostile", ["a\r\nBcc: x@y.example", "a\x00b", "a\n\n\ue000invoices\ue000\n\nb", "\u202efdp"])
def test_attack_A66_a_name_stays_on_one_line_and_makes_no_table(hostile: str) -> None:
    mail = write(
        TextSource("To {{ client }}", "Dear {{ contact }}, hello"), "en", values(contact=hostile, client=hostile)
    )
    assert "\n" not in mail.subject
    first = mail.text.splitlines()[0]
    assert first.startswith("Dear ")
    assert first.endswith(", hello")
    assert "<table" not in mail.html
    for odd in ("\x00", "\r", "\ue000", "\u202e"):
        assert odd not in mail.subject + mail.text + mail.html


def test_the_output_is_bounded() -> None:
    long = {"client": "x" * 2_000}
    assert len(fill("{{ client }}" * 20, long)) <= LONGEST_RESULT
    with pytest.raises(InvalidInput, match="limit"):
        fill("{{ client }}" * 400, long)


def test_a_loop_runs_over_the_first_two_hundred_invoices_quickly() -> None:
    several = values(*(invoice(f"INV-{number}") for number in range(1_000)))
    source = LOOP + "{% if invoice.days_late > 5 %}{{ forloop.index }}, {% endif %}" * 24 + "{% endfor %}"
    check_text(source, field="body")
    start = time.process_time()
    told = fill(source, fillings(several, "en"))
    assert time.process_time() - start < SECONDS
    assert f"{MOST_INVOICES}, " in told
    assert f"{MOST_INVOICES + 1}, " not in told


def test_loops_one_after_the_other_count_each_for_itself() -> None:
    several = values(*(invoice(f"INV-{number}") for number in range(1_000)))
    source = (LOOP + "{{ invoice.number }} {% endfor %}") * 3
    check_text(source, field="body")
    assert len(fill(source, fillings(several, "en")).split()) == 3 * MOST_INVOICES


def test_the_costliest_text_that_passes_is_quick() -> None:
    several = everything(*(invoice(f"INV-{number}") for number in range(MOST_INVOICES)))
    body = "{{ invoice.total | money: 'code' }}" * 40
    source = (
        LOOP
        + body
        + "{% endfor %}"
        + "{{ invoices | list | upcase }}" * 5
        + "{% if client == contact %}x{% endif %}" * 200
    )
    check_text(source, field="body")
    start = time.process_time()
    with pytest.raises(InvalidInput, match="limit"):
        fill(source, fillings(several, "en"))
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ total_due | money }}", "€1,200.00"),
        ("{{ total_due | money: 'code' }}", "EUR 1,200.00"),
        ("{{ total_due | money: 'number' }}", "1,200.00"),
        ("{{ due_date | date: 'short' }}", "31/10/2026"),
        ("{{ due_date | date: 'weekday' }}", "Saturday 31 October 2026"),
        ("{{ due_date | date: 'iso' }}", "2026-10-31"),
        ("{{ days_late | days }} / {{ days_late }}", "14 days / 14"),
        ("{{ days_late | days: 'ago' }}", "14 days ago"),
        ("{{ invoices | list }}", "INV-1 and INV-2"),
        ("{{ invoices | size }}", "2"),
        ("{{ contact | upcase }}", "INES BRANDT"),
        ("{% if days_late > 7 and count == 2 %}late{% endif %}", "late"),
        ("{% if client contains 'Brandt' %}known{% endif %}", "known"),
        (LOOP + "{{ invoice.number }}{% unless forloop.last %}; {% endunless %}{% endfor %}", "INV-1; INV-2"),
        (LOOP + "{{ invoice.amount_due }} {% endfor %}", "€600.00 €600.00 "),
    ],
)
def test_filters_and_loops_say_the_same_things_in_other_forms(source: str, told: str) -> None:
    check_text(source, field="body")
    filled = fill(source, fillings(everything(invoice("INV-1"), invoice("INV-2")), "en"))
    assert filled.replace("Saturday,", "Saturday") == told


def test_what_does_not_apply_counts_as_false_also_behind_a_filter() -> None:
    plain = fillings(replace(values(), deadline=None), "en")
    assert fill("{{ deadline | date: 'iso' | default: 'soon' }}", plain) == "soon"
    assert fill("{% if interest_to_date %}x{% else %}-{% endif %}", plain) == "-"
    assert fill("{% if count > 1 %}x{% else %}-{% endif %}", plain) == "-"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Dear <b>{{ client }}</b></p>", "<p>Dear <b>Brandt &amp; &lt;Co&gt;</b></p>"),
        ("<script>alert(1)</script><p>x</p>", "<p>x</p>"),
        ("<p onclick='x()' style='a:b'>x</p>", "<p>x</p>"),
        ("<a href='javascript:x()'>y</a>", '<a rel="noopener noreferrer">y</a>'),
        ("<a href='https://x.example/?a=1'>y</a>", '<a href="https://x.example/?a=1" rel="noopener noreferrer">y</a>'),
        ("<img src='https://track.example/1.gif'>z", "z"),
        ("<iframe src='https://x.example'></iframe>z", "z"),
        ("<form action='https://x.example'><input name=a></form>z", "z"),
        ("<style>body{display:none}</style>z", "z"),
        ("<svg onload=alert(1)>z</svg>", "z"),
    ],
)
def test_attack_A53_own_markup_is_a_plain_letter(written: str, kept: str) -> None:
    mail = write(TextSource("Bill", "x", written), "en", values(client="Brandt & <Co>"))
    inside = mail.html[mail.html.index('<div class="own">') :]
    found = inside[: inside.index("</div>")].replace(' style="margin: 0 0 16px;white-space: normal;"', "")
    assert kept in found.replace(' style="margin: 0 0 16px;white-space: pre-line;"', "")
    for odd in ("alert", "onclick", "javascript:", "<img", "<iframe", "<form", "display:none"):
        assert odd not in found


def test_own_markup_has_the_table_and_the_payment_details_where_it_says() -> None:
    mail = write(
        TextSource("Bill", "x", "<p>Before</p><p>{{ invoices }}</p><p>After</p>{{ payment_details }}"), "en", values()
    )
    order = [mail.html.index(part) for part in ("Before", "INV-2026-0042", "After", "DE89 3704")]
    assert order == sorted(order)
    assert "\ue000" not in mail.html
    assert fill_html("<b>{{ client }}</b>", {"client": "<i>"}) == "<b>&lt;i&gt;</b>"


def test_a_paid_invoice_asks_for_nothing_in_own_markup_either() -> None:
    paid = replace(values(), total_due=Money(0, EUR))
    mail = write(TextSource("Bill", "x", "<p>a</p><p>{{ payment_details }}</p>"), "en", paid)
    assert "DE89" not in mail.html
