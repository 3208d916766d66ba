"""The app on a fresh SQLite file, installed on two pretend Jira sites: Alice and Bob on one, Charlie on the other.

Tokens, permission checks and people come from the pretend Jira over real HTTP; the app itself answers in this process.
"""

import shutil
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import Client, TestResponse

from plugin.app import create_app
from plugin.bootstrap import Container, build_container
from plugin.clock import FrozenClock
from plugin.settings import Settings
from plugin.store.migrate import upgrade
from plugin.store.tables.tenants import Installation
from sandbox import PretendJira
from sandbox.jira.model import Issue, Person, Project
from tests.support.conformance import Watch, watched
from tests.support.wakeups import MemoryWakeups
from tests.support.wsgi import AppAdapter

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""A Monday morning."""
APP_URL = "http://127.0.0.1:8701"


@dataclass
class Sites:
    """The two Jira sites, shared by a run; what a test adds to them stays, so it adds under names of its own."""

    clock: FrozenClock
    jira: PretendJira
    other: PretendJira
    adapter: AppAdapter
    alice: Person
    bob: Person
    dora: Person
    charlie: Person
    acme: Project
    secret_project: Project
    foreign: Project
    login: Issue
    api: Issue
    hidden: Issue
    watches: tuple[Watch, ...]


@dataclass
class AppWorld:
    """One test's app. ``tenant`` is the site of Alice (site admin), Bob (member) and Dora (admin of ACM only)."""

    sites: Sites
    container: Container
    app: Flask
    tenant: str
    foreign_tenant: str
    wakeups: MemoryWakeups
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    @property
    def jira(self) -> PretendJira:
        return self.sites.jira

    @property
    def clock(self) -> FrozenClock:
        return self.sites.clock

    def site_of(self, person: Person) -> PretendJira:
        return self.sites.other if person is self.sites.charlie else self.sites.jira

    def page(
        self, module: str, person: Person, *, issue: Issue | None = None, project: Project | None = None
    ) -> TestResponse:
        """Opens a surface as Jira's frame does."""
        url = self.site_of(person).page_url(module, person, issue=issue, project=project)
        parts = urlsplit(url)
        return self.client.get(f"{parts.path}?{parts.query}")

    def headers(self, person: Person, **more: str) -> dict[str, str]:
        """What host.js sends with each fragment."""
        return {"Authorization": f"JWT {self.site_of(person).context_token(person)}", **more}

    def get(self, path: str, person: Person, **headers: str) -> TestResponse:
        """Loads a fragment."""
        return self.client.get(path, headers=self.headers(person, **headers))

    def post(self, path: str, person: Person, data: Mapping[str, object] | None = None, **headers: str) -> TestResponse:
        """Sends a form."""
        return self.client.post(path, data=dict(data or {}), headers=self.headers(person, **headers))


@pytest.fixture(scope="session")
def sites() -> Iterator[Sites]:
    """Two sites on loopback, with their people and projects."""
    clock = FrozenClock(START)
    adapter = AppAdapter()
    with PretendJira(clock=clock) as jira, PretendJira(clock=clock, keys=jira.keys, name="Other site") as other:
        watches = (watched(jira), watched(other))
        for site in (jira, other):
            site.session.mount(APP_URL, adapter)
        alice = jira.add_person("Alice Berger", admin=True)
        bob = jira.add_person("Bob Stone")
        dora = jira.add_person("Dora Lind")
        charlie = other.add_person("Charlie Moss", admin=True)
        acme = jira.add_project("ACM", "Acme relaunch", lead=alice, members=[bob, dora], admins=[alice, dora])
        hidden_project = jira.add_project("SEC", "Secret work", lead=alice, admins=[alice])
        for person in (bob, dora):
            jira.deny(person.account_id, "BROWSE_PROJECTS", hidden_project)
        foreign = other.add_project("OTH", "Foreign work", lead=charlie, admins=[charlie])
        yield Sites(
            clock=clock,
            jira=jira,
            other=other,
            adapter=adapter,
            alice=alice,
            bob=bob,
            dora=dora,
            charlie=charlie,
            acme=acme,
            secret_project=hidden_project,
            foreign=foreign,
            login=jira.add_issue(acme, "Login page"),
            api=jira.add_issue(acme, "Payment API"),
            hidden=jira.add_issue(hidden_project, "Hidden work"),
            watches=watches,
        )


@pytest.fixture(scope="session")
def empty_app_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows; copied for each test."""
    path = tmp_path_factory.mktemp("app") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


def on_sqlite(database: Path) -> dict[str, str]:
    """The settings that point at a file."""
    return {"DATABASE_URL": f"sqlite:///{database}"}


def start_app(sites: Sites, database: Mapping[str, str]) -> tuple[Container, Flask, MemoryWakeups]:
    """The app over a database named by its settings, reachable for the sites."""
    wakeups = MemoryWakeups()
    settings = Settings.from_environment(
        {
            "DUNLIN_ENV": "test",
            "BASE_URL": APP_URL,
            "CONNECT_KEYS_URL": sites.jira.keys_url,
            "AP_SCRIPT_URL": f"{sites.jira.base_url}/atlassian-connect/all.js",
            "ALLOWED_HOSTS": f".atlassian.net,{sites.jira.base_url},{sites.other.base_url}",
            **database,
        }
    )
    container = build_container(settings, wakeups=wakeups, clock=sites.clock)
    app = create_app(container)
    sites.adapter.app = app
    return container, app, wakeups


@pytest.fixture(scope="session")
def installed_database(
    sites: Sites, empty_app_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str, str]:
    """A file on which both sites have installed the app by their signed calls, and the two tenants' ids."""
    path = tmp_path_factory.mktemp("app") / "installed.db"
    shutil.copy(empty_app_database, path)
    container, _, _ = start_app(sites, on_sqlite(path))
    tenants = []
    for site in (sites.jira, sites.other):
        site.install(f"{APP_URL}/atlassian-connect.json")
        known = container.installations.find(site.client_key)
        assert known is not None
        tenants.append(known.tenant_id)
    for tenant in tenants:
        container.run_sync(tenant, ["projects"])
    container.engine.dispose()
    return path, tenants[0], tenants[1]


@pytest.fixture
def app_world(sites: Sites, installed_database: tuple[Path, str, str], tmp_path: Path) -> Iterator[AppWorld]:
    """A fresh app on the installed database; nothing of one test reaches another."""
    original, tenant, foreign_tenant = installed_database
    path = tmp_path / "dunlin.db"
    shutil.copy(original, path)
    sites.clock.instant = START
    container, app, wakeups = start_app(sites, on_sqlite(path))
    wakeups.taken.clear()
    both = (sites.jira.site, sites.other.site)
    before = [(site, copy(site.installation), site.client_key, site.token_clock) for site in both]
    yield AppWorld(sites, container, app, tenant, foreign_tenant, wakeups)
    for site, installation, client_key, token_clock in before:
        site.installation, site.client_key, site.token_clock = installation, client_key, token_clock
        site.webhooks.pending.clear()
    container.engine.dispose()
    assert [problem for watch in sites.watches for problem in watch.problems()] == []


def installation_row(world: AppWorld, tenant: str) -> Installation:
    """The one installation of a tenant."""
    with world.container.reading(tenant) as session:
        return session.scalars(select(Installation)).one()
