"""Atlassian Document Format: a few pure builders for what our comments need, and the plain text of what others wrote.

Text stands in text nodes only, so nothing in it can become a mention, a macro or markup (A78).
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from plugin.domain.errors import InvalidInput
from plugin.services.jira_facts import LozengeColour

Node = dict[str, Any]
"""One node of a document, ready for JSON."""

BLOCKS = frozenset(
    {"paragraph", "heading", "listItem", "codeBlock", "blockquote", "tableRow", "mediaSingle", "panel", "taskItem"}
)
# Control characters, lone surrogates and what turns the direction of writing; a line break is a node of its own.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def doc(*blocks: Node) -> Node:
    """A whole document; Jira refuses one without a block."""
    if not blocks:
        raise InvalidInput("A Jira comment needs at least one paragraph.")
    return {"version": 1, "type": "doc", "content": list(blocks)}


def paragraph(*inlines: Node) -> Node:
    """A paragraph; without content it is an empty line."""
    return {"type": "paragraph", "content": list(inlines)} if inlines else {"type": "paragraph"}


def text(content: str) -> Node:
    """A text node. Raises InvalidInput where it is empty or holds control characters: Jira would refuse the whole."""
    if not content or _UNFIT.search(content):
        raise InvalidInput("A text for a Jira comment is empty or holds control characters.")
    return {"type": "text", "text": content}


def strong(content: str) -> Node:
    """A bold text node."""
    return {**text(content), "marks": [{"type": "strong"}]}


def link(content: str, address: str) -> Node:
    """A text that leads to an http or https address."""
    if urlsplit(address).scheme not in ("https", "http") or _UNFIT.search(address):
        raise InvalidInput("A link in a Jira comment must begin with https:// or http://.")
    return {**text(content), "marks": [{"type": "link", "attrs": {"href": address}}]}


def status(content: str, colour: LozengeColour) -> Node:
    """A coloured lozenge."""
    return {"type": "status", "attrs": {"text": text(content)["text"], "color": colour.value}}


def mention(account_id: str) -> Node:
    """A person's name, which Jira looks up and tells them of."""
    if not re.fullmatch(r"[0-9A-Za-z:-]{1,128}", account_id):
        raise InvalidInput("A mention in a Jira comment needs the account id of a person.")
    return {"type": "mention", "attrs": {"id": account_id}}


def day(value: date) -> Node:
    """A date, which Jira shows in the reader's own format."""
    midnight = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return {"type": "date", "attrs": {"timestamp": str(int(midnight.timestamp()) * 1000)}}


def table(head: Sequence[str], rows: Sequence[Sequence[Node]]) -> Node:
    """A table; each cell is a block. Raises InvalidInput where a row has another number of cells than the head."""
    if not head or any(len(row) != len(head) for row in rows):
        raise InvalidInput("Each row of a table in a Jira comment needs as many cells as the table has columns.")
    top = _row("tableHeader", [paragraph(strong(title)) if title else paragraph() for title in head])
    return {"type": "table", "content": [top, *(_row("tableCell", row) for row in rows)]}


def clean(content: str) -> str:
    """The text with everything that a text node cannot hold turned into a space, and no space at its ends."""
    return _UNFIT.sub(" ", content).strip()


def plain_text(document: object) -> str:
    """The words of an ADF document, a line for each block. A plain text stays one; anything else gives nothing."""
    if isinstance(document, str):
        return document
    words: list[str] = []
    waiting: list[object] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            words.append(node)
        elif isinstance(node, dict):
            children = node.get("content")
            waiting.extend(["\n"] if node.get("type") in BLOCKS else [])
            waiting.extend(reversed(children) if isinstance(children, list) else [])
            words.append(_own_words(node))
    return "\n".join(filter(None, (line.strip() for line in "".join(words).splitlines())))


def _own_words(node: dict[str, Any]) -> str:
    attributes = node.get("attrs")
    if node.get("type") == "hardBreak":
        return "\n"
    if isinstance(node.get("text"), str):
        return str(node["text"])
    if not isinstance(attributes, dict):
        return ""
    words = attributes.get("text") or attributes.get("url") or attributes.get("shortName")
    return words if isinstance(words, str) else ""


def _row(kind: str, cells: Sequence[Node]) -> Node:
    return {"type": "tableRow", "content": [{"type": kind, "attrs": {}, "content": [cell]} for cell in cells]}
