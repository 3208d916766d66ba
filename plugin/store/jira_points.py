"""The accounts of Jira's points: one of the app over all sites, one a tenant; each counts within one UTC hour.

They belong to no tenant, like a heartbeat: the app's account is read and written on behalf of all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from plugin.store.database import across_tenants
from plugin.store.tables.runtime import JiraAccount
from plugin.store.tables.tenants import Installation

APP = "app"
"""The name of the app's own account; a tenant's is its id, which is longer."""


@dataclass(frozen=True, slots=True)
class Account:
    """What an account says about one hour. ``closed_until``: Jira refuses everybody until then."""

    used: int = 0
    near_limit: bool = False
    closed_until: datetime | None = None


Refusal = Callable[[Account, Account], Exception | None]
"""Given the app's account and the tenant's, says why a call may not be made, or that it may."""


def spend(engine: Engine, tenant_id: str, points: int, *, hour: datetime, refusal: Refusal) -> None:
    """Books points on both accounts in one step, or raises what ``refusal`` gives and books nothing."""
    with engine.begin() as connection:
        # The app's account first and locked: two tenants never hold what the other waits for.
        app, tenant = (_locked(connection, name, hour) for name in (APP, tenant_id))
        refused = refusal(app, tenant)
        if refused is not None:
            raise refused
        for name, account in ((APP, app), (tenant_id, tenant)):
            _set(connection, name, used=account.used + points)


def correct(engine: Engine, tenant_id: str, points: int, *, hour: datetime, near_limit: bool) -> None:
    """Adds points (fewer than none gives them back) to both accounts, if they still count that hour."""
    used = JiraAccount.used + points
    warned: dict[str, dict[str, object]] = {APP: {}, tenant_id: {"near_limit": True} if near_limit else {}}
    with engine.begin() as connection:
        for name, flags in warned.items():
            counting = (JiraAccount.name == name, JiraAccount.hour == hour)
            connection.execute(update(JiraAccount).where(*counting).values(used=used, **flags))


def close_for_all(engine: Engine, *, until: datetime) -> None:
    """Jira refuses the app as a whole: nobody asks before ``until``. The refused call has opened the account."""
    with engine.begin() as connection:
        _set(connection, APP, closed_until=until)


def reading_tenants(planner: Engine) -> int:
    """Between how many tenants the app's points are shared."""
    alive = Installation.state.in_(("installed", "enabled"))
    with across_tenants(planner) as connection:
        found = connection.execute(select(func.count(Installation.tenant_id.distinct())).where(alive)).scalar_one()
    return int(found)


def _locked(connection: Connection, name: str, hour: datetime) -> Account:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    empty = {"used": 0, "near_limit": False}
    fresh = insert(JiraAccount).values(name=name, hour=hour, **empty)
    connection.execute(fresh.on_conflict_do_nothing(index_elements=["name"]))
    row = connection.execute(
        select(JiraAccount.hour, JiraAccount.used, JiraAccount.near_limit, JiraAccount.closed_until)
        .where(JiraAccount.name == name)
        .with_for_update()
    ).one()
    if row.hour == hour:
        return Account(row.used, row.near_limit, row.closed_until)
    connection.execute(update(JiraAccount).where(JiraAccount.name == name).values(hour=hour, **empty))
    return Account(closed_until=row.closed_until)


def _set(connection: Connection, name: str, **values: object) -> None:
    connection.execute(update(JiraAccount).where(JiraAccount.name == name).values(**values))
