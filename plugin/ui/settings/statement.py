"""The client's statement of account: on which day of the month it goes, and when it went last."""

import msgspec

from plugin.domain.reminders.statement import LAST_DAY
from plugin.services.billing.lookup import project_of
from plugin.services.follow_ups.calendar import client_today
from plugin.services.settings.statements import LATEST, choose_statement_day, next_statement_of
from plugin.store.queries.statements import last_statement
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.ui import here
from plugin.ui.forms import read_form
from plugin.ui.submit import Said

DAYS = [
    ("", "No statements"),
    *((str(day), f"On day {day} of the month") for day in range(1, LATEST + 1)),
    (str(LAST_DAY), "On the last day of the month"),
]


class StatementInput(msgspec.Struct):
    """Empty: none."""

    statement_day: str = ""


def statement_values(session: TenantSession, client: Client | None) -> dict[str, object]:
    """What the card shows."""
    if client is None:
        return {}
    today = client_today(client, here.now())
    return {
        "statement_days": DAYS,
        "next_statement": next_statement_of(client, today=today),
        "last_statement": last_statement(session, client.id),
    }


def save(session: TenantSession, project_id: str) -> Said:
    """Stores the day; the caller has looked at the rights."""
    form = read_form(StatementInput)
    client_id = project_of(session, project_id).client_id or ""
    day = int(form.statement_day) if form.statement_day.isdecimal() and len(form.statement_day) <= 2 else None
    wanted = session.get(Client, (session.tenant_id, client_id))
    today = client_today(wanted, here.now()) if wanted is not None else here.today_of(session)
    client = choose_statement_day(session, client_id, day, today=today, now=here.now(), actor=here.actor())
    if day is None:
        return Said(title=f"No statements for {client.name}", tone="warning")
    return Said(title=f"Statements for {client.name} are on", body="They list what is open, once a month and currency.")
