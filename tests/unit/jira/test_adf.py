"""Comments become documents that Jira accepts, and what others wrote becomes words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.errors import InvalidInput
from plugin.jira import adf
from plugin.jira.history_comment import history_document
from plugin.services.jira_facts import HistoryComment, Link, Lozenge, LozengeColour


def test_the_living_comment_is_a_line_with_a_lozenge_a_row_for_each_event_and_a_remark() -> None:
    comment = HistoryComment(
        lead=(
            "Invoice",
            Link(text="INV-7", address="https://acme.test/7"),
            Lozenge(text="Paid", colour=LozengeColour.GREEN),
        ),
        columns=("Date", "Step", ""),
        rows=((date(2026, 1, 31), "Reminder\nsecond line", ""),),
        remark="Times are the client's.",
    )
    assert history_document(comment) == {
        "version": 1,
        "type": "doc",
        "content": [
            {
                "type": "paragraph",
                "content": [
                    {"type": "text", "text": "Invoice"},
                    {"type": "text", "text": " "},
                    {
                        "type": "text",
                        "text": "INV-7",
                        "marks": [{"type": "link", "attrs": {"href": "https://acme.test/7"}}],
                    },
                    {"type": "text", "text": " "},
                    {"type": "status", "attrs": {"text": "Paid", "color": "green"}},
                ],
            },
            {
                "type": "table",
                "content": [
                    {"type": "tableRow", "content": [head("Date"), head("Step"), cell("tableHeader")]},
                    {
                        "type": "tableRow",
                        "content": [
                            cell("tableCell", {"type": "date", "attrs": {"timestamp": "1769817600000"}}),
                            cell("tableCell", {"type": "text", "text": "Reminder second line"}),
                            cell("tableCell"),
                        ],
                    },
                ],
            },
            {"type": "paragraph", "content": [{"type": "text", "text": "Times are the client's."}]},
        ],
    }


def head(title: str) -> adf.Node:
    return cell("tableHeader", {"type": "text", "text": title, "marks": [{"type": "strong"}]})


def cell(kind: str, *inlines: adf.Node) -> adf.Node:
    paragraph = {"type": "paragraph", "content": list(inlines)} if inlines else {"type": "paragraph"}
    return {"type": kind, "attrs": {}, "content": [paragraph]}


@given(words=st.lists(st.text(), min_size=4, max_size=4))
def test_attack_A78_whatever_people_wrote_becomes_text_nodes_that_jira_accepts(words: list[str]) -> None:
    comment = HistoryComment(lead=(words[0],), columns=("A", words[1]), rows=((words[2], words[3]),), remark=words[0])
    for node in text_nodes(history_document(comment)):
        assert set(node) <= {"type", "text", "marks"}
        assert node["text"]
        assert not any(ord(one) < 32 or 0xD800 <= ord(one) <= 0xDFFF for one in node["text"])


def test_attack_A78_a_mention_or_macro_in_a_note_stays_text() -> None:
    note = "[~accountid:5be24ad8] {panel} <script> javascript:alert(1)"
    document = history_document(HistoryComment(lead=(note,), columns=(), rows=()))
    assert document["content"] == [{"type": "paragraph", "content": [{"type": "text", "text": note}]}]


def text_nodes(node: adf.Node) -> list[adf.Node]:
    own = [node] if node["type"] == "text" else []
    return own + [found for child in node.get("content", []) for found in text_nodes(child)]


@pytest.mark.parametrize("bad", ["", "a\nb", "a\x00b", "\u202eabc", "\ud800", "a\u2028b"])
def test_a_text_node_is_never_empty_and_holds_no_control_character(bad: str) -> None:
    for build in (adf.text, adf.strong, lambda text: adf.status(text, LozengeColour.RED)):
        with pytest.raises(InvalidInput):
            build(bad)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.test", "", "https://a.test/\n"])
def test_a_link_leads_to_http_or_https_only(address: str) -> None:
    with pytest.raises(InvalidInput):
        adf.link("here", address)


def test_a_document_has_a_block_and_a_table_has_even_rows() -> None:
    with pytest.raises(InvalidInput):
        adf.doc()
    with pytest.raises(InvalidInput):
        adf.table(["a", "b"], [[adf.paragraph()]])


def test_plain_text_keeps_lines_and_survives_anything() -> None:
    one_two = [{"type": "text", "text": "one"}, {"type": "hardBreak"}, {"type": "text", "text": "two"}]
    three = {"type": "paragraph", "content": [{"type": "text", "text": "three"}]}
    cards = [
        {"type": "inlineCard", "attrs": {"url": "https://a.test"}},
        {"type": "emoji", "attrs": {"shortName": ":x:", "text": "❌"}},
    ]
    document = {
        "type": "doc",
        "content": [
            {"type": "paragraph", "content": one_two},
            {"type": "bulletList", "content": [{"type": "listItem", "content": [three]}]},
            {"type": "paragraph", "content": cards},
        ],
    }
    assert adf.plain_text(document) == "one\ntwo\nthree\nhttps://a.test❌"
    assert adf.plain_text("already plain") == "already plain"
    oddities: list[object] = [
        None,
        7,
        [],
        {},
        {"type": "doc", "content": "x"},
        {"type": "doc", "content": [None, {"text": 1}]},
    ]
    for odd in oddities:
        assert adf.plain_text(odd) == ""
    deep: dict[str, object] = {"type": "text", "text": "bottom"}
    for _ in range(100_000):
        deep = {"type": "blockquote", "content": [deep]}
    assert adf.plain_text(deep) == "bottom"
    while isinstance(
        content := deep.get("content"), list
    ):  # taken apart here, for nested dicts free themselves too deep
        deep = content.pop()
