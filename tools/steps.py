"""Set-up steps: each has a stamp that remembers what it was made from, so that a second call does nothing.

Standard library only: this runs before anything is installed.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMPS = VENV / "stamps"
LOG = VAR / "setup.log"

_BEAT_SECONDS = 5.0
_LINES_OF_A_FAILURE = 30


class SetupFailed(Exception):
    """A step did not work; the message says what to do now."""


@dataclass(frozen=True)
class Step:
    """One thing to bring about, the fingerprint of what it is made from, and a file that is there once it is done."""

    name: str
    fingerprint: str
    product: Path

    @property
    def stamp(self) -> Path:
        return STAMPS / self.name.replace(" ", "-")

    def is_done(self) -> bool:
        """Whether it was done from exactly these inputs, and nobody removed what came of it."""
        return (
            self.product.exists()
            and self.stamp.is_file()
            and self.stamp.read_text(encoding="utf-8") == self.fingerprint
        )

    def done(self) -> None:
        """Remembers that it is done; an interrupted step leaves no stamp."""
        STAMPS.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self.fingerprint, encoding="utf-8")


def fingerprint(*parts: str | Path) -> str:
    """A hash over texts and over files, or all files of folders, by content."""
    digest = hashlib.sha256()
    for part in parts:
        for name, content in _contents(part):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _contents(part: str | Path) -> Iterator[tuple[str, bytes]]:
    if isinstance(part, str):
        yield "text", part.encode()
    elif part.is_file():
        yield part.relative_to(ROOT).as_posix(), part.read_bytes()
    else:
        for path in sorted(part.rglob("*")):
            if path.is_file():
                yield path.relative_to(ROOT).as_posix(), path.read_bytes()


def environment(**more: str) -> dict[str, str]:
    """The caller's environment with our own programs first in PATH."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**inherited, "PATH": path, "VIRTUAL_ENV": str(VENV), **more}


def say(text: str) -> None:
    """One line of progress, at once."""
    print(text, flush=True)


def long_run(title: str, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None) -> None:
    """Runs a command with its output in the log; says so at the start, every five seconds, and at the end."""
    say(f"  {title} ...")
    started = time.monotonic()
    VAR.mkdir(exist_ok=True)
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        start = log.tell()
        process = subprocess.Popen(
            command, cwd=ROOT, env=env or environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        code = _beat(process, title, started)
    if code:
        tail = LOG.read_bytes()[start:].decode(errors="replace").splitlines()[-_LINES_OF_A_FAILURE:]
        raise SetupFailed("\n".join([*tail, f"{title} failed (exit {code}); the whole output is in {LOG}"]))
    say(f"  {title}: {time.monotonic() - started:.1f} s")


def _beat(process: subprocess.Popen[bytes], title: str, started: float) -> int:
    while True:
        try:
            return process.wait(_BEAT_SECONDS)
        except subprocess.TimeoutExpired:
            say(f"  {title}: {time.monotonic() - started:.0f} s so far")


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two calls at once would install over each other; the second waits for the first."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up runs in this folder; waiting for it ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
