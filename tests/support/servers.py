"""Fixtures for a real PostgreSQL and a real Valkey: one server of each a run, databases of its own for each worker.

With xdist the controlling process owns the servers, so that none ends while another worker still needs it.
"""

import contextlib
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
import redis
from xdist.workermanage import WorkerController

from plugin.embedded import Persistence, running_valkey
from plugin.environment import database_url
from tests.support.postgres import create_database, drop_database, running_postgres

VALKEY_DATABASES = 64

NewDatabase = Callable[[str], str]


@dataclass(frozen=True)
class Servers:
    """Where the servers of this run are: the administrator's PostgreSQL URL and Valkey's without a database number."""

    postgres: str
    valkey: str


_STACK = pytest.StashKey[contextlib.ExitStack]()
_SERVERS = pytest.StashKey[Servers]()


def _start_once(config: pytest.Config) -> Servers:
    if _SERVERS not in config.stash:
        stack = config.stash.setdefault(_STACK, contextlib.ExitStack())
        named = os.environ.get("TEST_DATABASE_URL")
        postgres = database_url(named) if named else stack.enter_context(running_postgres()).url()
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dunlin-valkey-")))
        valkey = running_valkey(folder, persistence=Persistence.FORGOTTEN, databases=VALKEY_DATABASES)
        config.stash[_SERVERS] = Servers(postgres, stack.enter_context(valkey).url.removesuffix("/0"))
    return config.stash[_SERVERS]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: WorkerController) -> None:
    """xdist: hands the servers to a new worker; a run of unit tests alone starts none."""
    if _outside_unit_tests(node.config):
        node.workerinput["servers"] = astuple(_start_once(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops what this process started."""
    if _STACK in config.stash:
        config.stash[_STACK].close()


def _outside_unit_tests(config: pytest.Config) -> bool:
    return any("unit" not in Path(argument.partition("::")[0]).parts for argument in config.args)


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """The servers of this run; asking for them starts them, unless the controlling process of xdist did."""
    handed_over = getattr(pytestconfig, "workerinput", {}).get("servers")
    return Servers(*handed_over) if handed_over else _start_once(pytestconfig)


@pytest.fixture(scope="session")
def new_postgres_database(servers: Servers, worker_id: str) -> Iterator[NewDatabase]:
    """Creates a database as a copy of a template (``template1`` is empty) and gives its URL; dropped after the run."""
    numbers = itertools.count(1)
    made: list[str] = []

    def create(template: str = "template1") -> str:
        name = f"dunlin_test_{os.getpid()}_{worker_id}_{next(numbers)}"
        create_database(servers.postgres, name, template=template)
        made.append(name)
        return database_of(servers.postgres, name)

    yield create
    for name in made:
        drop_database(servers.postgres, name)


@pytest.fixture
def postgres_url(new_postgres_database: NewDatabase) -> str:
    """An empty PostgreSQL database of this test's own, for its superuser."""
    return new_postgres_database("template1")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite file of this test's own."""
    return f"sqlite:///{tmp_path / 'dunlin.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of this test's own, once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def valkey_url(servers: Servers, worker_id: str) -> Iterator[str]:
    """An empty Valkey database that no other test worker uses."""
    number = 0 if worker_id == "master" else 1 + int(worker_id.removeprefix("gw")) % (VALKEY_DATABASES - 1)
    url = f"{servers.valkey}/{number}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        yield url
        client.flushdb()


def database_of(admin_url: str, name: str) -> str:
    """The URL of another database of the same server."""
    head, question, query = admin_url.partition("?")
    return f"{head.rpartition('/')[0]}/{name}{question}{query}"
