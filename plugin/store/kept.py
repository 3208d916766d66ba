"""Rows that a session keeps, once it has read them: asked for again they cost nothing."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm.util import identity_key

from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.policies import PolicyVersion

Kept = TypeVar("Kept", Client, Project, PolicyVersion)


def kept_rows(session: TenantSession, kind: type[Kept], ids: Collection[str]) -> dict[str, Kept]:
    """By id, in the order of the ids; the database is asked for those that the session has not read yet.

    As with any row that a session holds, what others have changed since shows only after it was locked or refreshed.
    """
    found: dict[str, Kept] = {}
    for row_id in ids:
        row = session.identity_map.get(identity_key(kind, (session.tenant_id, row_id)))
        if row is not None:
            found[row_id] = row
    missing = [row_id for row_id in ids if row_id not in found]
    if missing:
        found |= {row.id: row for row in session.scalars(_by_id(kind), {"ids": missing})}
    return {row_id: found[row_id] for row_id in ids if row_id in found}


@lru_cache(maxsize=8)
def _by_id(kind: type[Kept]) -> Select[Any]:
    return select(kind).where(kind.id.in_(bindparam("ids", expanding=True)))
