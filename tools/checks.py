"""``make check``: format, lint, types, import contracts, dead code, dependencies, locks; all, then the verdict."""

import subprocess
import time

from tools import locks, sizes
from tools.steps import BIN, ROOT, environment, say

CHECKS: dict[str, tuple[str, ...]] = {
    "format": ("ruff", "format", "--check", "."),
    "lint": ("ruff", "check", "."),
    "types": ("mypy",),
    "import contracts": ("lint-imports", "--no-logo"),
    "dependencies": ("deptry", "."),
    "dependencies of tests": ("deptry", "tests", "--exclude", "frontend", "--ignore", "DEP002,DEP004"),
    "dead code": ("python", "-m", "tools.dead_code"),
}


def check() -> bool:
    """Runs every check and shows what failed; True if nothing did."""
    failed = [name for name, command in CHECKS.items() if not _passes(name, command)]
    problems = locks.lock_problems()
    say(f"  locks: {'failed' if problems else 'ok'}")
    for problem in problems:
        say(f"    {problem}")
    for line in sizes.report():
        say(f"  size: {line}")
    if problems:
        failed.append("locks")
    say(f"check: {'failed: ' + ', '.join(failed) if failed else 'all passed'}")
    return not failed


def _passes(name: str, command: tuple[str, ...]) -> bool:
    program, *arguments = command
    started = time.monotonic()
    done = subprocess.run(
        [BIN / program, *arguments], cwd=ROOT, env=environment(), capture_output=True, text=True, check=False
    )
    say(f"  {name}: {'failed' if done.returncode else 'ok'} ({time.monotonic() - started:.1f} s)")
    if done.returncode:
        say(f"{done.stdout}{done.stderr}".strip())
    return done.returncode == 0
