"""Brings a bare machine to where everything runs: environment, packages, ourselves, Node, front end, test browser.

Standard library only. Why it is done so stands in ``docs/decisions/0007-set-up-in-two-commands.md``.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tools.steps import BIN, PYTHON, ROOT, VENV, SetupFailed, Step, environment, fingerprint, long_run, one_at_a_time

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
HASHED_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes")
# Everything in the locks has a wheel but dkimpy, which is pure Python; without build isolation nothing unhashed can be
# fetched to build it, so what builds it is installed before the rest.
WHEELS_ONLY = ("--only-binary", ":all:", "--no-build-isolation")
BUILT_HERE = ("--no-binary", "dkimpy")
BUILDERS = ("setuptools", "wheel", "packaging")
EDITABLE_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps")
FRONTEND = ROOT / "frontend"
BUILD = ROOT / "build"


def set_up() -> None:
    """Everything that running the product needs; each step is skipped if it was done from the same inputs."""
    check_python()
    with one_at_a_time():
        for step, work in _steps():
            if not step.is_done():
                work()
                step.done()


def _steps() -> Iterator[tuple[Step, Callable[[], None]]]:
    python = fingerprint(sys.version, str(VENV))
    yield Step("environment", python, PYTHON), _make_environment
    yield Step("packages", fingerprint(python, ROOT / "requirements-dev.lock"), BIN / "pytest"), _install_packages
    yield Step("ourselves", fingerprint(str(ROOT), ROOT / "pyproject.toml"), BIN / "dunlin"), _install_ourselves
    _supply_node()
    installed = FRONTEND / "node_modules" / ".package-lock.json"
    yield Step("front-end-packages", fingerprint(FRONTEND / "package-lock.json"), installed), _install_front_end
    sources = [path for path in sorted(FRONTEND.iterdir()) if path.name != "node_modules"]
    sources += [path for path in [ROOT / "sandbox" / "host" / "static"] if path.is_dir()]
    yield Step("front-end", fingerprint(*sources), BUILD / "static" / "manifest.json"), _build_front_end


def check_python() -> None:
    """Stops with a sentence on a Python that is too old."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupFailed(
            f"Python {sys.version.split()[0]} is too old; Dunlin needs 3.11 or newer: make PYTHON=python3.11"
        )


def node_program() -> str | None:
    """The Node that our PATH finds, or None; Node without npm counts as none."""
    path = environment()["PATH"]
    return shutil.which("node", path=path) if shutil.which("npm", path=path) else None


def node_version() -> tuple[int, ...] | None:
    """The version of that Node, or None."""
    node = node_program()
    if node is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)\.(\d+)", said)
    return tuple(int(part) for part in found.groups()) if found else None


def _make_environment() -> None:
    if PYTHON.exists() and _works(PYTHON):
        return
    try:
        long_run("Python environment", [sys.executable, "-m", "venv", "--clear", VENV])
    except SetupFailed as error:
        hint = "on Debian and Ubuntu the missing part is the package python3-venv: apt-get install python3-venv"
        raise SetupFailed(f"{error}\n{hint}") from None


def _works(python: Path) -> bool:
    wanted = f"import pip, sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]!r})"
    return subprocess.run([python, "-c", wanted], capture_output=True, check=False).returncode == 0


def _install_packages() -> None:
    lock = ROOT / "requirements-dev.lock"
    with tempfile.TemporaryDirectory(prefix="dunlin-setup-") as folder:
        first = Path(folder) / "builders.lock"
        first.write_text("".join(_locked(name, lock) for name in BUILDERS))
        long_run("Python build tools", [PYTHON, *HASHED_INSTALL, *WHEELS_ONLY, "-r", first])
    long_run("Python packages", [PYTHON, *HASHED_INSTALL, *WHEELS_ONLY, *BUILT_HERE, "-r", lock])


def _locked(name: str, lock: Path) -> str:
    """The lines of one package in a lock: its version and the hashes below it."""
    found = re.search(rf"^{name}==.*\n(?: .*\n)*", lock.read_text(), re.MULTILINE)
    if found is None:
        raise SetupFailed(f"{lock.name} has no {name}, which builds other packages; run `make lock`")
    return found.group()


def _install_ourselves() -> None:
    compatible = ("--config-settings", "editable_mode=compat")
    long_run("Dunlin itself", [PYTHON, *EDITABLE_INSTALL, "--no-build-isolation", *compatible, "-e", ROOT])


def _supply_node() -> None:
    version = node_version()
    if version is not None and version[0] >= OLDEST_NODE:
        return
    lock = ROOT / "requirements-node.lock"
    long_run("Node (this machine has none, or an old one)", [PYTHON, *HASHED_INSTALL, *WHEELS_ONLY, "-r", lock])
    if node_version() is None:
        raise SetupFailed(f"Node was installed into {BIN}, but does not run; install Node {OLDEST_NODE} or newer")


def _install_front_end() -> None:
    long_run("front end packages", ["npm", "ci", "--prefix", FRONTEND, "--no-audit", "--no-fund"])


def _build_front_end() -> None:
    long_run("front end", ["node", FRONTEND / "build.mjs"])
