"""Statements of account: on which day of a month one is due, and which invoices it may speak of (C26, C30)."""

from calendar import monthrange
from datetime import date, timedelta

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import InvoiceFacts
from plugin.domain.reminders.gates import GATES, deciding_first
from plugin.domain.reminders.gates_time import recent_contact
from plugin.domain.reminders.history import History
from plugin.domain.reminders.policy import Anchor, Channel, Policy, PolicyStep, Tone
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName
from plugin.domain.reminders.slots import Slot
from plugin.domain.reminders.timeline import Timeline

LAST_DAY = 31
"""Chosen as the day of the month, it means the last one."""
CATCH_UP = timedelta(days=14)
"""A statement that could not leave for longer is left out; the next one says all the same."""
STATEMENT = PolicyStep(
    key="account_statement",
    level=0,
    anchor=Anchor.ISSUE_DATE,
    offset=0,
    channel=Channel.EMAIL,
    tone=Tone.FRIENDLY,
    template="statement",
)
_ASKED = frozenset(
    {
        GateName.TENANT,
        GateName.KILL_SWITCH,
        GateName.SANDBOX,
        GateName.SWITCHES,
        GateName.OPT_OUT,
        GateName.STATE,
        GateName.BALANCE,
        GateName.HANDED_OVER,
        GateName.PAUSE,
        GateName.DISPUTE,
        GateName.OBSTACLE,
        GateName.FRESHNESS,
        GateName.MANUAL_MAIL,
        GateName.QUIET,
        GateName.ADDRESS,
        GateName.BUSINESS_DAY,
        GateName.WINDOW,
    }
)
"""A statement says how the account stands: what spares the client a demand (promise, plan) is not asked.

It is a contact with the client all the same: the days between two of them are asked beside these.
"""


def day_in_month(day: int, month: date) -> date:
    """The chosen day in the month of ``month``; the last one where the month is shorter."""
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def statement_due(day: int, *, since: date, today: date, calendar: BusinessCalendar) -> date | None:
    """The day of the statement that may leave ``today``, before it is rolled to a business day; None for none.

    ``since``: the day on which the choice was made; no statement is made up for days before it. One that was missed
    is caught up within ``CATCH_UP``.
    """
    chosen = day_in_month(day, today)
    if chosen > today:
        chosen = day_in_month(day, today.replace(day=1) - timedelta(days=1))
    goes = calendar.next_business_day(chosen)
    return chosen if chosen >= since and goes <= today <= goes + CATCH_UP else None


def next_statement(day: int, *, after: date, calendar: BusinessCalendar) -> date:
    """The first business day after ``after`` on which a statement is due."""
    month = after.replace(day=1) - timedelta(days=1)
    while True:
        goes = calendar.next_business_day(day_in_month(day, month))
        if goes > after:
            return goes
        month = month.replace(day=1) + timedelta(days=32)


def objection(
    facts: InvoiceFacts, policy: Policy, calendar: BusinessCalendar, today: date, *, number: int
) -> Finding | None:
    """What keeps an invoice off today's statement, by the planner's own gates; None where it is listed.

    ``number`` is that of the month: what another recipient of the same statement got is no contact before it.
    """
    slot = Slot(STATEMENT, number, None)
    asked = Question(facts, policy, calendar, today, History(facts, [])).about(slot, today)
    asks = [*(gate.ask for gate in GATES if gate.name in _ASKED), recent_contact]
    return next(iter(deciding_first(found for ask in asks if (found := ask(asked)) is not None)), None)


def reminder_goes_first(timeline: Timeline, policy: Policy) -> bool:
    """Whether a reminder of the invoice is to leave today: of two mails on one day, the one that asks for more goes."""
    return any(entry.channel.has_text and policy.step(entry.key).reaches_client for entry in timeline.due)
