"""What a process works out once and then knows: SQL as text, templates as code, addresses as functions.

Each test has an engine and an app of its own, which would compile all of that anew; a service that runs for days does
so once. Nothing is kept that depends on a database's rows or on what a test did.
"""

from collections.abc import Callable
from types import CodeType
from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from plugin.store import database

STATEMENTS = 2_000
"""As many different ones as the product has, and some."""


class OneDialect:
    """Makes engines that share the dialect of the first of their kind that connected, and what it has compiled."""

    def __init__(self) -> None:
        self._known: dict[str, Dialect] = {}
        self._compiled: LRUCache[Any, Any] = LRUCache(STATEMENTS)

    def create_engine(self, url: str, **options: Any) -> Engine:
        """As SQLAlchemy's own."""
        engine = create_engine(url, **options)
        engine.update_execution_options(compiled_cache=self._compiled)
        known = self._known.get(engine.dialect.name)
        if known is not None:
            engine.dialect = known
            return engine

        def remember(connection: Connection) -> None:
            """A dialect is complete once it has asked its server for the version."""
            self._known.setdefault(connection.dialect.name, connection.dialect)

        event.listen(engine, "begin", remember, once=True)
        return engine


class Bytecode(BytecodeCache):
    """Templates as Python code, by name and place."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._known.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[bucket.key] = (bucket.checksum, bucket.code)


Builder = Callable[..., tuple[str, str]]


def _remembering(compile_builder: Callable[[Rule, bool], Builder]) -> Callable[[Rule, bool], Builder]:
    known: dict[object, Builder] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Builder:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    return remembered


def keep_warm() -> None:
    """For the rest of this process."""
    setattr(database, "create_engine", OneDialect().create_engine)  # noqa: B010 - not part of its interface
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Bytecode()}
    setattr(Rule, "_compile_builder", _remembering(Rule._compile_builder))  # noqa: B010
