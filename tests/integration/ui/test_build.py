"""The front-end build refuses what would look wrong later: an unknown token or icon, a colour of one's own."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

FRONTEND = Path(__file__).resolve().parents[3] / "frontend"


def run(script: str) -> subprocess.CompletedProcess[str]:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node; `make setup` supplies one")
    command = [node, "--input-type=module", "-e", script]
    return subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True, timeout=60, check=False)


def tokens_for(css: str) -> subprocess.CompletedProcess[str]:
    return run(f'import {{ tokensFor }} from "./lib/tokens.mjs"; console.log(tokensFor({json.dumps(css)}))')


def test_only_the_tokens_in_use_are_written_dark_after_light() -> None:
    written = tokens_for("a { color: var(--ds-text); padding: var(--ds-space-100); }").stdout
    assert written.count("--ds-text:") == 3
    assert "--ds-link:" not in written
    assert written.index("[data-color-mode=light]{color-scheme:light") < written.index("[data-color-mode=dark]")
    assert ":root:root:root{--ds-space-100:0.5rem}" in written


@pytest.mark.parametrize(
    ("css", "complaint"),
    [
        ("a { color: var(--ds-text-purplish); }", "no such design token: --ds-text-purplish"),
        ("a { color: #172B4D; }", "colours come from tokens only, found #172B4D"),
    ],
)
def test_a_style_sheet_with_a_colour_of_its_own_is_refused(css: str, complaint: str) -> None:
    refused = tokens_for(css)
    assert refused.returncode != 0
    assert complaint in refused.stderr


def test_an_unknown_icon_is_refused() -> None:
    refused = run('import { spriteOf } from "./lib/sprite.mjs"; spriteOf(["no-such"], "node_modules/@atlaskit/icon")')
    assert "no such icon: no-such" in refused.stderr


def test_a_lock_with_the_name_of_a_registry_is_refused(tmp_path: Path) -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    lock["packages"]["node_modules/jquery"]["resolved"] = "https://registry.example/jquery.tgz"
    (tmp_path / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    shutil.copy(FRONTEND / "package.json", tmp_path)
    script = f'import {{ lockProblems }} from "./lib/lock.mjs"; console.log(lockProblems({json.dumps(str(tmp_path))}))'
    found = run(script).stdout
    assert 'node_modules/jquery: "resolved" names a registry' in found
    assert "[]" in run('import { lockProblems } from "./lib/lock.mjs"; console.log(lockProblems("."))').stdout
