"""``make run`` in a folder that was used before: how long until it says so and the app's own page answers."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter

import requests

from bench.measure import Figure, Spread

ROOT = Path(__file__).resolve().parent.parent
MOST_SECONDS = 10
ROUNDS = 3
READY = "Ctrl-C ends it"
PATIENCE = 60
BESIDE = (0, 2, 25, 50)
"""From the port of the pretend Jira: its second site, SMTP, and here the service."""


def second_start() -> Figure:
    """The first start, which lives through the months, is not counted; nor is the end of any."""
    with tempfile.TemporaryDirectory(prefix="dunlin-bench-") as folder:
        var, port = Path(folder) / "var", _free_block()
        taken = [_milliseconds(var, port) for _ in range(1 + ROUNDS)][1:]
    spread = Spread.of(taken)
    return Figure(name="second make run until the page answers", unit="ms", ours=spread, most=MOST_SECONDS * 1000)


def _milliseconds(var: Path, port: int) -> float:
    began = perf_counter()
    with _running(var, port):
        _look_at_the_page(f"http://localhost:{port}")
        return (perf_counter() - began) * 1000


@contextmanager
def _running(var: Path, port: int) -> Iterator[None]:
    """``make run`` until it has printed its addresses; RuntimeError with its words where it does not get there."""
    where = ["--var", str(var), "--jira-port", str(port), "--port", str(port + BESIDE[-1])]
    python = getattr(sys, "_base_executable", sys.executable)
    with subprocess.Popen(
        [python, "tools/dev.py", "run", *where],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            said = []
            for line in process.stdout or ():
                said.append(line)
                if READY in line:
                    break
            else:
                raise RuntimeError(f"make run did not come up: {''.join(said)[-500:]}")
            yield
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE)


def _look_at_the_page(jira: str) -> None:
    """As the browser does: the page of the pretend Jira, the address of the frame in it, and what stands there."""
    requests.get(f"{jira}/", timeout=PATIENCE).raise_for_status()
    frame = requests.get(f"{jira}/_host/frame", params={"module": "project", "project": "BRW"}, timeout=PATIENCE)
    requests.get(frame.json()["url"], timeout=PATIENCE).raise_for_status()


def _free_block() -> int:
    while True:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            first: int = probe.getsockname()[1]
        if all(_is_free(first + step) for step in BESIDE):
            return first


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
