"""Reads back what was composed for a step in Jira and kept as JSON in its effect."""

from plugin.domain.errors import Permanent
from plugin.services.effects.step_channel import Content
from plugin.services.jira_facts import Audience, CommentVisibility, Mention, Note


def content_text(content: Content, name: str) -> str:
    """A text of the content; Permanent where it is not there, since composing puts it there."""
    value = content.get(name)
    if not isinstance(value, str):
        raise Permanent(f"The step in Jira was kept without its {name}; skip it and add it anew.")
    return value


def account_of(content: Content) -> str:
    """Whom it is for."""
    return content_text(content, "account_id")


def note_of(content: Content) -> Note:
    """The comment; a mention comes first in its paragraph."""
    line: tuple[str | Mention, ...] = (content_text(content, "text"),)
    if content.get("action") == "mention":
        line = (Mention(account_id=account_of(content)), *line)
    return Note(paragraphs=(line,), internal=content.get("internal") is True)


def visibility_of(content: Content) -> CommentVisibility | None:
    """Who may read it; None for everybody who sees the issue."""
    kind = content.get("audience")
    if not isinstance(kind, str):
        return None
    return CommentVisibility(
        audience=Audience(kind), identifier=content_text(content, "identifier"), name=content_text(content, "name")
    )
