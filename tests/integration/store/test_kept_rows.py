"""What a session keeps of what it read, and when it reads it anew."""

from sqlalchemy import select, text, update

from plugin.store.tables.clients import Client, Contact
from tests.support.books import Books, open_books
from tests.support.databases import Urls

NAMES = select(Client.name)


def test_a_statement_that_is_put_together_once_shows_each_tenant_its_own(urls: Urls) -> None:
    with open_books(urls) as ours, open_books(urls) as theirs:
        for books, name in ((ours, "Ours"), (theirs, "Theirs")):
            with books.writing() as session:
                for client in session.scalars(select(Client)):
                    client.name = name
        for _ in range(2):
            for books, name in ((ours, "Ours"), (theirs, "Theirs")):
                with books.reading() as session:
                    assert set(session.scalars(NAMES)) == {name}


def test_what_was_read_stays_and_what_is_locked_is_read_anew(books: Books) -> None:
    with books.writing() as session:
        client = session.get_one(Client, (books.tenant, books.client_id))
        known = client.name
        session.connection().execute(text("UPDATE client SET name = 'Other'"))
        assert session.get_one(Client, (books.tenant, books.client_id)).name == known
        locked = session.scalars(select(Client).where(Client.id == books.client_id).with_for_update()).one()
        assert locked is client
        assert client.name == "Other"


def test_a_change_that_is_not_written_yet_survives_the_lock(books: Books) -> None:
    with books.writing() as session:
        client = session.get_one(Client, (books.tenant, books.client_id))
        client.name = "Renamed"
        session.scalars(select(Client).where(Client.id == books.client_id).with_for_update()).one()
        assert client.name == "Renamed"


def test_other_rows_are_not_kept(books: Books) -> None:
    with books.reading() as session:
        session.scalars(select(Contact)).all()
        assert session.info.get("kept", []) == []


def test_a_row_that_a_session_holds_learns_of_its_own_update(books: Books) -> None:
    with books.writing() as session:
        client = session.get_one(Client, (books.tenant, books.client_id))
        session.execute(update(Client).where(Client.id == books.client_id).values(segment="vip"))
        assert client.segment == "vip"
