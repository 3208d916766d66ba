"""Comments in the pretend Jira: what the app writes is shown, and no text of it becomes markup."""

import pytest

from plugin.jira import adf
from plugin.services.jira_facts import LozengeColour
from sandbox.host.adf_html import adf_html

EVIL = "<img src=x onerror=alert(1)>"


def test_the_living_comment_shows_lozenge_link_date_and_table() -> None:
    from datetime import date

    line = adf.paragraph(
        adf.status("Overdue", LozengeColour.RED), adf.link("2026-0042", "https://acme.example/x?a=1&b=2")
    )
    table = adf.table(
        ["Date", "Step"], [[adf.paragraph(adf.day(date(2026, 11, 8))), adf.paragraph(adf.strong("Call"))]]
    )
    html = adf_html(adf.doc(line, table))
    assert '<span class="status red">Overdue</span>' in html
    assert '<a href="https://acme.example/x?a=1&amp;b=2" rel="noreferrer">2026-0042</a>' in html
    assert '<time datetime="2026-11-08">8 Nov 2026</time>' in html
    assert "<th><p><strong>Date</strong></p></th>" in html
    assert "<td><p><strong>Call</strong></p></td>" in html


@pytest.mark.parametrize(
    "node",
    [
        {"type": "text", "text": EVIL},
        {"type": "status", "attrs": {"text": EVIL, "color": EVIL}},
        {"type": "mention", "attrs": {"text": EVIL}},
        {"type": "emoji", "attrs": {"text": EVIL}},
        {"type": "inlineCard", "attrs": {"url": f"https://x/{EVIL}"}},
        {"type": EVIL, "content": [{"type": "text", "text": EVIL}]},
        {
            "type": "text",
            "text": "x",
            "marks": [{"type": EVIL}, {"type": "link", "attrs": {"href": f"https://{EVIL}"}}],
        },
        {"type": "heading", "attrs": {"level": EVIL}, "content": [{"type": "text", "text": EVIL}]},
        {"type": "date", "attrs": {"timestamp": EVIL}},
    ],
)
def test_attack_A78_no_text_of_a_comment_becomes_markup(node: dict[str, object]) -> None:
    html = adf_html({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [node]}]})
    assert "<img" not in html


def test_attack_A78_a_link_that_would_run_is_only_text() -> None:
    marks = [{"type": "link", "attrs": {"href": "javascript:alert(1)"}}]
    assert adf_html({"type": "text", "text": "press", "marks": marks}) == "press"


@pytest.mark.parametrize(
    "document", [None, "text", [], {}, {"type": "doc", "content": "x"}, {"type": "doc", "content": [1]}]
)
def test_what_is_no_document_shows_nothing(document: object) -> None:
    assert adf_html(document) == ""
