"""The README's pictures are there, and light enough to be looked at over a slow line."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MOST_BYTES = 250_000


def named_in_the_readme() -> set[str]:
    return set(re.findall(r"docs/screenshots/[\w-]+\.png", (ROOT / "README.md").read_text(encoding="utf-8")))


def test_each_picture_of_the_readme_exists_and_is_small() -> None:
    named = named_in_the_readme()
    assert len(named) >= 12
    assert {name for name in named if not (ROOT / name).is_file()} == set()
    assert {name for name in named if (ROOT / name).stat().st_size > MOST_BYTES} == set()


def test_no_picture_is_kept_that_the_readme_does_not_show() -> None:
    kept = {f"docs/screenshots/{path.name}" for path in (ROOT / "docs" / "screenshots").glob("*.png")}
    assert kept == named_in_the_readme()
