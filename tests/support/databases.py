"""Migrated databases of a test's own on SQLite and PostgreSQL, each a copy of one that was migrated once."""

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from plugin.store.migrate import upgrade
from tests.support.postgres import create_database, drop_database, plain_url
from tests.support.servers import NewDatabase, Servers, database_of

SESSIONS_THAT_WAIT = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND datname = current_database()
"""
"""For a lock, in this database alone: other processes of a run have theirs on the same server."""
APP, PLANNER = "dunlin_test_app", "dunlin_test_planner"


@dataclass(frozen=True)
class Urls:
    """The three ways into one database: owner, application (row security), planner (reads all tenants)."""

    owner: str
    app: str
    planner: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a process at this database."""
        return {"DATABASE_URL": self.app, "DATABASE_OWNER_URL": self.owner, "DATABASE_PLANNER_URL": self.planner}


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(servers: Servers, worker_id: str) -> Iterator[str]:
    """The name of a migrated PostgreSQL database that serves as a template."""
    name = f"dunlin_template_{worker_id}"
    drop_database(servers.postgres, name)
    create_database(servers.postgres, name)
    with psycopg.connect(plain_url(servers.postgres), autocommit=True) as connection:
        for role, rights in ((APP, "LOGIN"), (PLANNER, "LOGIN BYPASSRLS")):
            # Another worker of xdist may be as fast.
            with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), sql.SQL(rights)))
    owner = database_of(servers.postgres, name)
    upgrade(owner, app_url=_as(owner, APP), planner_url=_as(owner, PLANNER))
    yield name
    drop_database(servers.postgres, name)


@pytest.fixture
def sqlite_urls(migrated_file: Path, tmp_path: Path) -> Urls:
    """A migrated SQLite file of this test's own."""
    path = tmp_path / "dunlin.db"
    shutil.copy(migrated_file, path)
    url = f"sqlite:///{path}"
    return Urls(url, url, url)


@pytest.fixture
def postgres_urls(migrated_template: str, new_postgres_database: NewDatabase) -> Urls:
    """A migrated PostgreSQL database of this test's own, with the application's and the planner's roles."""
    owner = new_postgres_database(migrated_template)
    return Urls(owner, _as(owner, APP), _as(owner, PLANNER))


@pytest.fixture(params=["sqlite", "postgres"])
def urls(request: pytest.FixtureRequest) -> Urls:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    found: Urls = request.getfixturevalue(f"{request.param}_urls")
    return found


def _as(url: str, role: str) -> str:
    return make_url(url).set(username=role).render_as_string(hide_password=False)
