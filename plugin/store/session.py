"""A session that knows one tenant, reads only its rows and refuses to write any other's (I8)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import BindParameter, Connection, Engine, Executable, String, event, text
from sqlalchemy.orm import (
    ORMExecuteState,
    QueryContext,
    Session,
    SessionTransaction,
    UOWTransaction,
    with_loader_criteria,
)

from plugin.store.base import KeptRow, TenantOwned
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


class _OwnTenant(BindParameter[str]):
    """The tenant in the condition that every statement gets.

    The library finds such a parameter again in dictionaries whenever a statement is executed; compared as a column is,
    it would build an SQL expression each time, a third of the cost of a small query.
    """

    inherit_cache = True

    def __eq__(self, other: object) -> bool:  # type: ignore[override] # a column's gives an expression
        return hash(self) == hash(other)

    __hash__ = BindParameter.__hash__


_OWN = "own_tenant"
_OWN_TENANT = _OwnTenant(_OWN, type_=String(32), required=True)
_OWN_ROWS = with_loader_criteria(TenantOwned, lambda cls: cls.tenant_id == _OWN_TENANT, include_aliases=True)
_scoped: WeakKeyDictionary[Executable, Executable] = WeakKeyDictionary()
"""Statements with that condition, by what they were without: most are put together once and asked for ever after."""


@event.listens_for(TenantSession, "do_orm_execute")
def _own_rows_only(state: ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load:
        return
    if state.is_select:
        _narrow(state)
        return
    info = state.session.info
    if "own_rows" not in info:
        # What is written takes its parameters for columns, so the tenant stands in the condition itself.
        own = _OwnTenant(_OWN, info["tenant_id"], type_=String(32), unique=True)
        info["own_rows"] = with_loader_criteria(TenantOwned, lambda cls: cls.tenant_id == own, include_aliases=True)
    state.statement = state.statement.options(info["own_rows"])


def _narrow(state: ORMExecuteState) -> None:
    """Without the tenant among its parameters the statement fails; it never sees more."""
    asked = state.statement
    scoped = _scoped.get(asked)
    if scoped is None:
        scoped = _scoped[asked] = asked.options(_OWN_ROWS)
    state.statement = scoped
    state.parameters = {**_single(state.parameters), _OWN: state.session.info["tenant_id"]}
    if getattr(asked, "_for_update_arg", None) is not None:
        # What is locked counts as it is by then, also where the session knew the row before.
        state.update_execution_options(populate_existing=True)


def _single(parameters: object) -> Mapping[str, object]:
    if parameters is None or isinstance(parameters, Mapping):
        return parameters or {}
    raise TypeError("a query takes one set of parameters")


@event.listens_for(KeptRow, "load", propagate=True)
def _keep(row: KeptRow, context: QueryContext | None) -> None:
    """A session refers to its rows weakly, and would read these again for each question. A merge has no context."""
    if context is not None:
        context.session.info.setdefault("kept", []).append(row)


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
