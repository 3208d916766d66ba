"""Every way in which code can reach for rows, as functions that try it on another tenant's client (security 5).

Each gives what it saw of the foreign row; what it changed is looked up afterwards by somebody who sees everything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, delete, exists, func, insert, select, text, union_all, update
from sqlalchemy.orm import aliased

from plugin.services.follow_ups.rare import CLIENTS, look_for
from plugin.store.kept import kept_rows
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact

NAME = "Foreign client"
CHANGED = "Taken over"
TABLE = cast(Table, Client.__table__)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A client of another tenant, and a contact of it."""

    tenant: str
    client_id: str

    @property
    def key(self) -> tuple[str, str]:
        return (self.tenant, self.client_id)


Form = Callable[[TenantSession, Foreign], object]


def _entity(session: TenantSession, foreign: Foreign) -> object:
    return session.scalars(select(Client).where(Client.id == foreign.client_id)).all()


def _get(session: TenantSession, foreign: Foreign) -> object:
    return session.get(Client, foreign.key)


def _columns(session: TenantSession, foreign: Foreign) -> object:
    return session.execute(select(Client.name).where(Client.id == foreign.client_id)).all()


def _count(session: TenantSession, foreign: Foreign) -> object:
    return session.scalars(select(func.count()).select_from(Client).where(Client.id == foreign.client_id)).one()


def _join(session: TenantSession, foreign: Foreign) -> object:
    query = select(Client.name, Contact.email).join(Contact, Contact.client_id == Client.id)
    return session.execute(query.where(Client.id == foreign.client_id)).all()


def _exists(session: TenantSession, foreign: Foreign) -> object:
    return session.scalars(select(exists().where(Client.id == foreign.client_id))).one()


def _scalar_subquery(session: TenantSession, foreign: Foreign) -> object:
    inner = select(Client.name).where(Client.id == foreign.client_id).scalar_subquery()
    return session.execute(select(inner)).scalar()


def _alias(session: TenantSession, foreign: Foreign) -> object:
    other = aliased(Client)
    return session.scalars(select(other).where(other.id == foreign.client_id)).all()


def _cte(session: TenantSession, foreign: Foreign) -> object:
    inner = select(Client.name).where(Client.id == foreign.client_id).cte()
    return session.execute(select(inner)).all()


def _union(session: TenantSession, foreign: Foreign) -> object:
    part = select(Client.name).where(Client.id == foreign.client_id)
    return session.execute(union_all(part, part)).all()


def _in_subquery(session: TenantSession, foreign: Foreign) -> object:
    inner = select(Client.id).where(Client.id == foreign.client_id)
    return session.scalars(select(Contact.email).where(Contact.client_id.in_(inner))).all()


def _legacy_query(session: TenantSession, foreign: Foreign) -> object:
    return session.query(Client).filter(Client.id == foreign.client_id).all()


def _looked_for(session: TenantSession, foreign: Foreign) -> object:
    contacts = select(Contact.email).where(Contact.client_id.in_(CLIENTS))
    asked = {"clients": [foreign.client_id]}
    rows = look_for(session, (contacts,), asked)
    return rows.finds(contacts) or rows.of(contacts, asked)


def _kept(session: TenantSession, foreign: Foreign) -> object:
    return kept_rows(session, Client, [foreign.client_id])


def _orm_update(session: TenantSession, foreign: Foreign) -> object:
    session.execute(update(Client).where(Client.id == foreign.client_id).values(name=CHANGED))
    return None


def _orm_delete(session: TenantSession, foreign: Foreign) -> object:
    session.execute(delete(Contact).where(Contact.client_id == foreign.client_id))
    return None


def _add(session: TenantSession, foreign: Foreign) -> object:
    session.add(Contact(tenant_id=foreign.tenant, client_id=foreign.client_id, email="thief@evil.example"))
    session.flush()
    return None


def _merge(session: TenantSession, foreign: Foreign) -> object:
    session.merge(Client(tenant_id=foreign.tenant, id=foreign.client_id, name=CHANGED))
    session.flush()
    return None


def _point_into(session: TenantSession, foreign: Foreign) -> object:
    session.add(Contact(client_id=foreign.client_id, email="thief@evil.example"))
    session.flush()
    return None


def _core_select(session: TenantSession, foreign: Foreign) -> object:
    return session.execute(select(TABLE).where(TABLE.c.id == foreign.client_id)).all()


def _text(session: TenantSession, foreign: Foreign) -> object:
    return session.execute(text("SELECT name FROM client WHERE id = :id"), {"id": foreign.client_id}).all()


def _from_statement(session: TenantSession, foreign: Foreign) -> object:
    statement = text("SELECT * FROM client WHERE id = :id").bindparams(id=foreign.client_id)
    return session.scalars(select(Client).from_statement(statement)).all()


def _connection(session: TenantSession, foreign: Foreign) -> object:
    return session.connection().execute(select(TABLE.c.name).where(TABLE.c.id == foreign.client_id)).all()


def _update_by_key(session: TenantSession, foreign: Foreign) -> object:
    session.execute(update(Client), [{"tenant_id": foreign.tenant, "id": foreign.client_id, "name": CHANGED}])
    return None


def _bulk_mappings(session: TenantSession, foreign: Foreign) -> object:
    mapper = Client.__mapper__
    row = {"tenant_id": foreign.tenant, "id": foreign.client_id, "name": CHANGED}
    session.bulk_update_mappings(mapper, [row])
    return None


def _core_update(session: TenantSession, foreign: Foreign) -> object:
    session.execute(update(TABLE).where(TABLE.c.id == foreign.client_id).values(name=CHANGED))
    return None


def _core_delete(session: TenantSession, foreign: Foreign) -> object:
    contacts = cast(Table, Contact.__table__)
    session.execute(delete(contacts).where(contacts.c.client_id == foreign.client_id))
    return None


def _core_insert(session: TenantSession, foreign: Foreign) -> object:
    row = {"tenant_id": foreign.tenant, "id": "stolen", "client_id": foreign.client_id, "email": "thief@evil.example"}
    session.execute(insert(cast(Table, Contact.__table__)), [row])
    return None


HELD: Mapping[str, Form] = {
    "entity": _entity,
    "get": _get,
    "columns": _columns,
    "count": _count,
    "join": _join,
    "exists": _exists,
    "scalar subquery": _scalar_subquery,
    "alias": _alias,
    "cte": _cte,
    "union": _union,
    "in subquery": _in_subquery,
    "legacy query": _legacy_query,
    "looked for": _looked_for,
    "kept": _kept,
    "orm update": _orm_update,
    "orm delete": _orm_delete,
    "add": _add,
    "merge": _merge,
    "a key into another tenant": _point_into,
}
"""What the session itself refuses, on every database."""
LEAKING_ON_SQLITE: Mapping[str, Form] = {
    "core select": _core_select,
    "text": _text,
    "from_statement": _from_statement,
    "connection": _connection,
    "update by key": _update_by_key,
    "bulk_update_mappings": _bulk_mappings,
    "core update": _core_update,
    "core delete": _core_delete,
    "core insert": _core_insert,
}
"""What goes round the session: only row security stops it, and SQLite has none. Product code does not use these on
tenants' rows; several tenants in production run on PostgreSQL."""
EVERY_FORM = {**HELD, **LEAKING_ON_SQLITE}
