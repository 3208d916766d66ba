"""Set-up: the second one, with everything there, and on request the first, in a clone that has nothing."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import Figure, alone

ROOT = Path(__file__).resolve().parent.parent
FIRST_SECONDS, SECOND_SECONDS = 180, 10


def second_set_up() -> Figure:
    """What ``make run`` does before it starts anything, when nothing has changed."""
    spread = alone(lambda: _set_up(ROOT), rounds=3, warm=1)
    return Figure(name="set-up, second time", unit="ms", ours=spread, most=SECOND_SECONDS * 1000)


def bare_set_up() -> Iterator[Figure]:
    """Clones the working copy's HEAD and sets it up with empty caches; needs the package registries."""
    with tempfile.TemporaryDirectory(prefix="dunlin-bench-") as folder:
        clone = Path(folder) / "dunlin"
        subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
        caches = {"PIP_CACHE_DIR": f"{folder}/pip", "UV_CACHE_DIR": f"{folder}/uv", "npm_config_cache": f"{folder}/npm"}
        spread = alone(lambda: _set_up(clone, **caches), rounds=1, warm=0)
        yield Figure(name="set-up on a bare machine", unit="ms", ours=spread, most=FIRST_SECONDS * 1000)


def _set_up(folder: Path, **environ: str) -> None:
    python = getattr(sys, "_base_executable", sys.executable)
    done = subprocess.run(
        [python, "tools/dev.py", "setup"],
        cwd=folder,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"the set-up failed: {done.stdout[-500:]}{done.stderr[-500:]}")
