"""The schema on both databases: up, down, up again; models and tables say the same; one head."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

import plugin.store.tables  # noqa: F401 - fills the metadata
from plugin.store.base import Base
from plugin.store.migrate import FOLDER, alembic_config, upgrade


@pytest.fixture
def engine(empty_database_url: str) -> Engine:
    return create_engine(empty_database_url, poolclass=NullPool)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    return revision == ScriptDirectory(str(FOLDER)).get_current_head()


def test_up_down_and_up_again_leaves_the_same_tables(empty_database_url: str, engine: Engine) -> None:
    upgrade(empty_database_url)
    whole = tables(engine)
    assert whole == {table.name for table in Base.metadata.sorted_tables} | {"alembic_version"}
    assert is_current(engine)
    command.downgrade(alembic_config(empty_database_url), "base")
    assert tables(engine) == {"alembic_version"}
    assert not is_current(engine)
    upgrade(empty_database_url)
    assert tables(engine) == whole


def test_models_and_tables_do_not_drift(empty_database_url: str, engine: Engine) -> None:
    upgrade(empty_database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_drift_would_be_found(empty_database_url: str, engine: Engine) -> None:
    upgrade(empty_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE client ADD COLUMN favourite_colour VARCHAR(7)")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert len(compare_metadata(context, Base.metadata)) == 1


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory(str(FOLDER)).get_heads()) == 1


def test_every_foreign_key_of_a_tenants_row_carries_the_tenant() -> None:
    """Row security does not look at keys: only a composite key keeps a row from pointing into another tenant."""
    lonely = [
        f"{table.name}.{constraint.name}"
        for table in Base.metadata.sorted_tables
        if "tenant_id" in table.columns
        for constraint in table.foreign_key_constraints
        if "tenant_id" not in [column.name for column in constraint.columns]
    ]
    assert lonely == []


def test_every_unique_key_of_a_tenants_row_begins_with_the_tenant_but_for_two_that_name_it() -> None:
    found = {
        index.name
        for table in Base.metadata.sorted_tables
        if "tenant_id" in table.columns
        for index in table.indexes
        if index.unique and next(iter(index.columns)).name != "tenant_id"
    }
    assert found == {"uq_installation_client_key", "uq_installation_installation_id"}
