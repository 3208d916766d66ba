"""``dunlin keys rotate``: secrets move to the newest key, and only then the old one may go."""

import hashlib

import pytest
from sqlalchemy import select

from plugin.keys import KeyRing, key_id_of, parse_keys
from plugin.store.tables.tenants import Installation
from tests.integration.cli.conftest import Dunlin
from tests.support.books import Books, open_books
from tests.support.databases import Urls

OLD = f"old:{hashlib.sha256(b'old').hexdigest()}"
NEW = f"new:{hashlib.sha256(b'new').hexdigest()}"
SECRETS = {"shared_secret": "s" * 40, "previous_secret": "p" * 40}


def store(books: Books, ring: str = OLD) -> None:
    """Encrypts both secrets of the site's installation with the first key of a ring."""
    keys = KeyRing(parse_keys(ring))
    with books.writing() as session:
        row = session.scalars(select(Installation)).one()
        for field, value in SECRETS.items():
            setattr(row, field, keys.encrypt(value, tenant=books.tenant, table="installation", field=field))


def stored(books: Books) -> dict[str, str]:
    with books.reading() as session:
        row = session.scalars(select(Installation)).one()
        return {field: getattr(row, field) for field in SECRETS}


def opened(books: Books, ring: str) -> dict[str, str]:
    """The secrets as whoever holds only these keys reads them."""
    keys = KeyRing(parse_keys(ring))
    return {
        field: keys.decrypt(sealed, tenant=books.tenant, table="installation", field=field)
        for field, sealed in stored(books).items()
    }


def test_fault_F67_after_the_rotation_the_new_key_alone_opens_every_secret(
    dunlin: Dunlin, books: Books, urls: Urls
) -> None:
    with open_books(urls) as other:
        store(books)
        store(other)
        result = dunlin("keys", "rotate", SECRET_KEYS=f"{NEW},{OLD}")
        assert result.exit_code == 0, result.output
        assert result.output.splitlines() == [
            "4 secrets were encrypted anew with the key new; 0 are left under another one.",
            "Nothing needs old any more; take that out of SECRET_KEYS when it suits you.",
        ]
        assert opened(books, NEW) == opened(other, NEW) == SECRETS


def test_a_second_rotation_changes_nothing(dunlin: Dunlin, books: Books) -> None:
    store(books, NEW)
    before = stored(books)
    result = dunlin("keys", "rotate", SECRET_KEYS=f"{NEW},{OLD}")
    assert result.exit_code == 0
    assert result.output.startswith("0 secrets")
    assert stored(books) == before


def test_a_rotation_that_was_interrupted_is_finished_by_the_next(dunlin: Dunlin, books: Books) -> None:
    store(books)
    ring = KeyRing(parse_keys(f"{NEW},{OLD}"))
    with books.writing() as session:
        row = session.scalars(select(Installation)).one()
        assert row.shared_secret is not None
        row.shared_secret = ring.rotate(
            row.shared_secret, tenant=books.tenant, table="installation", field="shared_secret"
        )
    result = dunlin("keys", "rotate", SECRET_KEYS=f"{NEW},{OLD}")
    assert result.output.startswith("1 secrets")
    assert {key_id_of(sealed) for sealed in stored(books).values()} == {"new"}


def test_without_the_old_key_nothing_changes_and_the_missing_key_is_named(dunlin: Dunlin, books: Books) -> None:
    store(books)
    before = stored(books)
    result = dunlin("keys", "rotate", SECRET_KEYS=NEW)
    assert result.exit_code == 1
    assert "'old'" in result.output
    assert "Traceback" not in result.output
    assert stored(books) == before


def test_a_secret_that_is_moved_to_another_site_does_not_rotate(dunlin: Dunlin, books: Books, urls: Urls) -> None:
    with open_books(urls) as other:
        store(books)
        foreign = stored(books)["shared_secret"]
        with other.writing() as session:
            session.scalars(select(Installation)).one().shared_secret = foreign
        result = dunlin("keys", "rotate", SECRET_KEYS=f"{NEW},{OLD}")
        assert result.exit_code == 1
        assert "another tenant" in result.output


@pytest.mark.parametrize("secret", ["s" * 40, hashlib.sha256(b"old").hexdigest(), hashlib.sha256(b"new").hexdigest()])
def test_no_secret_and_no_key_is_ever_printed(dunlin: Dunlin, books: Books, secret: str) -> None:
    store(books)
    told = [dunlin("keys", "rotate", SECRET_KEYS=ring).output for ring in (NEW, f"{NEW},{OLD}")]
    assert secret not in "".join(told)
