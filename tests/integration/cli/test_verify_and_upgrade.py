"""``dunlin verify`` and ``dunlin upgrade``: what they say, and the exit code that scripts go by."""

import json
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, text, update
from sqlalchemy.pool import NullPool

from plugin.store.migrate import alembic_config
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.tenants import Tenant
from tests.integration.cli.conftest import Dunlin, runner
from tests.support.books import NOW, Books, open_books
from tests.support.databases import Urls


def test_verify_says_that_all_is_well_and_exits_0(dunlin: Dunlin, books: Books) -> None:
    books.log(1)
    books.issue(books.draft(1))
    result = dunlin("verify")
    assert result.exit_code == 0, result.output
    *_, sentence, last = result.output.splitlines()
    assert sentence == "Checked 1 site: every invariant holds."
    assert json.loads(last) == {"sites": 1, "findings": 0, "ok": True}


def test_verify_names_the_site_and_the_row_and_exits_1(dunlin: Dunlin, books: Books, urls: Urls) -> None:
    books.log(2)
    for number in (1, 2):
        books.issue(books.draft(number))
    with open_books(urls) as other, books.writing() as session:
        assert other.tenant
        session.execute(update(Tenant).values(name="Broken"))
        session.execute(update(Invoice).where(Invoice.number == "INV-2026-0002").values(number="INV-2026-0009"))
    result = dunlin("verify")
    assert result.exit_code == 1
    first, *_, sentence, last = result.output.splitlines()
    assert first.startswith("I4  Broken: ")
    assert "INV-2026-0009" in result.output
    assert sentence.startswith("Checked 2 sites: ")
    assert json.loads(last)["ok"] is False


@pytest.mark.parametrize("arguments", [("verify",), ("explain", "INV-1"), ("keys", "rotate")])
def test_a_database_without_tables_is_told_in_a_sentence(bare: Dunlin, arguments: tuple[str, ...]) -> None:
    result = bare(*arguments)
    assert result.exit_code == 1
    assert "dunlin upgrade" in result.output
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.db"
    url = f"sqlite:///{missing}"
    result = runner(Urls(url, url, url), tmp_path, now=NOW)("verify")
    assert result.exit_code == 1
    assert f"There is no database at {missing}" in result.output
    assert not missing.exists()


def test_an_older_schema_is_named_with_the_one_that_is_needed(dunlin: Dunlin, urls: Urls) -> None:
    command.downgrade(alembic_config(urls.owner), "0001")
    result = dunlin("verify")
    assert result.exit_code == 1
    assert "schema 0001" in result.output
    assert "dunlin upgrade" in result.output
    assert dunlin("upgrade").exit_code == 0
    assert dunlin("verify").exit_code == 0


def test_a_newer_schema_than_ours_is_no_obstacle(dunlin: Dunlin, urls: Urls, books: Books) -> None:
    assert books.tenant
    engine = create_engine(urls.owner, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert dunlin("verify").exit_code == 0


def test_upgrade_makes_the_tables_and_may_be_repeated(bare: Dunlin) -> None:
    for _ in range(2):
        result = bare("upgrade")
        assert result.exit_code == 0, result.output
        assert result.output.startswith("The database is up to date (schema 0")
    assert json.loads(bare("verify").output.splitlines()[-1]) == {"sites": 0, "findings": 0, "ok": True}


@pytest.mark.parametrize("name", ["verify", "upgrade"])
def test_a_database_that_is_away_is_told_in_a_sentence_without_the_password(tmp_path: Path, name: str) -> None:
    url = "postgresql://dunlin:hunter2@127.0.0.1:1/dunlin"
    result = runner(Urls(url, url, url), tmp_path, now=NOW)(name)
    assert result.exit_code == 1
    assert "Error: The database does not do what is asked" in result.output
    assert "hunter2" not in result.output


def test_every_odd_setting_is_named_at_once(dunlin: Dunlin) -> None:
    result = dunlin("verify", PORT="no", LOG_LEVEL="LOUD")
    assert result.exit_code == 1
    assert "PORT" in result.output
    assert "LOG_LEVEL" in result.output


def test_a_misspelt_command_exits_2_and_help_names_those_that_exist(dunlin: Dunlin) -> None:
    assert dunlin("verfiy").exit_code == 2
    result = dunlin("--help")
    assert result.exit_code == 0
    for name in ("upgrade", "demo", "explain", "verify", "keys"):
        assert name in result.output
