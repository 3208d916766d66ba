"""The living comment as Atlassian Document Format: a line with the status, one row for each event, a remark."""

from datetime import date

from plugin.jira.adf import Node, clean, day, doc, link, paragraph, status, table, text
from plugin.services.jira_facts import Cell, HistoryComment, Link, Lozenge


def history_document(comment: HistoryComment) -> Node:
    """The document for ``body`` of a comment. What people wrote is cleaned of control characters, never parsed."""
    blocks = [paragraph(*_line(comment.lead))]
    if comment.rows:
        head = [clean(title) for title in comment.columns]
        blocks.append(table(head, [[paragraph(*_inline(cell)) for cell in row] for row in comment.rows]))
    if clean(comment.remark):
        blocks.append(paragraph(text(clean(comment.remark))))
    return doc(*blocks)


def _line(parts: tuple[Cell, ...]) -> list[Node]:
    nodes: list[Node] = []
    for node in (node for part in parts for node in _inline(part)):
        if nodes:
            nodes.append(text(" "))
        nodes.append(node)
    return nodes


def _inline(cell: Cell) -> list[Node]:
    match cell:
        case Lozenge(text=content, colour=colour):
            return [status(clean(content), colour)] if clean(content) else []
        case Link(text=content, address=address):
            return [link(clean(content) or address, address)]
        case date():
            return [day(cell)]
        case _:
            return [text(clean(cell))] if clean(cell) else []
