"""Comments as the issue view shows them: Atlassian Document Format turned into HTML, all text escaped."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from markupsafe import Markup

Node = dict[str, object]

TAGS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "codeBlock": "pre",
    "tableRow": "tr",
    "tableHeader": "th",
    "tableCell": "td",
}
MARKS = {"strong": "strong", "em": "em", "code": "code", "strike": "s", "underline": "u"}
COLOURS = frozenset({"neutral", "purple", "blue", "red", "yellow", "green"})


def adf_html(document: object) -> Markup:
    """The HTML of a document. A node of an unknown kind shows its children only, as Jira does with what it lacks."""
    return _render(document) if isinstance(document, dict) else Markup("")


def _render(node: Node) -> Markup:
    kind = str(node.get("type"))
    if kind in SPECIAL:
        return SPECIAL[kind](node)
    if kind not in TAGS:
        return _children(node)
    # The tag comes from the table above, never from the document.
    return Markup("<{0}>{1}</{0}>").format(Markup(TAGS[kind]), _children(node))


def _children(node: Node) -> Markup:
    content = node.get("content")
    children = content if isinstance(content, list) else []
    return Markup("").join(_render(child) for child in children if isinstance(child, dict))


def _attributes(node: Node) -> Node:
    attributes = node.get("attrs")
    return attributes if isinstance(attributes, dict) else {}


def _text(node: Node) -> Markup:
    shown = Markup("{}").format(str(node.get("text", "")))
    marks = node.get("marks")
    for mark in marks if isinstance(marks, list) else []:
        kind = str(mark.get("type")) if isinstance(mark, dict) else ""
        if kind in MARKS:
            shown = Markup("<{0}>{1}</{0}>").format(Markup(MARKS[kind]), shown)
        elif kind == "link":
            shown = _link(str(_attributes(mark).get("href", "")), shown)
    return shown


def _link(address: str, shown: Markup) -> Markup:
    if urlsplit(address).scheme not in ("http", "https"):
        return shown
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(address, shown)


def _status(node: Node) -> Markup:
    attributes = _attributes(node)
    colour = str(attributes.get("color"))
    return Markup('<span class="status {}">{}</span>').format(
        colour if colour in COLOURS else "neutral", str(attributes.get("text", ""))
    )


def _date(node: Node) -> Markup:
    try:
        day = datetime.fromtimestamp(int(str(_attributes(node).get("timestamp"))) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return Markup("")
    return Markup('<time datetime="{}">{} {:%b %Y}</time>').format(day.date().isoformat(), day.day, day)


def _table(node: Node) -> Markup:
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table><tbody>{}</tbody></table></div>'
    ).format(_children(node))


def _heading(node: Node) -> Markup:
    level = _attributes(node).get("level")
    tag = Markup("h{}").format(min(6, 3 + level) if isinstance(level, int) else 4)
    return Markup("<{0}>{1}</{0}>").format(tag, _children(node))


def _panel(node: Node) -> Markup:
    return Markup('<div class="note">{}</div>').format(_children(node))


def _card(node: Node) -> Markup:
    address = str(_attributes(node).get("url", ""))
    return _link(address, Markup("{}").format(address))


def _mention(node: Node) -> Markup:
    return Markup('<span class="mention">{}</span>').format(str(_attributes(node).get("text", "")))


SPECIAL: dict[str, Callable[[Node], Markup]] = {
    "text": _text,
    "status": _status,
    "date": _date,
    "table": _table,
    "heading": _heading,
    "panel": _panel,
    "inlineCard": _card,
    "blockCard": _card,
    "mention": _mention,
    "emoji": lambda node: Markup("{}").format(str(_attributes(node).get("text", ""))),
    "hardBreak": lambda _: Markup("<br>"),
    "rule": lambda _: Markup("<hr>"),
}
