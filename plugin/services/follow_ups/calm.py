"""How calm we are with a client: contacts within thirty days, over all projects and owners, beside the cap (U20)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from plugin.services.follow_ups.gather_contacts import contacts_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import MailSettings

DAYS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class CalmScore:
    """``contacts`` in the last 30 days; ``cap``: as many as the days between two contacts allow, None for no cap."""

    contacts: int
    cap: int | None

    @property
    def sentence(self) -> str:
        """For people."""
        said = "once" if self.contacts == 1 else f"{self.contacts} times" if self.contacts else "not at all"
        most = f" At most {self.cap} would be allowed." if self.cap is not None else ""
        return f"Contacted {said} within {DAYS} days, over all projects.{most}"


def calm_score(session: TenantSession, client: Client, *, now: datetime) -> CalmScore:
    """Reminders sent and calls in which somebody heard us; invoices and receipts are no contacts of this kind."""
    interval = session.get_one(MailSettings, session.tenant_id).contact_interval_days
    made = contacts_of(session, client, since=now - timedelta(days=DAYS))
    return CalmScore(contacts=len(made), cap=-(-DAYS // interval) if interval else None)
