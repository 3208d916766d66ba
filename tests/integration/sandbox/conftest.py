"""A pretend Jira on a frozen clock, an app installed on it, and a session that signs as the app does."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from plugin.hosts.connect.signing import ConnectAuth
from sandbox import FrozenWorldClock, PretendJira
from sandbox.jira.keys import KeyRing
from sandbox.jira.model import Issue, Person, Project
from tests.integration.sandbox.stub import APP_KEY, StubApp

NOW = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FrozenWorldClock:
    return FrozenWorldClock(NOW)


@pytest.fixture(scope="session")
def keys() -> KeyRing:
    return KeyRing()


@pytest.fixture
def app() -> Iterator[StubApp]:
    with StubApp() as app:
        yield app


@pytest.fixture
def bare(clock: FrozenWorldClock, keys: KeyRing) -> Iterator[PretendJira]:
    """A site without an app."""
    with PretendJira(clock=clock, keys=keys) as jira:
        yield jira


@pytest.fixture
def jira(bare: PretendJira, app: StubApp) -> PretendJira:
    """A site with the stub installed."""
    bare.install(app.descriptor_url)
    return bare


@pytest.fixture
def client(jira: PretendJira) -> Iterator["Client"]:
    with requests.Session() as session:
        yield Client(jira, session)


class Client:
    """Calls REST v3 as the app, signed by the product's own code: the two sides were written apart."""

    def __init__(self, jira: PretendJira, session: requests.Session) -> None:
        self._jira = jira
        self.session = session
        session.auth = ConnectAuth(
            app_key=APP_KEY,
            client_key=jira.client_key,
            base_url=jira.base_url,
            secret=lambda: jira.installation.secret,
        )

    def call(self, method: str, path: str, *, json: object = None, timeout: float = 10) -> requests.Response:
        """``path`` is below ``/rest/api/3`` unless it begins with ``/rest``."""
        full = path if path.startswith("/rest") else f"/rest/api/3{path}"
        return self.session.request(method, self._jira.base_url + full, json=json, timeout=timeout)

    def get(self, path: str) -> requests.Response:
        return self.call("GET", path)

    def post(self, path: str, json: object) -> requests.Response:
        return self.call("POST", path, json=json)

    def put(self, path: str, json: object) -> requests.Response:
        return self.call("PUT", path, json=json)


@pytest.fixture
def alice(jira: PretendJira) -> Person:
    return jira.add_person("Alice Berger", admin=True)


@pytest.fixture
def project(jira: PretendJira, alice: Person) -> Project:
    return jira.add_project("ACM", "Acme", lead=alice, members=[alice])


@pytest.fixture
def issue(jira: PretendJira, project: Project) -> Issue:
    return jira.add_issue(project, "Login page")
