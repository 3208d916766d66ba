"""Forks real worker processes from one that has imported everything, since the imports of each cost over a second.

Run as ``python -m tests.support.zygote`` it takes a request a line (JSON) and answers each with a line.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from plugin.embedded import ends_with_parent

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Zygote:
    """A context manager; what it forked and nobody has ended is the caller's to end."""

    process: "subprocess.Popen[str]" = field(init=False)

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "tests.support.zygote"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.communicate(timeout=20)

    def start(self, arguments: Sequence[str], *, environment: Mapping[str, str], log: Path) -> "Forked":
        """``python -m worker <arguments>`` with this environment alone; it writes to ``log``."""
        pid = self.ask(start=list(arguments), environment=dict(environment), log=str(log))
        assert isinstance(pid, int)
        return Forked(pid, self)

    def ask(self, **request: object) -> object:
        """Sends a request and gives its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@dataclass
class Forked:
    """A process as ``subprocess.Popen`` shows one."""

    pid: int
    zygote: Zygote = field(repr=False)
    returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, as the shell counts it where a signal ended it; None while it lives."""
        if self.returncode is None:
            answer = self.zygote.ask(poll=self.pid)
            self.returncode = answer if isinstance(answer, int) else None
        return self.returncode

    def wait(self, timeout: float = 20.0) -> int:
        """The exit status. TimeoutError where it still lives after that many seconds."""
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise TimeoutError(f"process {self.pid} still lives after {timeout:.0f} s")
            time.sleep(0.01)
        return code

    def kill(self) -> None:
        """kill -9, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


def _serve() -> None:
    import worker.__main__  # noqa: F401 - what every child needs

    for line in sys.stdin:
        request = json.loads(line)
        answer = _poll(request["poll"]) if "poll" in request else _fork(request)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _poll(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return None
    code = os.waitstatus_to_exitcode(status)
    return code if code >= 0 else 128 - code


def _fork(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(request["start"], request["environment"], request["log"])
    return pid


def _become(arguments: list[str], environment: dict[str, str], log: str) -> None:
    """Never returns. The child dies with the zygote, and that ends with the test run."""
    code = 1
    try:
        os.setsid()
        ends_with_parent(signal.SIGKILL)()
        nothing, output = os.open(os.devnull, os.O_RDWR), os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for taken, stream in ((nothing, 0), (nothing, 1), (output, 2)):
            os.dup2(taken, stream)
        os.environ.clear()
        os.environ.update(environment)
        random.seed()
        from worker.__main__ import main

        code = main(arguments)
    except BaseException:  # noqa: BLE001 - whatever it is stands in the log
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    _serve()
