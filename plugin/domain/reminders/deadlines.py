"""Deadlines a step gives: a business date counted from the day it really leaves (F43), and the day after it."""

from datetime import date, timedelta

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.policy import Ask, AskKind


def deadline_for(ask: Ask, send_day: date, calendar: BusinessCalendar, *, at_least_days: int = 0) -> date | None:
    """The last day to pay that a step leaving on ``send_day`` names; None when it asks for none.

    ``at_least_days``: new days every reminder has to give by law (Norway 14, C32); the later date wins and is rolled
    to a business day.
    """
    if ask.kind is not AskKind.DEADLINE:
        return None
    agreed = calendar.add_business_days(send_day, ask.business_days)
    if at_least_days <= 0:
        return agreed
    return max(agreed, calendar.next_business_day(send_day + timedelta(days=at_least_days)))


def opens_on(deadline: date, calendar: BusinessCalendar) -> date:
    """The first business day after a deadline, on which the next step may go."""
    return calendar.next_business_day(deadline + timedelta(days=1))
