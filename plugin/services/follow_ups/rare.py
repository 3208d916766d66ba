"""Rows that most invoices have none of. For a few invoices one question finds out which of them there are at all.

A gate asks about one invoice, and eleven answers that say nothing cost more than the rules they are for.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVarTuple

from sqlalchemy import BindParameter, Row, Select, bindparam, select

from plugin.store.session import TenantSession
from plugin.store.tables.tenants import Tenant

CLIENTS: BindParameter[str] = bindparam("clients", expanding=True)
INVOICES: BindParameter[str] = bindparam("invoices", expanding=True)
"""The names by which all of these statements know whom they are about, so that they can be asked together."""

_Columns = TypeVarTuple("_Columns")
_Statement = Select[*tuple[Any, ...]]


class RareRows:
    """Asks statements of which some are known to find nothing."""

    __slots__ = ("_session", "_silent")

    def __init__(self, session: TenantSession, silent: frozenset[_Statement] = frozenset()) -> None:
        self._session, self._silent = session, silent

    def finds(self, statement: _Statement) -> bool:
        """Whether the statement may find anything."""
        return statement not in self._silent

    def of(self, statement: Select[*_Columns], asked: Mapping[str, object]) -> Sequence[Row[*_Columns]]:
        """The statement's rows."""
        return self._session.execute(statement, asked).all() if self.finds(statement) else ()


def look_for(session: TenantSession, statements: tuple[_Statement, ...], asked: Mapping[str, object]) -> RareRows:
    """One query that says which of the statements find anything; ``asked`` holds the parameters of all of them."""
    found = session.execute(_look(statements), asked).one()
    silent = (statement for statement, any_row in zip(statements, found, strict=True) if not any_row)
    return RareRows(session, frozenset(silent))


@lru_cache(maxsize=8)
def _look(statements: tuple[_Statement, ...]) -> _Statement:
    # From the one row of the site, which makes it a query of this tenant, as each of its parts is.
    return select(*(statement.order_by(None).exists() for statement in statements)).select_from(Tenant)
