"""The days ahead: what will go when, for a project, a client, one invoice or the whole site, as the sender would (F14).

Nothing is stored; ten thousand invoices are read and planned in a few seconds.
"""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement

from plugin.domain.money import Money
from plugin.domain.reminders.facts import StepRef
from plugin.domain.reminders.outlook import Coming, Planned, as_sent
from plugin.domain.reminders.policy import Channel, Tone
from plugin.domain.reminders.reasons import Reason, ReasonCode
from plugin.domain.reminders.sentences import sentence
from plugin.domain.reminders.timeline import Verdict
from plugin.services.follow_ups.gather import gather_rows
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.services.follow_ups.plan_invoice import timeline_for
from plugin.services.follow_ups.uncollected import uncollected
from plugin.store.session import TenantSession

DAYS_AHEAD = 90


class OutlookRow(NamedTuple):
    """One step to come. ``day``: the client's civil day; one that waits for an event stands on today.

    ``goes``: it is expected to go on that day. ``together``: how many rows go in the same mail, this one among them.
    """

    day: date
    ref: StepRef
    number: str
    client_id: str
    client: str
    project_id: str
    channel: Channel
    tone: Tone
    verdict: Verdict
    goes: bool
    reason: Reason
    amount: Money | None
    recipients: tuple[str, ...]
    together: int = 1

    @property
    def why(self) -> str:
        """The reason, for a person."""
        return sentence(self.reason)

    @property
    def is_shifted(self) -> bool:
        """Whether it would go earlier if nothing stood in the way: another contact, a deadline, a quiet period."""
        return self.reason.code is ReasonCode.SHIFTED


def outlook(
    session: TenantSession, *which: ColumnElement[bool], now: datetime, days: int = DAYS_AHEAD
) -> tuple[OutlookRow, ...]:
    """The rows of ``days`` days from today, the earliest first. ``which``: conditions on ``Invoice``; none: all open.

    The contacts of a client with invoices outside of ``which`` are known as far as they were made, not those to come.
    """
    with uncollected():
        planned = [
            Planned(asked.facts, asked.policy, asked.calendar, timeline_for(asked))
            for asked in gather_rows(session, open_rows(session, *which), now=now)
        ]
        coming = as_sent(planned, days=days)
        mails = Counter(_mail(each) for each in coming if each.goes and each.entry.channel is Channel.EMAIL)
        return tuple(_row(each, mails) for each in coming)


def _mail(coming: Coming) -> tuple[date, str, str]:
    return (coming.day, coming.facts.client_id, coming.facts.currency.code)


def _row(coming: Coming, mails: Counter[tuple[date, str, str]]) -> OutlookRow:
    facts, entry = coming.facts, coming.entry
    return OutlookRow(
        day=coming.day,
        ref=entry.ref,
        number=facts.number,
        client_id=facts.client_id,
        client=facts.client_name,
        project_id=facts.project_id,
        channel=entry.channel,
        tone=entry.tone,
        verdict=entry.verdict,
        goes=coming.goes,
        reason=coming.reason,
        amount=entry.amount,
        recipients=tuple(person.address for person in entry.recipients),
        together=mails[_mail(coming)] if coming.goes and entry.channel is Channel.EMAIL else 1,
    )
