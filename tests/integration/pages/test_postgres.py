"""The same pages on PostgreSQL, under row security: every route as three people, and one walk through the money."""

from collections.abc import Iterator

import pytest

from plugin.ui.routes import kinds_of
from tests.attack.catalogue import ways
from tests.attack.test_every_route import call, for_a_member, framed
from tests.support.app import AppWorld, Sites, start_app
from tests.support.app_seed import LATE, Business, seed
from tests.support.databases import Urls

pytestmark = pytest.mark.usefixtures("business_database")


@pytest.fixture
def on_postgres(app_world: AppWorld, postgres_urls: Urls) -> Iterator[Business]:
    """The business of the SQLite tests, made anew on PostgreSQL by the same calls."""
    sites: Sites = app_world.sites
    app_world.container.engine.dispose()
    sites.clock.instant = LATE
    container, app, wakeups = start_app(sites, postgres_urls.environment)
    tenants = []
    for site in (sites.jira, sites.other):
        site.upgrade()
        known = container.installations.find(site.client_key)
        assert known is not None
        tenants.append(known.tenant_id)
    ours = seed(container, tenants[0], sites.acme, [sites.login, sites.api], sites.bob)
    world = AppWorld(sites, container, app, tenants[0], tenants[1], wakeups)
    yield Business(world, ours, ours, "")
    container.engine.dispose()
    container.planner_engine.dispose()


def test_every_route_answers_on_postgres_as_on_sqlite(on_postgres: Business) -> None:
    world = on_postgres.world
    assert len(kinds_of(world.app)) > 50
    routes = framed(ways(world.app, on_postgres.ours))
    for way in routes:
        assert call(on_postgres, way, world.sites.bob)[0] == for_a_member(way), str(way)
    last = ("project.delete", "project.issue", "admin_webhooks.remove")
    for way in sorted(routes, key=lambda way: way.endpoint.startswith(last)):
        status, body = call(on_postgres, way, world.sites.alice)
        assert status in (200, 409, 422), f"{way}: {status} {body[:300]}"
    assert world.client.get("/readyz").get_json()["ok"]


def test_the_other_site_sees_none_of_our_rows(on_postgres: Business) -> None:
    world = on_postgres.world
    path = f"/ui/fragment/project/{on_postgres.ours.project}/invoices/{on_postgres.ours.invoice}"
    assert world.get(path, world.sites.alice).status_code == 200
    assert world.get(path, world.sites.charlie).status_code == 404


def test_a_form_sent_twice_counts_once(on_postgres: Business) -> None:
    world = on_postgres.world
    path = f"/ui/fragment/panel/{on_postgres.ours.issue}/invoices/{on_postgres.ours.invoice}/payments"
    form = {"amount": "99.20", "received_on": "2026-11-27", "key": "once"}
    first, again = (world.post(path, world.sites.alice, form) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert "€1,800.00 of €1,999.20" in again.get_data(as_text=True)
