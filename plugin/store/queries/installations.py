"""Finding installations before a tenant is known, by client key or address; ids and ciphertexts only."""

from collections.abc import Sequence

from sqlalchemy import Engine, Row, select, text
from sqlalchemy.orm import Session

from plugin.store.database import READING, across_tenants
from plugin.store.tables.tenants import Installation


def installation_by_client_key(engine: Engine, client_key: str) -> Installation | None:
    """The installation that a token's issuer names, over all tenants; row security lets just that row through."""
    with Session(engine.execution_options(**READING)) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT set_config('app.client_key', :key, true)"), {"key": client_key})
        found = session.scalars(select(Installation).where(Installation.client_key == client_key)).one_or_none()
        if found is not None:
            session.expunge(found)
        return found


def others_at(planner: Engine, base_url: str, *, tenant_id: str) -> Sequence[Row[str, str]]:
    """(tenant, installation) of other tenants that live at the same address: what a site import leaves behind."""
    query = select(Installation.tenant_id, Installation.id).where(
        Installation.base_url == base_url,
        Installation.tenant_id != tenant_id,
        Installation.state.in_(["installed", "enabled", "disabled", "broken"]),
    )
    with across_tenants(planner) as connection:
        return connection.execute(query).all()
