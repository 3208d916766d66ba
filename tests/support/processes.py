"""Starts the worker's real processes for a test, kills them, and waits for what the database then says."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.zygote import Forked, Zygote

PATIENCE = 60.0


@dataclass
class Running:
    """One process; what it writes to standard error is kept in a file."""

    process: Forked
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def words(self) -> str:
        """What it has said so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def children(self) -> list[int]:
        """The processes it has forked and that still live."""
        with suppress(FileNotFoundError, ProcessLookupError):
            task = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
            return [int(pid) for pid in task.split()]
        return []

    def kill(self) -> None:
        """kill -9 of this process alone; what it forked lives on."""
        self.process.kill()
        self.process.wait()

    def kill_tree(self) -> None:
        """kill -9 of this process and of what it forked."""
        for pid in self.children():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.kill()


@dataclass
class Processes:
    """The processes of one test; ``environment`` is theirs, beside the path."""

    zygote: Zygote
    environment: dict[str, str]
    folder: Path
    started: list[Running] = field(default_factory=list)

    def start(self, *arguments: str, **environment: str) -> Running:
        """``python -m worker <arguments>``."""
        log = self.folder / f"process-{len(self.started)}.log"
        log.touch()
        everything = {"PATH": os.defpath, **self.environment, **environment}
        process = self.zygote.start(arguments, environment=everything, log=log)
        running = Running(process, log)
        self.started.append(running)
        return running

    def crash(self, point: str, *arguments: str) -> Running:
        """A worker (or what ``arguments`` name) that dies at a point; returns when it has, parent and child."""
        worker = self.start(*arguments, CRASH_AT=point)
        until(lambda: f"crash point {point}" in worker.words, what=f"{point} is reached", log=worker)
        worker.kill_tree()
        return worker

    def stopped_at(self, point: str) -> tuple[Running, int]:
        """A worker whose child stands still at a point, and the child's id."""
        worker = self.start(CRASH_AT=f"stop:{point}")
        until(lambda: f"crash point {point}" in worker.words, what=f"{point} is reached", log=worker)
        child = int(worker.words.split(f"crash point {point} ")[1].split()[0])
        return worker, child

    def close(self) -> None:
        """Ends whatever still runs."""
        for running in self.started:
            for pid in running.children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            if running.process.poll() is None:
                running.process.kill()
            running.process.wait()


def until(is_so: Callable[[], bool], *, what: str, log: Running | None = None, patience: float = PATIENCE) -> None:
    """Waits until something has happened; tells what did not, and what the process said."""
    deadline = time.monotonic() + patience
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:.0f} s in vain: {what}\n{log.words if log else ''}")
        time.sleep(0.02)


def until_gone(pid: int, log: Running) -> None:
    """Waits for the end of a process that is not this one's child."""
    until(lambda: not is_alive(pid), what=f"process {pid} ends", log=log)


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"
