"""A session that knows one tenant, reads only its rows and refuses to write any other's (I8)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction, with_loader_criteria

from plugin.store.base import TenantOwned
from plugin.store.database import READING


class ForeignRow(Exception):
    """A row of another tenant was about to be written: a mistake in our code, stopped before the database sees it."""


class TenantSession(Session):
    """Use ``writing`` or ``reading`` below; services take the session as an argument and never end its transaction."""

    @property
    def tenant_id(self) -> str:
        tenant: str = self.info["tenant_id"]
        return tenant


@contextmanager
def writing(engine: Engine, tenant_id: str) -> Iterator[TenantSession]:
    """One transaction of one tenant: kept when the block ends, undone when it raises."""
    with TenantSession(engine, info={"tenant_id": tenant_id}, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def writing_together(
    engine: Engine, *, alone_at: str
) -> Iterator[Callable[[str], AbstractContextManager[TenantSession]]]:
    """One transaction that writes one tenant after another, each in a session that sees no other: all or nothing.

    Whoever names the same ``alone_at`` waits until it has ended; on SQLite every writer does.
    """
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
            connection.execute(lock, {"name": alone_at})
        yield lambda tenant_id: _joined(connection, tenant_id)


@contextmanager
def _joined(connection: Connection, tenant_id: str) -> Iterator[TenantSession]:
    joined = TenantSession(
        connection, info={"tenant_id": tenant_id}, expire_on_commit=False, join_transaction_mode="rollback_only"
    )
    with joined as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine, tenant_id: str) -> Iterator[TenantSession]:
    """A transaction that only looks; on SQLite it does not wait for a writer."""
    bound = engine.execution_options(**READING)
    with TenantSession(bound, info={"tenant_id": tenant_id}, expire_on_commit=False) as session:
        yield session


@event.listens_for(TenantSession, "do_orm_execute")
def _own_rows_only(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    info = state.session.info
    if "own_rows" not in info:
        # Made once a session: it costs as much as a small query.
        tenant_id = info["tenant_id"]
        info["own_rows"] = with_loader_criteria(
            TenantOwned, lambda cls: cls.tenant_id == tenant_id, include_aliases=True
        )
    state.statement = state.statement.options(info["own_rows"])


@event.listens_for(TenantSession, "before_flush")
def _refuse_foreign_rows(session: Session, _context: UOWTransaction, _instances: object) -> None:
    tenant_id = session.info["tenant_id"]
    for row in [*session.new, *session.dirty, *session.deleted]:
        if not isinstance(row, TenantOwned):
            continue
        if not row.tenant_id:
            row.tenant_id = tenant_id
        if row.tenant_id != tenant_id:
            raise ForeignRow(f"{type(row).__name__} of another tenant in a session of tenant {tenant_id}")


@event.listens_for(TenantSession, "after_begin")
def _tell_database(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    """Row-level security reads this setting; it ends with the transaction, so a pooled connection keeps nothing."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT set_config('app.tenant', :tenant, true)"), {"tenant": session.info["tenant_id"]}
        )
