"""Which open invoices of a client a statement may list today, and what keeps the others off it."""

from collections.abc import Mapping
from datetime import date, datetime

from plugin.domain.reminders.reasons import Finding
from plugin.domain.reminders.statement import objection
from plugin.services.follow_ups.gather import gather_rows
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice

FIRST_YEAR = 2000


def listed(session: TenantSession, client_id: str, currency: str, *, now: datetime) -> Mapping[str, Finding | None]:
    """Each open invoice by id, the oldest due date first, with what keeps it off the statement (None: nothing)."""
    rows = open_rows(session, Invoice.client_id == client_id, Invoice.currency == currency)
    return {
        asked.facts.invoice_id: objection(asked.facts, asked.policy, asked.calendar, asked.today)
        for asked in gather_rows(session, rows, now=now)
    }


def month_number(day: date) -> int:
    """The occurrence of a month's statement: below those of resends, which count as mails of a person, until 2083."""
    return (day.year - FIRST_YEAR) * 12 + day.month
