"""The real ``dunlin demo`` in processes of its own, on free ports, asked over HTTP as its pages ask it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from tests.support.processes import is_alive, until
from tests.support.zygote import ROOT

READY = "Ctrl-C ends it"
PATIENCE = 90.0
BESIDE = (0, 2, 25, 50)
"""From the port of the pretend Jira: the second site, SMTP, and where these tests put the service."""


def free_block() -> int:
    """A port such that those beside it which a demo takes are free as well."""
    while True:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            first: int = probe.getsockname()[1]
        if all(_is_free(first + step) for step in BESIDE):
            return first


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return False
    return True


@dataclass
class DemoProcess:
    """A context manager; entering waits until the addresses are printed, leaving ends whatever is left."""

    var: Path
    jira_port: int = field(default_factory=free_block)
    said: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        began = time.monotonic()
        ports = ["--port", str(self.jira_port + BESIDE[-1]), "--jira-port", str(self.jira_port)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "plugin.cli", "demo", *ports, "--var", str(self.var)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        try:
            self.until_printed(READY)
        except BaseException:
            self._kill()
            raise
        self.seconds_to_start = time.monotonic() - began
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._kill()

    @property
    def url(self) -> str:
        """The pretend Jira."""
        return f"http://localhost:{self.jira_port}"

    @property
    def service(self) -> str:
        """The product itself."""
        return f"http://127.0.0.1:{self.jira_port + BESIDE[-1]}"

    def until_printed(self, words: str, *, times: int = 1) -> None:
        """Waits for a line; fails at once when the process has ended."""

        def is_so() -> bool:
            assert self._process.poll() is None, "\n".join(self.said)
            return sum(words in line for line in self.said) >= times

        until(is_so, what=f"{words!r} is printed", patience=PATIENCE)

    def get(self, url: str, **query: str) -> requests.Response:
        """A page that must answer."""
        answer = requests.get(url, params=query, timeout=20)
        answer.raise_for_status()
        return answer

    def press(self, path: str, **body: object) -> dict[str, Any]:
        """A button of the bar on top; gives the answer."""
        answer = requests.post(f"{self.url}/_control/{path}", json=body, timeout=PATIENCE)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def pulse(self) -> dict[str, Any]:
        """What the bar on top shows."""
        told: dict[str, Any] = self.get(f"{self.url}/_host/pulse").json()
        return told

    def family(self) -> list[int]:
        """The supervisor and all that descends from it, the queue's server too."""
        found = [self._process.pid]
        for pid in found:
            found.extend(_children(pid))
        return found

    def hang_the_web(self) -> None:
        """One of the two web workers does nothing any more, not even end."""
        web = [pid for pid in self.family() if b"gunicorn" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(web[-1], signal.SIGSTOP)

    def interrupt(self) -> int:
        """Ctrl-C in its terminal, which reaches all that stand in the foreground; gives the exit status."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(timeout=PATIENCE)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line.rstrip())

    def _kill(self) -> None:
        if self._process.poll() is None:
            for pid in reversed(self.family()):
                os.kill(pid, signal.SIGKILL)
            self._process.wait()
        self._listener.join(timeout=5)
        if self._process.stdout is not None:
            self._process.stdout.close()


def survivors(pids: list[int]) -> list[str]:
    """Those that still live, by their command lines."""
    return [Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ") for pid in pids if is_alive(pid)]


def _children(pid: int) -> list[int]:
    """Of every thread."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found.extend(int(child) for child in task.read_text(encoding="ascii").split())
    return found
