"""The address under which the database last woke: the one thing in it that belongs to no tenant and to no hour."""

from sqlalchemy import Engine
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from plugin.store.tables.runtime import Deployment

KEY = "base_url"


def note_address(engine: Engine, base_url: str) -> str:
    """Notes ``base_url`` and gives the address that was known before; on the first start that is ``base_url`` itself.

    Web, worker and clock start at once, on an empty database too: whoever comes second waits and finds the row.
    """
    insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
    first = insert(Deployment).values(key=KEY, value=base_url).on_conflict_do_nothing(index_elements=["key"])
    with Session(engine) as session, session.begin():
        session.execute(first)
        row = session.get_one(Deployment, KEY, with_for_update=True)
        known, row.value = row.value, base_url
    return known
