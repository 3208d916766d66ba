"""Gives the next number of a series, in the transaction that issues; a rollback takes it back (I4, L21)."""

from datetime import date
from typing import cast

from sqlalchemy import Table, select

from plugin.domain.billing.numbering import NumberPattern, SeriesState, next_number
from plugin.store.session import TenantSession
from plugin.store.tables.company import NumberSeries
from plugin.store.upsert import insert_new

DEBIT_NOTES = "debit_note"
FIRST_PATTERNS = {DEBIT_NOTES: "DN-{year}-{number:04d}"}
"""How the numbers of a series look that is begun with its first document; the administration may change it."""


def take_number(session: TenantSession, key: str, today: date) -> str:
    """The number for a document issued on ``today``, the seller's civil day. Whoever else issues waits for the end."""
    row = locked_series(session, key)
    given = next_number(SeriesState(NumberPattern(row.pattern), row.last, row.last_issued_on), today)
    row.last, row.last_issued_on, row.year = given.number, today, today.year
    return given.text


def locked_series(session: TenantSession, key: str) -> NumberSeries:
    """The series, locked; one of ``FIRST_PATTERNS`` is begun where the site has none yet."""
    if key in FIRST_PATTERNS:
        begun = {"key": key, "pattern": FIRST_PATTERNS[key], "year": 0, "last": 0, "row_version": 1}
        insert_new(session, cast(Table, NumberSeries.__table__), begun, unique=["key"])
    return session.scalars(select(NumberSeries).where(NumberSeries.key == key).with_for_update()).one()
