"""What a tenant's own wording says otherwise than ours, line by line."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from plugin.services.texts.source import TextSource


class Change(StrEnum):
    """A line that both have, one of ours that is gone, or one of theirs that is new."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison."""

    change: Change
    text: str


def difference(ours: TextSource, own: TextSource) -> list[Line]:
    """Subject, text and HTML one after the other; empty lines are left out, and no difference at all is no line."""
    before, after = _lines(ours), _lines(own)
    if before == after:
        return []
    found: list[Line] = []
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += [Line(Change.SAME, text) for text in before[start:end]]
            continue
        found += [Line(Change.GONE, text) for text in before[start:end]]
        found += [Line(Change.NEW, text) for text in after[new_start:new_end]]
    return found


def _lines(source: TextSource) -> list[str]:
    whole = f"{source.subject}\n{source.body}\n{source.html}"
    return [line for line in whole.replace("\r\n", "\n").split("\n") if line.strip()]
