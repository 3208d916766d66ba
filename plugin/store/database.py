"""Engines and their settings: SQLite with WAL and immediate transactions, PostgreSQL with psycopg 3."""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, select, text
from sqlalchemy.engine import make_url

from plugin.clock import machine_now

READING = {"dunlin_reading": True}
LOOKS_EACH = 100
"""How many returns to the pool lie between two looks at the size of the file."""


def open_engine(url: str) -> Engine:
    """Opens an engine with the pragmas and transaction modes that the delivery design needs."""
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        isolation_level="READ COMMITTED",
        # An error would otherwise carry whole mails and secrets into the log.
        hide_parameters=True,
    )


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 30}, pool_size=5, max_overflow=20, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "checkin", _keep_statistics)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """FULL makes the gate's commit durable before DATA; foreign keys are off by default and would check nothing."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "analysis_limit=400",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _keep_statistics(connection: Any, record: Any) -> None:
    """Counts the rows anew (some 30 ms) whenever the file has doubled. PostgreSQL does so by itself.

    Without statistics SQLite takes any column for selective, and reads all rows of a tenant where a site has just one.
    Each connection counts for itself, since it learns of new figures only when it opens.
    """
    if connection is None:
        return
    record.info["returned"] = record.info.get("returned", 0) + 1
    if record.info["returned"] % LOOKS_EACH:
        return
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    if pages < 2 * record.info.get("pages_counted", 0):
        return
    # Somebody else may write for long; it is tried again later.
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("ANALYZE")
        record.info["pages_counted"] = pages


def _begin_sqlite(connection: Connection) -> None:
    """A deferred transaction that later writes can fail with SQLITE_BUSY_SNAPSHOT, which no time-out retries."""
    reading = connection.get_execution_options().get("dunlin_reading")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def database_now(connection: Connection) -> datetime:
    """The database's own present instant, for leases: on SQLite the machine's clock, never a moved business clock."""
    if connection.dialect.name == "sqlite":
        return machine_now()
    moment: datetime = connection.execute(select(text("clock_timestamp()"))).scalar_one()
    return moment.astimezone(UTC)


@contextmanager
def across_tenants(engine: Engine) -> Iterator[Connection]:
    """A read-only connection for the few queries that look at all tenants and return ids only (tick, directory)."""
    with engine.connect().execution_options(**READING) as connection, connection.begin():
        yield connection
