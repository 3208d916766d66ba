"""The tenants of a database, by id; for commands and for the tick."""

from sqlalchemy import Engine, select

from plugin.store.database import across_tenants
from plugin.store.tables.tenants import Tenant


def tenants(planner: Engine) -> list[str]:
    """Ids of all tenants, in a fixed order."""
    with across_tenants(planner) as connection:
        return list(connection.scalars(select(Tenant.tenant_id).order_by(Tenant.tenant_id)))
