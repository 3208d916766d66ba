"""Whether a comment body is a document Jira would take: the common mistakes, not the whole schema."""

from sandbox.jira.model import Json

BLOCKS = {
    "blockquote",
    "bulletList",
    "codeBlock",
    "expand",
    "heading",
    "mediaGroup",
    "mediaSingle",
    "nestedExpand",
    "orderedList",
    "panel",
    "paragraph",
    "rule",
    "table",
    "taskList",
    "decisionList",
    "blockCard",
}
PARTS = {"listItem", "tableRow", "tableCell", "tableHeader", "taskItem", "decisionItem", "media"}
INLINE = {"date", "emoji", "hardBreak", "inlineCard", "mention", "status", "text"}


def wrong_with(document: Json) -> str:
    """What is wrong, or an empty text."""
    if not isinstance(document, dict):
        return "the body is not an object"
    if document.get("type") != "doc" or document.get("version") != 1:
        return "the body is not a doc of version 1"
    content = document.get("content")
    if not isinstance(content, list):
        return "the doc has no content"
    for block in content:
        kind = block.get("type") if isinstance(block, dict) else block
        if kind not in BLOCKS:
            return f"{kind} may not stand in a doc"
    return next((wrong for block in content if (wrong := _wrong_below(block))), "")


def _wrong_below(node: Json) -> str:
    if not isinstance(node, dict):
        return "a node is not an object"
    kind = node.get("type")
    if kind not in BLOCKS | PARTS | INLINE:
        return f"unknown node {kind!r}"
    if kind == "text" and not (isinstance(node.get("text"), str) and node["text"]):
        return "a text node is empty"
    content = node.get("content", [])
    if not isinstance(content, list):
        return f"the content of {kind} is not a list"
    return next((wrong for child in content if (wrong := _wrong_below(child))), "")
