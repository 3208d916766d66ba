"""Two sites share Jira's points: one imports years of time, the other goes on as if it were alone."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from plugin.services.jira_errors import JiraLimited
from plugin.store.jira_points import APP
from plugin.store.queries.installations import installation_by_client_key
from plugin.store.tables.jira_facts import Worklog as Stored
from plugin.store.tables.outbox import Cursor
from plugin.store.tables.runtime import JiraAccount
from sandbox import PretendJira
from sandbox.stage import Stage
from tests.support.conformance import watched
from tests.support.databases import Urls
from tests.support.stage import ENGLISH, START, Story, open_story

POINTS = 8_000
IMPORTED = 4_500


@dataclass
class Neighbours:
    """``quiet`` is a usual story; ``noisy`` is a second site of the same service, with far too much time at once."""

    quiet: Story
    noisy: PretendJira
    noisy_tenant: str

    def read(self, tenant: str, name: str) -> JiraLimited | None:
        """One round of a read as the worker does it; gives what stopped it."""
        try:
            self.quiet.container.run_sync(tenant, [name])
        except JiraLimited as limited:
            return limited
        return None

    def stored(self) -> int:
        with self.quiet.container.reading(self.noisy_tenant) as session:
            return session.scalars(select(func.count()).select_from(Stored)).one()

    def cursor(self) -> Cursor:
        with self.quiet.container.reading(self.noisy_tenant) as session:
            return session.get_one(Cursor, (session.tenant_id, "worklogs_updated"))

    def used(self, name: str) -> int:
        with Session(self.quiet.container.engine) as session:
            return session.get_one(JiraAccount, name).used


@pytest.fixture
def neighbours(sqlite_urls: Urls) -> Iterator[Neighbours]:
    environment = {**sqlite_urls.environment, "JIRA_POINTS_PER_HOUR": str(POINTS)}
    stage = Stage(start=START, database_url=sqlite_urls.app, environ=environment)
    noisy = PretendJira(clock=stage.clock, keys=stage.jira.keys, name="Noisy site")
    environment["ALLOWED_HOSTS"] = f"{stage.jira.base_url},{noisy.base_url}"
    with ExitStack() as stack:
        stack.enter_context(stage)
        stack.enter_context(noisy)
        watches = [watched(site) for site in (stage.jira, noisy)]
        noisy.install(f"{stage.base_url}/atlassian-connect.json")
        row = installation_by_client_key(stage.container.engine, noisy.client_key)
        assert row is not None
        yield Neighbours(open_story(stage, client=ENGLISH, live=True), noisy, row.tenant_id)
        assert [problem for watch in watches for problem in watch.problems()] == []


def import_years(neighbours: Neighbours) -> None:
    """All of it is written within the same seconds, as an import does."""
    lead = neighbours.noisy.add_person("Charlie Moss", admin=True)
    project = neighbours.noisy.add_project("OLD", "Ten years", lead=lead, admins=[lead])
    issue = neighbours.noisy.add_issue(project, "Everything")
    now = neighbours.quiet.now
    with neighbours.noisy.bulk():
        for number in range(IMPORTED):
            neighbours.noisy.add_worklog(
                issue,
                started=now - timedelta(days=1 + number % 3_000),
                seconds=60 + number,
                author=lead,
                updated=now + timedelta(milliseconds=number),
            )


def test_pitfall_13_a_noisy_site_is_put_off_while_the_other_keeps_its_pace(neighbours: Neighbours) -> None:
    quiet = neighbours.quiet
    import_years(neighbours)
    quiet.clock.advance(timedelta(hours=1))
    limited = neighbours.read(neighbours.noisy_tenant, "worklogs_updated")
    assert limited is not None
    assert 0 < neighbours.stored() < IMPORTED
    assert neighbours.noisy.limits.points_used <= POINTS * 0.5
    assert neighbours.cursor().next_at == limited.reset_at
    assert "share" in neighbours.cursor().last_error

    invoice = quiet.bill()
    for name in ("worklogs_updated", "worklogs_deleted", "projects", "issues"):
        assert neighbours.read(quiet.tenant, name) is None
    quiet.drain()
    assert quiet.invoice(invoice).state == "issued"
    assert len(quiet.jira.comments()) == 1


def test_an_import_larger_than_an_hours_points_is_read_to_its_end_over_the_hours(neighbours: Neighbours) -> None:
    import_years(neighbours)
    neighbours.quiet.clock.advance(timedelta(hours=1))
    seen, hours = 0, 0
    while (limited := neighbours.read(neighbours.noisy_tenant, "worklogs_updated")) is not None:
        assert neighbours.stored() > seen, "an hour passed without progress"
        seen, hours = neighbours.stored(), hours + 1
        assert limited.reset_at is not None
        neighbours.quiet.clock.instant = limited.reset_at
    assert (neighbours.stored(), hours >= 1) == (IMPORTED, True)
    lists = [call for call in neighbours.noisy.requests("getWorklogsForIds") if call.status == 200]
    assert len(lists) <= IMPORTED / 1_000 + 1 + hours
    assert neighbours.cursor().last_error == ""


def test_our_account_is_jiras_account(neighbours: Neighbours) -> None:
    """What we book is what the other side counts, over a day of everything that a quiet site does."""
    quiet = neighbours.quiet
    quiet.clock.instant = datetime(2026, 9, 1, 12, tzinfo=UTC)
    quiet.bill()
    quiet.drain(sync=True)
    with suppress(JiraLimited):
        quiet.container.run_sync(quiet.tenant, ["sweep", "buckets"])
    assert neighbours.used(quiet.tenant) == quiet.jira.limits.points_used > 10
    assert neighbours.used(APP) == quiet.jira.limits.points_used + neighbours.noisy.limits.points_used
    quiet.at(date(2026, 9, 14))
    assert neighbours.used(quiet.tenant) == quiet.jira.limits.points_used > 0


def test_fault_F26_the_quota_of_the_whole_app_stops_every_tenant_until_it_is_full_again(
    neighbours: Neighbours,
) -> None:
    neighbours.noisy.limits.exhaust("jira-quota-global-based", retry_after=120)
    assert neighbours.read(neighbours.noisy_tenant, "projects") is not None
    asked = len(neighbours.quiet.jira.requests())
    assert neighbours.read(neighbours.quiet.tenant, "projects") is not None
    assert len(neighbours.quiet.jira.requests()) == asked
    neighbours.quiet.clock.advance(timedelta(minutes=15))
    neighbours.noisy.limits.relax()
    for tenant in (neighbours.noisy_tenant, neighbours.quiet.tenant):
        assert neighbours.read(tenant, "projects") is None
