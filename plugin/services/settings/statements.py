"""On which day of the month a client gets its statement of account, if at all."""

from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.reminders.statement import LAST_DAY, next_statement
from plugin.services.follow_ups.calendar import client_calendar
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client

LATEST = 28
"""Days that every month has; beyond them only the last one may be chosen."""


def choose_statement_day(
    session: TenantSession, client_id: str, day: int | None, *, today: date, now: datetime, actor: str
) -> Client:
    """Sends a statement from ``today`` on each month; None ends it. InvalidInput for a day that some month lacks."""
    if day is not None and day != LAST_DAY and not 1 <= day <= LATEST:
        raise InvalidInput(f"Choose a day from 1 to {LATEST}, or the last day of the month.", field="statement_day")
    client = session.scalars(select(Client).where(Client.id == client_id).with_for_update(key_share=True)).one_or_none()
    if client is None:
        raise NotFound("There is no such client here; reload the page.")
    before, client.statement_day = client.statement_day, day
    if before != day:
        client.statement_since = today if day is not None else None
        client.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="client.statement",
        subject=client.id,
        now=now,
        before={"day": before},
        after={"day": day},
    )
    return client


def next_statement_of(client: Client, *, today: date) -> date | None:
    """The client's civil day after ``today`` on which the next statement is due; None where it gets none."""
    if client.statement_day is None:
        return None
    return next_statement(client.statement_day, after=today, calendar=client_calendar(client, today))
