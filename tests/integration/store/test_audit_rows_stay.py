"""The database itself refuses to change what was audited, to its owner too; only a tenant's erasure takes it along."""

from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from plugin.store.audit import record_audit
from plugin.store.migrate import alembic_config, upgrade
from tests.support.books import NOW, Books, open_books
from tests.support.databases import Urls


@pytest.fixture
def owner(urls: Urls, books: Books) -> Iterator[Connection]:
    """Who owns the tables, above grants and row security; nothing that is done here is kept."""
    assert books.tenant
    engine = create_engine(urls.owner, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def count(connection: Connection) -> int:
    found: int = connection.scalars(text("SELECT count(*) FROM audit")).one()
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'mallory'",
        "UPDATE audit SET hash = '' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 1",
        "DELETE FROM audit",
    ],
)
def test_attack_A82_audit_rows_are_neither_changed_nor_deleted(owner: Connection, statement: str) -> None:
    before = count(owner)
    assert before > 0
    with pytest.raises(DatabaseError, match="audit rows are never"):
        owner.execute(text(statement))
    owner.rollback()
    assert count(owner) == before


def test_attack_A82_the_audit_is_not_emptied_at_one_stroke(owner: Connection) -> None:
    if owner.dialect.name == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(DatabaseError, match="audit rows are never"):
        owner.execute(text("TRUNCATE audit"))


def test_links_are_still_added(books: Books) -> None:
    with books.writing() as session:
        record_audit(session, actor="alice", action="rate.added", subject="rate-1", now=NOW)
    assert books.findings() == []


def test_the_erasure_of_a_tenant_takes_its_audit_rows_along_and_no_others(
    owner: Connection, books: Books, urls: Urls
) -> None:
    with open_books(urls) as other:
        theirs = text("DELETE FROM audit WHERE tenant_id = :tenant")
        for table in ("installation", "tenant"):
            owner.execute(text(f"DELETE FROM {table} WHERE tenant_id = :tenant"), {"tenant": books.tenant})
        before = count(owner)
        assert 0 < owner.execute(theirs, {"tenant": books.tenant}).rowcount < before
        with pytest.raises(DatabaseError, match="audit rows are never"):
            owner.execute(theirs, {"tenant": other.tenant})


def test_going_down_takes_the_protection_away_and_up_brings_it_back(empty_database_url: str) -> None:
    row = (
        "INSERT INTO audit (tenant_id, id, seq, at, actor, action, subject, hash) "
        "VALUES ('t', 'a', 1, '2026-01-01', 'alice', 'x', 'y', '')"
    )
    upgrade(empty_database_url)
    command.downgrade(alembic_config(empty_database_url), "0001")
    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(row))
        assert connection.execute(text("UPDATE audit SET actor = 'mallory'")).rowcount == 1
    upgrade(empty_database_url)
    with engine.connect() as connection, pytest.raises(DatabaseError, match="audit rows are never"):
        connection.execute(text("UPDATE audit SET actor = 'bob'"))
