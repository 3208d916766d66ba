"""The tenants of a database, by id; for commands and for the tick."""

from sqlalchemy import Engine, func, select

from plugin.store.database import across_tenants
from plugin.store.tables.outbox import Cursor
from plugin.store.tables.tenants import Tenant


def tenants(planner: Engine) -> list[str]:
    """Ids of all tenants, in a fixed order."""
    with across_tenants(planner) as connection:
        return list(connection.scalars(select(Tenant.tenant_id).order_by(Tenant.tenant_id)))


def tenant_names(planner: Engine) -> dict[str, str]:
    """The names of all tenants by their ids, in a fixed order."""
    with across_tenants(planner) as connection:
        return dict(connection.execute(select(Tenant.tenant_id, Tenant.name).order_by(Tenant.tenant_id)).all())


def tenants_with_fewer_cursors(planner: Engine, number: int) -> list[str]:
    """Ids of the tenants that have fewer cursors than that, in a fixed order."""
    few = (
        select(Tenant.tenant_id)
        .outerjoin(Cursor, Cursor.tenant_id == Tenant.tenant_id)
        .group_by(Tenant.tenant_id)
        .having(func.count(Cursor.name) < number)
        .order_by(Tenant.tenant_id)
    )
    with across_tenants(planner) as connection:
        return list(connection.scalars(few))
