"""Books on SQLite and PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.support.books import Books, open_books
from tests.support.databases import Urls


@pytest.fixture
def books(urls: Urls) -> Iterator[Books]:
    """A tenant that can issue, once on each database."""
    with open_books(urls) as opened:
        yield opened
