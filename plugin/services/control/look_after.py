"""One round of what is looked after by itself; each part in a transaction of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from plugin.services.control.ended import open_ended_tasks
from plugin.services.control.freshness import notice_stale_payments
from plugin.services.follow_ups.broken_promises import tell_broken_promises
from plugin.services.follow_ups.digest import add_digests, forewarned_until
from plugin.services.follow_ups.hold_links import HoldLinks
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.plans.watch import break_late_plans
from plugin.services.statements.add import add_statements
from plugin.store.session import TenantSession


@dataclass(frozen=True, kw_only=True, slots=True)
class ControlRound:
    """What a round needs; ``writing`` opens one transaction of the tenant."""

    writing: Callable[[], AbstractContextManager[TenantSession]]
    message_ids: MessageIds
    links: HoldLinks

    def run(self, value: str, *, now: datetime) -> tuple[str, int]:
        """``value`` is the day of the last forewarning; gives the new one and how many things were done."""
        with self.writing() as session:
            done = break_late_plans(session, now=now)
        with self.writing() as session:
            done += tell_broken_promises(session, now=now)
        with self.writing() as session:
            done += open_ended_tasks(session, now=now)
        with self.writing() as session:
            done += notice_stale_payments(session, now=now)
        done += add_statements(self.writing, now=now, message_ids=self.message_ids)
        with self.writing() as session:
            days = forewarned_until(session, now=now)
            if days is None or value == days[0].isoformat():
                return value, done
            today, until = days
            done += add_digests(
                session, today=today, until=until, now=now, message_ids=self.message_ids, links=self.links
            )
            return today.isoformat(), done
