"""Alembic's entry: one connection, transactional DDL on both databases, short lock waits on PostgreSQL."""

from alembic import context
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import plugin.store.tables  # noqa: F401 - fills the metadata
from plugin.store.base import Base


def run() -> None:
    """Runs the migrations that Alembic was asked for, in one transaction."""
    url = context.config.attributes["url"]
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET lock_timeout = '5s'"))
            connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
