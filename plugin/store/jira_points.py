"""The accounts of Jira's points: one of the app over all sites, one a tenant; each counts within one UTC hour.

They belong to no tenant, like a heartbeat: the app's account is read and written on behalf of all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select, update

from plugin.store.database import across_tenants
from plugin.store.dialect import insert_into
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
    both = JiraAccount.name.in_((APP, tenant_id))
    with engine.begin() as connection:
        app, tenant = _locked(connection, tenant_id, hour)
        refused = refusal(app, tenant)
        if refused is not None:
            raise refused
        connection.execute(update(JiraAccount).where(both).values(used=JiraAccount.used + points))


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
        connection.execute(update(JiraAccount).where(JiraAccount.name == APP).values(closed_until=until))


def reading_tenants(planner: Engine) -> int:
    """Between how many tenants the app's points are shared."""
    alive = Installation.state.in_(("installed", "enabled"))
    with across_tenants(planner) as connection:
        found = connection.execute(select(func.count(Installation.tenant_id.distinct())).where(alive)).scalar_one()
    return int(found)


def _locked(connection: Connection, tenant_id: str, hour: datetime) -> tuple[Account, Account]:
    """The app's account and the tenant's as they count this hour.

    The app's is locked before the tenant's is looked at, or opened: whoever holds any account holds the app's, so no
    ring of waiting.
    """
    return _lock(connection, APP, hour), _lock(connection, tenant_id, hour)


def _lock(connection: Connection, name: str, hour: datetime) -> Account:
    """Locks an account; opens one that is not there, and empties one that counts another hour."""
    query = (
        select(JiraAccount.hour, JiraAccount.used, JiraAccount.near_limit, JiraAccount.closed_until)
        .where(JiraAccount.name == name)
        .with_for_update()
    )
    empty = {"hour": hour, "used": 0, "near_limit": False}
    row = connection.execute(query).one_or_none()
    if row is None:
        opened = (
            insert_into(connection, JiraAccount)
            .values(name=name, **empty)
            .on_conflict_do_nothing(index_elements=["name"])
        )
        connection.execute(opened)
        row = connection.execute(query).one()
    if row.hour == hour:
        return Account(row.used, row.near_limit, row.closed_until)
    connection.execute(update(JiraAccount).where(JiraAccount.name == name).values(**empty))
    return Account(closed_until=row.closed_until)
