"""Jira's points, shared fairly: what a tenant's background work may ask within one UTC hour.

Atlassian gives an app so many points an hour over all its sites together. Calls for a page that a person looks at are
not held back, for those come last; a part of the points is kept for them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import Engine

from plugin.services.jira_errors import JiraLimited, LimitScope
from plugin.store import jira_points
from plugin.store.jira_points import Account

FREE_FOR_ALL = 0.5
"""While less than this part of the app's points is used, nobody is held to a share."""
USABLE = 0.9
"""The rest is kept for pages."""
LARGEST_CALL = 1_001
"""Points of the dearest call: a page of 1,000 changes. A share is never smaller, or a tenant would never read again."""
SMALL_CALL = 101
"""Points of a page of issues or comments: what still goes while Jira warns of the limit."""
HOUR = timedelta(hours=1)
FIRST_MINUTE, SPREAD_SECONDS = 60, 600
"""Tenants come back at different times after the turn of the hour, none of them at its first minute."""
REFUSED_WAIT = timedelta(minutes=1)


class HourlyBudget:
    """The ``CallBudget`` of one tenant's background work. ``tenants`` says between how many the points are shared."""

    def __init__(
        self,
        engine: Engine,
        tenant_id: str,
        *,
        points_per_hour: int,
        now: Callable[[], datetime],
        tenants: Callable[[], int],
    ) -> None:
        self._engine = engine
        self._tenant_id = tenant_id
        self._points = points_per_hour
        self._now = now
        self._tenants = tenants
        self._booked_in: datetime | None = None

    def before_call(self, operation: str, worst_cost: int) -> None:
        """Books the worst cost; raises JiraLimited with the time of the next try where there is no room for it."""
        now = self._now()

        def refusal(app: Account, tenant: Account) -> JiraLimited | None:
            return self._refusal(operation, worst_cost, now=now, app=app, tenant=tenant)

        jira_points.spend(self._engine, self._tenant_id, worst_cost, hour=hour_of(now), refusal=refusal)
        self._booked_in = hour_of(now)

    def after_call(
        self,
        operation: str,  # noqa: ARG002 - the protocol's signature
        *,
        worst_cost: int,
        cost: int,
        near_limit: bool,
    ) -> None:
        """Gives back what the call did not cost. An hour that is over meanwhile needs no correction."""
        if self._booked_in != hour_of(self._now()) or (cost == worst_cost and not near_limit):
            return
        jira_points.correct(
            self._engine, self._tenant_id, cost - worst_cost, hour=self._booked_in, near_limit=near_limit
        )

    def refused(self, problem: JiraLimited) -> None:
        """Jira itself refused: where it is the quota of the app, every tenant waits."""
        if problem.scope is not LimitScope.APP:
            return
        jira_points.close_for_all(self._engine, until=problem.again_at(self._now(), otherwise=REFUSED_WAIT))

    def _refusal(
        self, operation: str, worst_cost: int, *, now: datetime, app: Account, tenant: Account
    ) -> JiraLimited | None:
        after_hour = hour_of(now) + HOUR + spread_of(self._tenant_id)
        if app.closed_until is not None and now < app.closed_until:
            again = app.closed_until + spread_of(self._tenant_id)
            return _limited("Jira has refused Dunlin as a whole", LimitScope.APP, operation, now=now, again=again)
        if app.used + worst_cost > self._points * USABLE:
            words = "What Dunlin may ask Jira this hour is used up"
            return _limited(words, LimitScope.APP, operation, now=now, again=after_hour)
        if tenant.near_limit and worst_cost > SMALL_CALL:
            words = "Jira warns that this hour's limit is near"
            return _limited(words, LimitScope.TENANT, operation, now=now, again=after_hour)
        if app.used + worst_cost > self._points * FREE_FOR_ALL and tenant.used + worst_cost > self._share():
            words = "This site has used its share of what Dunlin may ask Jira this hour"
            return _limited(words, LimitScope.TENANT, operation, now=now, again=after_hour)
        return None

    def _share(self) -> int:
        return max(int(self._points * USABLE) // max(self._tenants(), 1), LARGEST_CALL)


def hour_of(now: datetime) -> datetime:
    """The UTC hour in which points count."""
    return now.replace(minute=0, second=0, microsecond=0)


def spread_of(tenant_id: str) -> timedelta:
    """How long after the turn of the hour a tenant begins again: always the same for one, different for many."""
    return timedelta(seconds=FIRST_MINUTE + crc32(tenant_id.encode()) % SPREAD_SECONDS)


def _limited(words: str, scope: LimitScope, operation: str, *, now: datetime, again: datetime) -> JiraLimited:
    return JiraLimited(
        f"{words}; the rest follows by itself at {again:%H:%M} UTC.",
        scope=scope,
        operation=operation,
        retry_after=(again - now).total_seconds(),
        reset_at=again,
    )
