"""What a handler asks about the request at hand: the container, who calls, today, and their transactions."""

from contextlib import AbstractContextManager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import current_app, g

from plugin.bootstrap import Container
from plugin.domain.calendar import civil_day
from plugin.hosts.principal import Principal
from plugin.services.billing.lookup import company_of
from plugin.services.policies.outside import Outside
from plugin.store.session import TenantSession

EXTENSION = "dunlin"


def container() -> Container:
    """What bootstrap built."""
    built: Container = current_app.extensions[EXTENSION]
    return built


def principal() -> Principal:
    """Who calls; the guard has verified it."""
    known: Principal = g.principal
    return known


def outside() -> Outside:
    """What policies may use outside; Jira is not asked about its statuses."""
    return Outside(rooms=container().step_channels)


def actor() -> str:
    """The account id that audit and history rows name."""
    return principal().account_id or ""


def now() -> datetime:
    """The business instant of this request: one for all that it does."""
    if "now" not in g:
        g.now = container().clock.now()
    instant: datetime = g.now
    return instant


def today_of(session: TenantSession) -> date:
    """The seller's civil day: the one that decides issue dates and payments."""
    return civil_day(now(), company_of(session).zone)


def zone() -> ZoneInfo:
    """Where the person is: as the host says with a fragment; before it could say so, the seller's own zone."""
    if "zone" not in g:
        g.zone = _known_zone(principal().time_zone) or _seller_zone()
    known: ZoneInfo = g.zone
    return known


def _known_zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None


def _seller_zone() -> ZoneInfo:
    with reading() as session:
        return ZoneInfo(company_of(session).zone)


def reading() -> AbstractContextManager[TenantSession]:
    """A transaction of the caller's tenant that only looks."""
    return container().reading(principal().tenant_id)


def writing() -> AbstractContextManager[TenantSession]:
    """A transaction of the caller's tenant, kept when its block ends well."""
    return container().writing(principal().tenant_id)
