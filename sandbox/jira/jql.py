"""The part of JQL that the pretend Jira understands: parsed into a tree, then asked of one issue at a time."""

import re
from collections.abc import Callable
from dataclasses import dataclass

KEYWORDS = {"and", "or", "not", "in", "is", "order", "by", "asc", "desc", "empty", "null"}
_TOKEN = re.compile(
    r"""\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<operator>!=|>=|<=|!~|=|>|<|~|\(|\)|,)|(?P<word>[^\s()=!<>~,"']+))"""
)


class BadJql(Exception):
    """The sentence Jira would answer with."""


@dataclass(frozen=True, slots=True)
class Clause:
    """``field operator values``; operators: = != > >= < <= ~ !~ in, not in, is, is not."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """All of the parts hold."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of the parts holds."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Negated:
    """The part does not hold."""

    part: "Tree"


Tree = Clause | Both | Either | Negated


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed search: the condition (None: everything) and the order as ``(field, direction)``."""

    where: Tree | None
    order: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    kind: str


def parse(text: str) -> Query:
    """Reads a JQL text. ``BadJql`` with a sentence where it cannot be read."""
    return _Parser(_tokens(text)).query()


def holds(tree: Tree, ask: Callable[[Clause], bool]) -> bool:
    """Evaluates a tree with ``ask`` answering the clauses."""
    match tree:
        case Both(parts):
            return all(holds(part, ask) for part in parts)
        case Either(parts):
            return any(holds(part, ask) for part in parts)
        case Negated(part):
            return not holds(part, ask)
        case Clause():
            return ask(tree)


def clauses(tree: Tree) -> list[Clause]:
    """All clauses of a tree, from left to right."""
    match tree:
        case Both(parts) | Either(parts):
            return [clause for part in parts for clause in clauses(part)]
        case Negated(part):
            return clauses(part)
        case Clause():
            return [tree]


def _tokens(text: str) -> list[_Token]:
    found, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise BadJql(f"Error in the JQL Query: The character at position {position + 1} is not understood.")
        position = match.end()
        kind = match.lastgroup or ""
        raw = match.group(kind)
        if kind == "quoted":
            found.append(_Token(re.sub(r"\\(.)", r"\1", raw[1:-1]), kind))
        else:
            found.append(_Token(raw, "keyword" if kind == "word" and raw.lower() in KEYWORDS else kind))
    return found


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def query(self) -> Query:
        where = None if self._sees("order") or not self._tokens else self._either()
        order: list[tuple[str, str]] = []
        if self._takes("order"):
            self._needs("by")
            order.append(self._sort())
            while self._takes(","):
                order.append(self._sort())
        if self._at < len(self._tokens):
            raise BadJql(f"Error in the JQL Query: Expecting operator but got '{self._tokens[self._at].text}'.")
        if len(order) > 7:
            raise BadJql("The maximum number of fields in an ORDER BY clause is 7.")
        return Query(where, tuple(order))

    def _sort(self) -> tuple[str, str]:
        field = self._next().text
        if self._takes("desc"):
            return field, "desc"
        self._takes("asc")
        return field, "asc"

    def _either(self) -> Tree:
        parts = [self._both()]
        while self._takes("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Tree:
        parts = [self._part()]
        while self._takes("and"):
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _part(self) -> Tree:
        if self._takes("not"):
            return Negated(self._part())
        if self._takes("("):
            inside = self._either()
            self._needs(")")
            return inside
        return self._clause()

    def _clause(self) -> Clause:
        field = self._next().text
        if self._takes("is"):
            operator = "is not" if self._takes("not") else "is"
            return Clause(field, operator, (self._next().text,))
        negated = self._takes("not")
        if self._takes("in"):
            return Clause(field, "not in" if negated else "in", self._list())
        operator = self._next().text
        if operator not in ("=", "!=", ">", ">=", "<", "<=", "~", "!~"):
            raise BadJql(f"Error in the JQL Query: Expecting an operator after '{field}' but got '{operator}'.")
        return Clause(field, operator, (self._next().text,))

    def _list(self) -> tuple[str, ...]:
        self._needs("(")
        values = [self._next().text]
        while self._takes(","):
            values.append(self._next().text)
        self._needs(")")
        return tuple(values)

    def _next(self) -> _Token:
        if self._at >= len(self._tokens):
            raise BadJql("Error in the JQL Query: The query ends too early.")
        self._at += 1
        return self._tokens[self._at - 1]

    def _sees(self, text: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        token = self._tokens[self._at]
        return token.kind != "quoted" and token.text.lower() == text

    def _takes(self, text: str) -> bool:
        if not self._sees(text):
            return False
        self._at += 1
        return True

    def _needs(self, text: str) -> None:
        if not self._takes(text):
            raise BadJql(f"Error in the JQL Query: Expecting '{text}'.")
