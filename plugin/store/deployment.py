"""What belongs to no tenant and to no hour: the address under which the database last woke, a clock that jumped."""

from sqlalchemy import Connection, Engine, delete, select
from sqlalchemy.orm import Session

from plugin.store.dialect import insert_into
from plugin.store.tables.runtime import Deployment

KEY = "base_url"
CLOCK_OFF = "clock_off"
_CLOCK_OFF = select(Deployment.key).where(Deployment.key == CLOCK_OFF)
CLOCK_IS_OFF = _CLOCK_OFF.exists()
"""The same as ``is_clock_off``, as a part of another question."""


def note_address(engine: Engine, base_url: str) -> str:
    """Notes ``base_url`` and gives the address that was known before; on the first start that is ``base_url`` itself.

    Web, worker and clock start at once, on an empty database too: whoever comes second waits and finds the row.
    """
    once = insert_into(engine, Deployment).on_conflict_do_nothing(index_elements=["key"])
    with Session(engine) as session, session.begin():
        session.execute(once, {"key": KEY, "value": base_url})
        row = session.get_one(Deployment, KEY, with_for_update=True)
        known, row.value = row.value, base_url
    return known


def note_clock_off(engine: Engine) -> None:
    """Notes that business time cannot be trusted; nothing is sent until ``note_clock_right``."""
    once = insert_into(engine, Deployment).on_conflict_do_nothing(index_elements=["key"])
    with engine.begin() as connection:
        connection.execute(once, {"key": CLOCK_OFF, "value": "yes"})


def note_clock_right(engine: Engine) -> None:
    """Takes that note back."""
    with engine.begin() as connection:
        connection.execute(delete(Deployment).where(Deployment.key == CLOCK_OFF))


def is_clock_off(connection: Connection | Session) -> bool:
    """Whether the clock process has found that business time cannot be trusted."""
    return connection.execute(_CLOCK_OFF).first() is not None
