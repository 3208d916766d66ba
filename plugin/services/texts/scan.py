"""A first look at a text before it is parsed: length, odd characters, unclosed or overlong marks, nesting."""

import re

from plugin.domain.errors import InvalidInput

LONGEST_SOURCE = 20_000
LONGEST_MARK = 300
MOST_MARKS = 500
DEEPEST = 8
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
_DIRECTIONS = r"\u202a-\u202e\u2066-\u2069"
_OURS = r"\ue000-\uf8ff\ud800-\udfff"
"""Private use: the marks of table and payment details are made of it. Lone surrogates cannot be stored."""
ODD = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_OURS}]")
_TAG = re.compile(r"\{%-?\s*(\w+)")
_OPEN = frozenset({"if", "unless", "case", "for"})
_CLOSE = frozenset({f"end{name}" for name in _OPEN})


def refused(source: str, index: int, sentence: str, *, field: str) -> InvalidInput:
    """The error for a place in a text, as people count: lines and columns from one."""
    before = source[: min(index, len(source))]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    return InvalidInput(f"Line {line}, column {column}: {sentence}", field=field)


def scan(source: str, *, field: str) -> None:
    """Refuses what would keep the parser busy. Raises InvalidInput with line and column."""
    if len(source) > LONGEST_SOURCE:
        raise InvalidInput(f"This text is longer than {LONGEST_SOURCE} characters; shorten it.", field=field)
    odd = ODD.search(source)
    if odd is not None:
        raise refused(source, odd.start(), "this character cannot be printed; remove it.", field=field)
    marks, depth, at = 0, 0, _next(source, 0)
    while at >= 0:
        end = source.find("}}" if source[at + 1] == "{" else "%}", at + 2, at + LONGEST_MARK)
        if end < 0:
            what = f"what begins here is not closed within {LONGEST_MARK} characters."
            raise refused(source, at, what, field=field)
        depth += _step(source, at)
        marks += 1
        if depth > DEEPEST:
            raise refused(source, at, f"conditions stand in each other more than {DEEPEST} deep.", field=field)
        if marks > MOST_MARKS:
            raise refused(source, at, f"this is more than {MOST_MARKS} names and conditions.", field=field)
        at = _next(source, end + 2)


def _next(source: str, start: int) -> int:
    """Where the next ``{{`` or ``{%`` begins; -1 for nowhere."""
    found = [place for place in (source.find("{{", start), source.find("{%", start)) if place >= 0]
    return min(found, default=-1)


def _step(source: str, at: int) -> int:
    tag = _TAG.match(source, at)
    if tag is None:
        return 0
    return int(tag[1] in _OPEN) - int(tag[1] in _CLOSE)
