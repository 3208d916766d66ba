"""``dunlin demo``: starts the whole product and the pretend world, keeps them running, ends them together.

The pretend world is another program (``python -m sandbox``); nothing of it is imported here.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from plugin.clock import machine_now
from plugin.embedded import Persistence, ends_with_parent, start_valkey, stop_process
from plugin.settings import Settings
from plugin.store.migrate import upgrade

START_SECONDS = 60
LOOK_SECONDS = 0.5
RESET_EXIT = "reset"
SANDBOX = "sandbox"
DATABASE = "dunlin.db"


@dataclass
class Demo:
    """Everything lies below ``var``; removing that folder is a fresh start."""

    var: Path
    port: int
    sandbox_port: int
    say: Callable[[str], None] = print
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def run(self) -> int:
        """Until Ctrl-C (exit status 0), or until a part ends that should not (1). A reset starts it all anew."""
        ending: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ending.append(0))
        while True:
            outcome = self._once(ending)
            if outcome != RESET_EXIT:
                return 0 if ending else 1
            self.say("Putting the pretend world back to its beginning ...")
            if not self._back_to_beginning():
                self._stop()
                self._forget()

    def _once(self, ending: list[int]) -> str:
        """One life of the product. After a reset the pretend world runs on, so that its open pages find it again."""
        self.var.mkdir(parents=True, exist_ok=True)
        (self.var / "log").mkdir(exist_ok=True)
        valkey = start_valkey(self.var / "valkey", persistence=Persistence.KEPT)
        outcome = "failed"
        try:
            outcome = self._live(self._environment(valkey.url), ending)
            return outcome
        finally:
            self._stop(but={SANDBOX} if outcome == RESET_EXIT else frozenset())
            valkey.stop()

    def _live(self, env: Mapping[str, str], ending: list[int]) -> str:
        upgrade(Settings.from_environment(env).database_owner_url)
        if SANDBOX not in self.children:
            self._start(SANDBOX, [sys.executable, "-m", "sandbox"], env)
        self._start("web", self._web(), env)
        if not self._answers(f"http://127.0.0.1:{self.port}/healthz", ending):
            return "failed"
        if not (self.var / "seeded").exists() and not self._seed(env, ending):
            return "failed"
        self._start("worker", [sys.executable, "-m", "worker"], env)
        self._start("clock", [sys.executable, "-m", "worker", "clock"], env)
        # Pages that wait for a reset go on when its flag is gone.
        (self.var / "reset").unlink(missing_ok=True)
        self._welcome()
        return self._watch(ending, env)

    def _environment(self, redis_url: str) -> dict[str, str]:
        jira = f"http://localhost:{self.sandbox_port}"
        ours = {
            "DUNLIN_ENV": "demo",
            "DUNLIN_VAR": str(self.var),
            "BASE_URL": f"http://127.0.0.1:{self.port}",
            "PORT": str(self.port),
            "REDIS_URL": redis_url,
            "DUNLIN_CLOCK_FILE": str(self.var / "clock"),
            "MAIL_EVIDENCE_URL": f"{jira}/mailbox/api/messages",
            "CONNECT_KEYS_URL": f"{jira}/install-keys",
            "AP_SCRIPT_URL": f"{jira}/atlassian-connect/all.js",
            "ALLOWED_HOSTS": f"{jira},http://localhost:{self.sandbox_port + 2}",
            "SMTP_URL": f"smtp://127.0.0.1:{self.sandbox_port + 25}",
            "TICK_SECONDS": "0.5",
            "SANDBOX_PORT": str(self.sandbox_port),
            "SANDBOX_SECOND_PORT": str(self.sandbox_port + 2),
            "SANDBOX_SMTP_PORT": str(self.sandbox_port + 25),
            "SANDBOX_STATE": str(self.var / "sandbox"),
            "SANDBOX_RESET_FILE": str(self.var / "reset"),
        }
        kept = {name: value for name, value in os.environ.items() if name not in _OWN}
        return {**kept, "LOG_LEVEL": "WARNING", **ours}

    def _web(self) -> list[str]:
        return [
            *(sys.executable, "-m", "gunicorn", "plugin.app:create_app()"),
            *("--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--worker-class", "gthread", "--threads", "4"),
            *("--graceful-timeout", "5"),
        ]

    def _start(self, name: str, command: list[str], env: Mapping[str, str]) -> None:
        """In a process group of its own: Ctrl-C asks the supervisor alone, which asks each part once and in order."""
        with (self.var / "log" / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                command,
                env=dict(env),
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=ends_with_parent(signal.SIGTERM),  # noqa: PLW1509 - no thread runs here
            )

    def _answers(self, url: str, ending: list[int]) -> bool:
        """Waits for the web process; says where its log is when it does not come up."""
        for _ in range(int(START_SECONDS / LOOK_SECONDS)):
            if ending or self._dead() is not None:
                break
            try:
                if requests.get(url, timeout=2).ok:
                    return True
            except requests.RequestException:
                pass
            time.sleep(LOOK_SECONDS)
        self._complain(self._dead() or "web")
        return False

    def _seed(self, env: Mapping[str, str], ending: list[int]) -> bool:
        self.say("Living through the last months of the pretend company (once, about half a minute) ...")
        seeding = subprocess.run([sys.executable, "-m", "sandbox.history"], env=dict(env), check=False)
        if seeding.returncode or ending:
            self.say("The seed data could not be made; see the lines above.")
            return False
        _copy_database(self.var / DATABASE, self._beginning())
        (self.var / "seeded").touch()
        return True

    def _welcome(self) -> None:
        self.say("")
        self.say(f"  Dunlin in the pretend Jira:  http://localhost:{self.sandbox_port}/")
        self.say(f"  Mails as clients get them:   http://localhost:{self.sandbox_port}/mailbox/")
        self.say(f"  The service itself:          http://127.0.0.1:{self.port}/readyz")
        self.say("  Ctrl-C ends it; what happened stays in ./var and is there again next time.")
        self.say("")

    def _watch(self, ending: list[int], env: Mapping[str, str]) -> str:
        """Looks after the children; the worker may end when Redis does and is started again."""
        while not ending:
            if (self.var / "reset").exists():
                return RESET_EXIT
            dead = self._dead()
            if dead in ("worker", "clock"):
                command = [sys.executable, "-m", "worker", *(["clock"] if dead == "clock" else [])]
                self._start(dead, command, env)
            elif dead is not None:
                self._complain(dead)
                return "failed"
            time.sleep(LOOK_SECONDS)
        return "ended"

    def _dead(self) -> str | None:
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def _complain(self, name: str) -> None:
        log = self.var / "log" / f"{name}.log"
        last = log.read_text(errors="replace").splitlines()[-15:] if log.exists() else []
        self.say(f"{name} ended or did not answer. The last lines of {log}:")
        for line in last:
            self.say(f"  {line}")

    def _stop(self, *, but: Collection[str] = ()) -> None:
        ending = {name: child for name, child in self.children.items() if name not in but}
        for name, child in reversed(ending.items()):
            if child.poll() is None:
                stop_process(child, signal.SIGTERM)
            # A web worker that hangs would outlive its parent and keep the port.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            del self.children[name]

    def _beginning(self) -> Path:
        """Where the database of the beginning is kept; another day's is of no use, since the story ends today."""
        return self.var / f"beginning-{machine_now().date()}.db"

    def _back_to_beginning(self) -> bool:
        """Puts back what was kept when the history had been lived; False where that must be lived anew."""
        kept = self._beginning()
        if not kept.exists() or SANDBOX not in self.children:
            return False
        self._drop_data()
        _copy_database(kept, self.var / DATABASE)
        url = f"http://localhost:{self.sandbox_port}/_control/beginning/restore"
        try:
            return requests.post(url, json={}, timeout=START_SECONDS).ok
        except requests.RequestException:
            return False

    def _drop_data(self) -> None:
        """Database and queue; nothing of the pretend world."""
        for end in ("", "-wal", "-shm"):
            (self.var / f"{DATABASE}{end}").unlink(missing_ok=True)
        shutil.rmtree(self.var / "valkey", ignore_errors=True)

    def _forget(self) -> None:
        """Everything: the months are lived through anew."""
        self._drop_data()
        for path in (*(self.var / name for name in ("clock", "reset", "seeded")), *self.var.glob("beginning-*.db")):
            path.unlink(missing_ok=True)
        shutil.rmtree(self.var / SANDBOX, ignore_errors=True)


def _copy_database(source: Path, target: Path) -> None:
    """A whole copy, also while the source is open elsewhere."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


_OWN = frozenset({"DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_PLANNER_URL", "CRASH_AT"})
"""The demo has a database of its own, whatever the shell says."""
