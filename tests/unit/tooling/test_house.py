"""Rules of the house that no other tool checks: each has a machine behind it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from plugin.bootstrap import Container

ROOT = Path(__file__).resolve().parents[3]
PRODUCT = ("plugin", "worker")
CODE = (*PRODUCT, "sandbox", "tools", "tests")
BARE_TOOLS = ("dev", "steps", "provision", "chromium", "locks", "checks", "sizes")


def sources(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield node.module or ""


def calls(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield ast.unparse(node.func)


def test_the_domain_imports_the_standard_library_only() -> None:
    foreign = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources("plugin/domain")
        for name in imported(path)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("plugin.domain")
    }
    assert foreign == set()


def test_the_set_up_imports_the_standard_library_only() -> None:
    foreign = {
        f"{tool}: {name}"
        for tool in BARE_TOOLS
        for name in imported(ROOT / "tools" / f"{tool}.py")
        if name.split(".")[0] not in sys.stdlib_module_names and name.split(".")[0] != "tools"
    }
    assert foreign == set()


def test_every_package_folder_is_seen_by_the_import_contracts() -> None:
    folders = {path.parent for path in sources(*CODE)}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_transactions_end_in_two_places() -> None:
    # Migrations are outside: Alembic's own transaction is no unit of work.
    places = {
        path.relative_to(ROOT).as_posix()
        for path in sources(*PRODUCT)
        if "migrations" not in path.parts and any(call.endswith(".commit") for call in calls(path))
    }
    assert len(places) <= 2, places


def test_one_file_reads_the_clock() -> None:
    clock = re.compile(r"(datetime\.(now|utcnow|today)|date\.today|time\.(time|monotonic|perf_counter)(_ns)?)$")
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in sources(*PRODUCT)
        for call in calls(path)
        if clock.search(call) and path != ROOT / "plugin" / "clock.py"
    }
    assert readers == set()


def test_nothing_waits_to_be_written() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [
        f"{path.relative_to(ROOT)}" for path in sources(*PRODUCT, "sandbox", "tools") if marks.search(path.read_text())
    ]
    assert found == []


def test_every_make_target_is_a_command_and_the_other_way_round() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"help"}
    dev = (ROOT / "tools" / "dev.py").read_text(encoding="utf-8")
    listed = re.search(r"for command in \(([a-z, ]+)\)", dev)
    assert listed is not None
    commands = set(listed.group(1).split(", "))
    assert targets == commands
    assert targets | {"help"} == set(re.findall(r"[a-z]+", re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[0]))


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_dependency_is_locked(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"], *chain(*project["project"]["optional-dependencies"].values())]
    if name == "requirements-dev.lock":
        wanted += project["dependency-groups"]["dev"]
    names = {re.split(r"[\[<>=!~;]", requirement)[0].lower().replace("_", "-") for requirement in wanted}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert names - locked == set()


def test_the_documents_name_what_the_container_has() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md")))
    named = set(re.findall(r"container\.([a-z_]+)", text))
    assert named
    assert {name for name in named if not hasattr(Container, name)} == set()
