"""Which open invoices of a client a statement may list today, and what keeps the others off it, or all of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from plugin.domain.reminders.reasons import Finding, GateName
from plugin.domain.reminders.statement import objection, reminder_goes_first
from plugin.services.follow_ups.gather import gather_rows
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.services.follow_ups.plan_invoice import timeline_for
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice

FIRST_YEAR = 2000
_ITS_TURN = frozenset({GateName.INTERVAL, GateName.MANUAL_MAIL, GateName.QUIET})


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """``against``: each open invoice by id, the oldest due date first, with what keeps it off (None: nothing).

    ``reminder_first``: a reminder of one of them leaves today, and the statement waits. ``asks_first``: the ladder of
    one that is listed, or may be when its hour has come, asks a person before anything leaves.
    """

    against: Mapping[str, Finding | None]
    reminder_first: bool
    asks_first: bool

    @property
    def free(self) -> list[str]:
        """What may be listed."""
        return [invoice_id for invoice_id, finding in self.against.items() if finding is None]

    @property
    def waiting(self) -> list[str]:
        """What only waits until the client may hear from us again."""
        return [invoice_id for invoice_id, finding in self.against.items() if finding and finding.gate in _ITS_TURN]


def listed(session: TenantSession, client_id: str, currency: str, *, month: int, now: datetime) -> Listing:
    """What a statement of that month says today. ``month`` as ``month_number`` counts it."""
    rows = open_rows(session, Invoice.client_id == client_id, Invoice.currency == currency)
    gathered = gather_rows(session, rows, now=now)
    against = {
        asked.facts.invoice_id: objection(asked.facts, asked.policy, asked.calendar, asked.today, number=month)
        for asked in gathered
    }
    return Listing(
        against=against,
        reminder_first=any(reminder_goes_first(timeline_for(asked), asked.policy) for asked in gathered),
        asks_first=any(asked.policy.ask_first for asked in gathered if _may_stand(against[asked.facts.invoice_id])),
    )


def _may_stand(finding: Finding | None) -> bool:
    return finding is None or finding.until is not None or finding.until_at is not None


def month_number(day: date) -> int:
    """The occurrence of a month's statement: below those of resends, which count as mails of a person, until 2083."""
    return (day.year - FIRST_YEAR) * 12 + day.month
