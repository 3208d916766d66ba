"""``docs/complaints.md`` and the tests agree: every complaint of the follow-ups is named, every named test exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "docs" / "complaints.md"
ROW = re.compile(r"^\| (C\d\d) \| [^|]+ \| `(test_complaint_C\d\d_\w+)` \|$")
NUMBERS = [f"C{number:02}" for number in range(1, 39)]


def rows() -> list[tuple[str, str]]:
    """(number, test) of each row of the table."""
    found = [ROW.match(line) for line in TABLE.read_text(encoding="utf-8").splitlines()]
    return [(row[1], row[2]) for row in found if row is not None]


def known_tests() -> set[str]:
    """The names of all test functions, read from their files without running them."""
    return {
        node.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_complaint_")
    }


def test_every_complaint_of_the_follow_ups_stands_in_the_table_once() -> None:
    assert [number for number, _ in rows()] == NUMBERS


def test_every_test_that_the_table_names_exists_and_is_about_that_complaint() -> None:
    known = known_tests()
    assert [test for _, test in rows() if test not in known] == []
    assert [test for number, test in rows() if f"_{number}_" not in test] == []


def test_every_line_of_the_table_is_understood() -> None:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| C")]
    assert len(lines) == len(rows())
