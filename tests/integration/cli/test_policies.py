"""``dunlin policies``, ``simulate`` and ``backtest``: what they say, the last line as JSON, the exit code."""

import json
from pathlib import Path

import pytest

from tests.attack.catalogue import snapshot
from tests.integration.cli.conftest import Dunlin
from tests.support.books import Books, open_books
from tests.support.databases import Urls


def last(output: str) -> object:
    return json.loads(output.splitlines()[-1])


def test_req_U08_out_changed_tried_in_and_out_again(dunlin: Dunlin, books: Books, tmp_path: Path) -> None:
    file, again = tmp_path / "policies.yaml", tmp_path / "again.yaml"
    result = dunlin("policies", "export", str(file))
    assert result.exit_code == 0, result.output
    assert last(result.output) == {"site": "Seestern", "policies": 1, "file": str(file)}
    changed = file.read_text(encoding="utf-8").replace("offset: 3\n", "offset: 4\n", 1)
    file.write_text(changed, encoding="utf-8")
    before = snapshot(books.engine)
    tried = dunlin("policies", "import", str(file), "--dry-run")
    assert tried.exit_code == 0
    assert tried.output.splitlines()[:3] == [
        "Standard: changed",
        "  Step 'friendly': when was '3 days after the due date' and is '4 days after the due date'.",
        "Nothing was stored: this was a dry run.",
    ]
    assert snapshot(books.engine) == before
    stored = dunlin("policies", "import", str(file), "--note", "Reviewed in git")
    assert last(stored.output) == {"site": "Seestern", "dry_run": False, "policies": {"Standard": "changed"}}
    assert dunlin("policies", "export", str(again)).exit_code == 0
    assert again.read_text(encoding="utf-8") == changed
    assert last(dunlin("policies", "import", str(file)).output) == {
        "site": "Seestern",
        "dry_run": False,
        "policies": {"Standard": "same"},
    }


def test_what_cannot_be_imported_is_told_with_its_place_and_exits_1(
    dunlin: Dunlin, books: Books, tmp_path: Path
) -> None:
    file = tmp_path / "policies.yaml"
    dunlin("policies", "export", str(file))
    file.write_text(file.read_text(encoding="utf-8").replace("tone: firm", "tone: loud", 1), encoding="utf-8")
    before = snapshot(books.engine)
    result = dunlin("policies", "import", str(file))
    assert result.exit_code == 1
    assert "Line " in result.output
    assert "Step 4 ('second'): tone must be one of" in result.output
    file.write_bytes(b"\xff\xfe\x00")
    assert "no text in UTF-8" in dunlin("policies", "import", str(file)).output
    file.write_bytes(b"#" * 300_000)
    assert "larger than 256 KB" in dunlin("policies", "import", str(file)).output
    assert dunlin("policies", "import", str(tmp_path / "none.yaml")).exit_code == 2
    assert dunlin("policies", "export", str(file), "--policy", "Nobody's").exit_code == 1
    assert snapshot(books.engine) == before


def test_with_several_sites_one_has_to_be_named(dunlin: Dunlin, books: Books, urls: Urls, tmp_path: Path) -> None:
    with open_books(urls) as other:
        file = str(tmp_path / "policies.yaml")
        result = dunlin("policies", "export", file)
        assert result.exit_code == 1
        assert "There are 2 sites in this database; name one with --site." in result.output
        assert dunlin("policies", "export", file, "--site", other.tenant).exit_code == 0
        assert "There is no site 'Elsewhere'" in dunlin("policies", "export", file, "--site", "Elsewhere").output
    assert books.tenant


def test_req_F07_simulate_says_what_would_go_and_what_would_change(dunlin: Dunlin, books: Books) -> None:
    books.log(2)
    for number in (1, 2):
        books.issue(books.draft(number))
    result = dunlin("simulate", "--policy", "gentle", "--days", "60")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == "Site Seestern, 2 open invoices, 60 days:"
    assert lines[1] == "as it is now: 4 mails, 6 tasks."
    assert lines[4] == "Gentle: 3 mails, 2 tasks."
    assert "  3 mails instead of 4." in lines
    reports = last(result.output)
    assert isinstance(reports, dict)
    assert list(reports["Seestern"]) == ["as it is now", "Gentle"]
    assert reports["Seestern"]["Gentle"]["tones"] == {"friendly": 2, "neutral": 1}
    assert dunlin("simulate", "--policy", "gentle", "--days", "60").output == result.output


def test_a_policy_of_a_file_or_of_the_site_is_simulated(dunlin: Dunlin, books: Books, tmp_path: Path) -> None:
    books.log(1)
    books.issue(books.draft(1))
    file = tmp_path / "policies.yaml"
    dunlin("policies", "export", str(file))
    by_file, by_name = dunlin("simulate", "--file", str(file)), dunlin("simulate", "--policy", "Standard")
    assert by_file.output == by_name.output
    assert "Nothing changes: the same goes on the same days." in by_file.output
    assert dunlin("simulate", "--file", str(file), "--policy", "gentle").exit_code == 2


@pytest.mark.parametrize("command", [("simulate", "--policy"), ("backtest", "--policy")])
def test_a_policy_that_is_none_is_told_with_those_that_are(
    dunlin: Dunlin, books: Books, command: tuple[str, ...]
) -> None:
    assert books.tenant
    result = dunlin(*command, "rude")
    assert result.exit_code == 1
    assert "There is no policy 'rude'; choose one of default, gentle, strict" in result.output


def test_a_policy_of_the_site_is_tried_on_the_past(dunlin: Dunlin, books: Books) -> None:
    books.log(1)
    books.issue(books.draft(1))
    result = dunlin("backtest", "--policy", "Standard", "--policy", "strict")
    assert result.exit_code == 0, result.output
    reports = last(result.output)
    assert isinstance(reports, dict)
    assert list(reports["Seestern"]) == ["Standard", "Strict"]
    assert dunlin("backtest", "--policy", "Standard", "--policy", "strict").output == result.output
