"""A few paragraphs as Atlassian Document Format: our own comments beside the living one, and descriptions of issues."""

from datetime import date

from plugin.jira.adf import Node, clean, day, doc, link, mention, paragraph, text
from plugin.services.jira_facts import Link, Mention, Note


def note_document(note: Note) -> Node:
    """The document. What people wrote is cleaned of control characters, never parsed."""
    return doc(*(paragraph(*_line(parts)) for parts in note.paragraphs))


def _line(parts: tuple[str | Mention | Link | date, ...]) -> list[Node]:
    nodes: list[Node] = []
    for part in parts:
        for node in _inline(part):
            if nodes:
                nodes.append(text(" "))
            nodes.append(node)
    return nodes


def _inline(part: str | Mention | Link | date) -> list[Node]:
    match part:
        case Mention(account_id=account_id):
            return [mention(account_id)]
        case Link(text=content, address=address):
            return [link(clean(content) or address, address)]
        case date():
            return [day(part)]
        case _:
            return [text(clean(part))] if clean(part) else []
