"""Row security on PostgreSQL: on every table, forced, with three roles that can do just what they need."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from plugin.domain.errors import Permanent
from plugin.store.base import Base
from plugin.store.database import across_tenants, open_engine
from plugin.store.migrate import upgrade
from plugin.store.queries.directory import tenants
from plugin.store.queries.due import due_steps
from plugin.store.queries.installations import installation_by_client_key, others_at
from tests.support.books import NOW, Books, open_books
from tests.support.databases import Urls

TENANT_TABLES = {table.name for table in Base.metadata.sorted_tables if "tenant_id" in table.columns}


def as_role(url: str) -> Engine:
    return create_engine(url, poolclass=NullPool)


@pytest.fixture
def owner(postgres_urls: Urls) -> Engine:
    return as_role(postgres_urls.owner)


@pytest.fixture
def app(postgres_urls: Urls) -> Engine:
    return as_role(postgres_urls.app)


@pytest.fixture
def twins(postgres_urls: Urls) -> Iterator[tuple[Books, Books]]:
    with open_books(postgres_urls) as first, open_books(postgres_urls) as second:
        yield first, second


def test_every_table_of_tenants_has_forced_row_security_and_one_policy(owner: Engine) -> None:
    with owner.connect() as connection:
        forced = set(
            connection.scalars(text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"))
        )
        policies = connection.execute(
            text("SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'")
        ).all()
    assert forced == TENANT_TABLES
    assert sorted(row.tablename for row in policies) == sorted(TENANT_TABLES)
    for row in policies:
        assert row.cmd == "ALL"
        assert "app.tenant" in row.qual
        assert "app.tenant" in row.with_check
        # Only the installation may be read by what a token's issuer names, and never written by it.
        assert ("app.client_key" in row.qual) == (row.tablename == "installation")
        assert "app.client_key" not in row.with_check


def test_the_application_is_neither_owner_nor_above_row_security(postgres_urls: Urls, owner: Engine) -> None:
    role = make_url(postgres_urls.app).username
    with owner.connect() as connection:
        row = connection.execute(
            text("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = :role"), {"role": role}
        ).one()
        owned = connection.scalars(
            text("SELECT count(*) FROM pg_tables WHERE tableowner = :role"), {"role": role}
        ).one()
    assert tuple(row) == (False, False, False)
    assert owned == 0


def test_without_a_tenant_the_application_sees_no_row_of_any_table(twins: tuple[Books, Books], app: Engine) -> None:
    assert twins
    with app.connect() as connection:
        seen = {name: connection.scalars(text(f"SELECT count(*) FROM {name}")).one() for name in TENANT_TABLES}
    assert set(seen.values()) == {0}


def test_the_tenant_of_one_transaction_does_not_survive_into_the_next(
    twins: tuple[Books, Books], postgres_urls: Urls
) -> None:
    ours, _ = twins
    engine = open_engine(postgres_urls.app)
    ours.engine.dispose()
    ours.engine = engine
    with ours.writing() as session:
        assert session.execute(text("SELECT count(*) FROM client")).scalar_one() == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM client")).scalar_one() == 0


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_application_cannot_change_what_was_audited(
    twins: tuple[Books, Books], app: Engine, statement: str
) -> None:
    ours, _ = twins
    with app.connect() as connection:
        connection.execute(text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": ours.tenant})
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE mine (id int)", "DROP TABLE client", "ALTER TABLE client DISABLE ROW LEVEL SECURITY"]
)
def test_the_application_cannot_change_tables(app: Engine, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), app.begin() as connection:
        connection.execute(text(statement))


def test_the_planner_reads_due_rows_of_all_tenants_and_writes_nothing(
    twins: tuple[Books, Books], postgres_urls: Urls
) -> None:
    planner = open_engine(postgres_urls.planner)
    assert tenants(planner) == sorted(books.tenant for books in twins)
    for books in twins:
        books.log(1)
        books.issue(books.draft(1))
    with across_tenants(planner) as connection:
        due = due_steps(connection, now=NOW.replace(year=2027), each=50)
    assert {row.tenant_id for row in due} == {books.tenant for books in twins}
    for statement in ("UPDATE tenant SET name = 'x'", "DELETE FROM planned_step", "SELECT * FROM client"):
        with pytest.raises(ProgrammingError, match="permission denied"), planner.begin() as connection:
            connection.execute(text(statement))
    planner.dispose()


def test_an_installation_is_found_by_its_client_key_before_the_tenant_is_known(twins: tuple[Books, Books]) -> None:
    ours, theirs = twins
    found = installation_by_client_key(ours.engine, f"key-{theirs.tenant}")
    assert found is not None
    assert found.tenant_id == theirs.tenant
    assert installation_by_client_key(ours.engine, "key-of-nobody") is None
    assert installation_by_client_key(ours.engine, "") is None


def test_attack_A33_who_lives_at_the_same_address_is_seen_by_the_planner_alone(
    twins: tuple[Books, Books], postgres_urls: Urls
) -> None:
    ours, theirs = twins
    planner = open_engine(postgres_urls.planner)
    address = "https://seestern.atlassian.net"
    own_key = f"key-{ours.tenant}"
    assert [other.tenant_id for other in others_at(planner, address, client_key=own_key)] == [theirs.tenant]
    assert others_at(ours.engine, address, client_key=own_key) == []
    planner.dispose()


def test_an_upgrade_refuses_a_planner_that_would_see_nothing(postgres_urls: Urls) -> None:
    with pytest.raises(Permanent, match="BYPASSRLS"):
        upgrade(postgres_urls.owner, app_url=postgres_urls.app, planner_url=postgres_urls.app)
    upgrade(postgres_urls.owner, app_url=postgres_urls.app, planner_url=postgres_urls.planner)
