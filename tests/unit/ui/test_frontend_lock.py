"""The front-end's lock: exact versions, a hash for each package, and no registry's name."""

import json
import re
from pathlib import Path
from typing import Any

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"


def read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FRONTEND / name).read_text(encoding="utf-8"))
    return loaded


def test_the_lock_names_no_registry_and_has_every_hash() -> None:
    packages = {path: entry for path, entry in read("package-lock.json")["packages"].items() if path}
    assert len(packages) > 50
    assert not [path for path, entry in packages.items() if "resolved" in entry]
    assert not [path for path, entry in packages.items() if not entry["integrity"].startswith("sha512-")]
    assert "://" not in re.sub(r'"url": "[^"]+"', "", (FRONTEND / "package-lock.json").read_text(encoding="utf-8"))


def test_every_version_is_exact_and_the_one_in_the_lock() -> None:
    manifest, lock = read("package.json"), read("package-lock.json")["packages"]
    wanted = manifest["dependencies"] | manifest["devDependencies"]
    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_what_pages_ship_is_a_dependency_and_the_pretend_jira_is_not() -> None:
    manifest = read("package.json")
    assert set(manifest["dependencies"]) == {"htmx.org", "@atlaskit/tokens", "@atlaskit/icon"}


def test_our_style_sheets_use_tokens_only() -> None:
    for sheet in (FRONTEND / "css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\brgba?\(|\bhsla?\(", text), sheet.name
