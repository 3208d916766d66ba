"""The servers that the tests and the demo start for themselves: real, private, and gone with their parent."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy

from plugin.domain.errors import Permanent
from plugin.embedded import Persistence, running_valkey
from tests.support.postgres import plain_url, running_postgres
from tests.support.servers import NewDatabase

PARENT = """
import sys, time
from pathlib import Path
from plugin.embedded import Persistence, start_valkey
from tests.support.postgres import running_postgres
valkey = start_valkey(Path(sys.argv[1]), persistence=Persistence.FORGOTTEN)
with running_postgres() as postgres:
    print(valkey.process.pid, postgres.process.pid, postgres.folder, flush=True)
    time.sleep(60)
"""


def eventually(condition: Callable[[], bool], *, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def runs(process_id: int) -> bool:
    try:
        state = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_empty_database_speaks_sql(empty_database_url: str) -> None:
    engine = sqlalchemy.create_engine(empty_database_url)
    with engine.begin() as connection:
        assert connection.scalar(sqlalchemy.text("SELECT 40 + 2")) == 42
    engine.dispose()


def test_databases_of_one_server_are_apart(new_postgres_database: NewDatabase) -> None:
    template = new_postgres_database("template1")
    with psycopg.connect(plain_url(template)) as connection:
        connection.execute("CREATE TABLE fact (value text)")
    copy = new_postgres_database(template.partition("?")[0].rpartition("/")[2])
    with psycopg.connect(plain_url(copy)) as connection:
        connection.execute("INSERT INTO fact VALUES ('only in the copy')")
    with psycopg.connect(plain_url(template)) as connection:
        assert connection.execute("SELECT count(*) FROM fact").fetchone() == (0,)


def test_postgres_encodes_utf8_and_never_runs_as_root(postgres_url: str) -> None:
    with psycopg.connect(plain_url(postgres_url)) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
    with running_postgres() as server:
        assert Path(f"/proc/{server.process.pid}").stat().st_uid != 0


def test_postgres_shuts_down_though_a_client_stays_and_leaves_nothing() -> None:
    with running_postgres() as server:
        client = psycopg.connect(plain_url(server.url()))
        server.stop()
        client.close()
        assert "database system is shut down" in server.log
    assert not server.folder.exists()


def test_valkey_is_empty_and_answers(valkey_url: str) -> None:
    with redis.Redis.from_url(valkey_url) as client:
        assert client.dbsize() == 0
        client.set("key", "value")
        assert client.get("key") == b"value"


def test_valkey_keeps_its_data_over_kill_minus_nine(tmp_path: Path) -> None:
    with running_valkey(tmp_path, persistence=Persistence.KEPT) as server:
        with redis.Redis.from_url(server.url) as client:
            client.set("kept", "yes")
            client.execute_command("WAITAOF", 1, 0, 5000)
        server.process.kill()
        server.process.wait()
    with running_valkey(tmp_path, persistence=Persistence.KEPT) as server, redis.Redis.from_url(server.url) as client:
        assert client.get("kept") == b"yes"


def test_valkey_asks_for_its_password_and_hides_it(tmp_path: Path) -> None:
    with running_valkey(tmp_path, persistence=Persistence.FORGOTTEN) as server:
        without = "redis://" + server.url.partition("@")[2]
        with redis.Redis.from_url(without) as client, pytest.raises(redis.AuthenticationError):
            client.ping()
        arguments = Path(f"/proc/{server.process.pid}/cmdline").read_text(encoding="utf-8")
        assert server.url.partition("@")[0].rpartition(":")[2] not in arguments
        assert (tmp_path / "valkey.url").read_text(encoding="utf-8") == server.url
        assert (tmp_path / "valkey.url").stat().st_mode & 0o077 == 0


def test_a_valkey_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("a file where the server wants a folder", encoding="utf-8")
    with pytest.raises(Permanent, match=r"did not start: .*appendonlydir.*REDIS_URL"):
        running_valkey(tmp_path, persistence=Persistence.KEPT).__enter__()


@pytest.mark.skipif(sys.platform != "linux", reason="the death signal is Linux's")
def test_servers_die_with_a_killed_parent(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, tmp_path], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        valkey, postgres, folder = parent.stdout.readline().split()
        servers = (int(valkey), int(postgres))
        assert all(runs(process_id) for process_id in servers)
        os.kill(parent.pid, signal.SIGKILL)
        assert eventually(lambda: not any(runs(process_id) for process_id in servers))
    shutil.rmtree(folder)
