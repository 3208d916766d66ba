"""Finding installations before a tenant is known, by client key or address; ids and ciphertexts only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from plugin.store.database import READING, across_tenants
from plugin.store.tables.tenants import Installation

LIVING = ("installed", "enabled", "disabled", "broken")
"""States of an installation that holds its address."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Somebody else's installation at an address, and since when it is there."""

    tenant_id: str
    installation_id: str
    installed_at: datetime


def installation_by_client_key(engine: Engine, client_key: str) -> Installation | None:
    """The installation that a token's issuer names, over all tenants; row security lets just that row through."""
    with Session(engine.execution_options(**READING)) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT set_config('app.client_key', :key, true)"), {"key": client_key})
        found = session.scalars(select(Installation).where(Installation.client_key == client_key)).one_or_none()
        if found is not None:
            session.expunge(found)
        return found


def others_at(planner: Engine, base_url: str, *, client_key: str) -> list[Neighbour]:
    """The installations of other client keys that live at an address."""
    query = select(Installation.tenant_id, Installation.id, Installation.installed_at).where(
        Installation.base_url == base_url,
        Installation.client_key != client_key,
        Installation.state.in_(LIVING),
    )
    with across_tenants(planner) as connection:
        return [Neighbour(*row) for row in connection.execute(query)]
