"""``dunlin`` as an operator runs it, on either database; its clock is set to the day of the books."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from plugin.cli import main
from tests.support.books import NOW, Books, open_books
from tests.support.databases import Urls

Dunlin = Callable[..., Result]


@pytest.fixture
def dunlin(urls: Urls, tmp_path: Path) -> Dunlin:
    """Runs a command on a migrated database; keywords are further variables of the environment."""
    return runner(urls, tmp_path, now=NOW)


@pytest.fixture
def bare(empty_database_url: str, tmp_path: Path) -> Dunlin:
    """Runs a command on a database without tables."""
    create_engine(empty_database_url, poolclass=NullPool).connect().close()
    return runner(Urls(empty_database_url, empty_database_url, empty_database_url), tmp_path, now=NOW)


def runner(urls: Urls, folder: Path, *, now: datetime) -> Dunlin:
    """Commands on a database whose time machine is set to ``now``."""
    clock = folder / "cli-clock"
    clock.write_text(repr((now - datetime.now(UTC)).total_seconds()), encoding="ascii")
    base = {"DUNLIN_ENV": "test", "DUNLIN_CLOCK_FILE": str(clock), **urls.environment}

    def run(*arguments: str, **environment: str) -> Result:
        return CliRunner().invoke(main, list(arguments), env={**base, **environment})

    return run


@pytest.fixture
def books(urls: Urls) -> Iterator[Books]:
    """A site that can issue."""
    with open_books(urls) as opened:
        yield opened
