"""Which comment bodies the pretend Jira takes."""

import pytest

from sandbox.jira.adf import wrong_with
from sandbox.jira.model import adf, adf_text


def paragraph(node: dict[str, object]) -> dict[str, object]:
    return {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [node]}]}


def test_a_document_of_known_nodes_is_taken() -> None:
    row = {"type": "tableRow", "content": [{"type": "tableCell", "content": adf("x")["content"]}]}
    lozenge = {"type": "status", "attrs": {"text": "PAID", "color": "green"}}
    content = [{"type": "paragraph", "content": [lozenge]}, {"type": "table", "content": [row]}, {"type": "rule"}]
    assert wrong_with({"type": "doc", "version": 1, "content": content}) == ""


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("text", "not an object"),
        ({"type": "doc", "content": []}, "not a doc of version 1"),
        ({"type": "doc", "version": 1}, "no content"),
        ({"type": "doc", "version": 1, "content": [{"type": "text", "text": "x"}]}, "text may not stand in a doc"),
        (
            {
                "type": "doc",
                "version": 1,
                "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}],
            },
            "empty",
        ),
        (
            {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "blink"}]}]},
            "unknown node",
        ),
    ],
)
def test_a_body_that_jira_would_refuse_is_refused(body: object, wrong: str) -> None:
    assert wrong in wrong_with(body)


def test_plain_text_of_a_document() -> None:
    assert adf_text(adf("one\ntwo")) == "one\ntwo"
