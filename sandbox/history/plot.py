"""What happened before today: when each month was billed, who paid, who did not, and why.

The days are chosen by the default ladder and the clients' calendars, so that no holiday leaves a state without invoice.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.policy_default import default_ladder
from plugin.services.calendars import business_calendar
from sandbox.history.terms import CLIENTS, COMPANY

DAY = timedelta(days=1)
FARTHEST = 9
"""How many days a bill may stand before or after the day on which one would like to write it."""
Fits = Callable[[Mapping[str, date]], bool]


@dataclass(frozen=True, slots=True)
class Event:
    """``month`` counts back from the last full one (1), which nobody has billed yet. ``part`` is in percent."""

    day: date
    project: str
    kind: Literal["bill", "pay", "dispute", "call"]
    month: int
    part: int = 100
    text: str = ""


def plot(today: date) -> list[Event]:
    """The story in the order of its days, up to yesterday.

    Today shows an invoice not due (CLV), one reminded and one disputed (MRL), one to call about (BRW), paid ones.
    """
    return sorted(_events(today), key=lambda event: event.day)


def month_of(today: date, back: int) -> tuple[date, date]:
    """First and last day of a calendar month; 1 is the last full month before today."""
    last = today.replace(day=1) - DAY
    for _ in range(back - 1):
        last = last.replace(day=1) - DAY
    return last.replace(day=1), last


def _events(today: date) -> Iterator[Event]:
    for project, billed, paid in (("BRW", 89, 77), ("MRL", 88, 70), ("CLV", 87, 60)):
        yield Event(today - billed * DAY, project, "bill", 4)
        yield Event(today - paid * DAY, project, "pay", 4)
    yield from _called_about(today)
    yield from _disputed(today)
    yield Event(today - 57 * DAY, "CLV", "bill", 3)
    yield Event(today - 28 * DAY, "CLV", "pay", 3)
    yield from _open(today)


def _called_about(today: date) -> Iterator[Event]:
    """Half is paid after the reminder, the rest after the call, before the second reminder."""
    billed = _bill(today, "BRW", month=3, ago=59, fits=lambda steps: steps["second"] - steps["call"] > 2 * DAY)
    steps = _ladder("BRW", billed)
    yield Event(billed, "BRW", "bill", 3)
    yield Event(steps["friendly"] + 2 * DAY, "BRW", "pay", 3, part=40, text="First half, the rest follows")
    said = "Ms Ostermann was on holiday; the rest is paid this week."
    yield Event(steps["call"] + DAY, "BRW", "call", 3, text=said)
    yield Event(steps["call"] + 2 * DAY, "BRW", "pay", 3)


def _disputed(today: date) -> Iterator[Event]:
    """The client answers the first reminder."""
    billed = _bill(today, "MRL", month=3, ago=58, fits=lambda steps: steps["friendly"] < steps["call"])
    yield Event(billed, "MRL", "bill", 3)
    said = "Workshop days were agreed at a lower rate; Paul Ingram checks the order."
    yield Event(_ladder("MRL", billed)["friendly"] + DAY, "MRL", "dispute", 3, text=said)


def _open(today: date) -> Iterator[Event]:
    """Nobody has paid these. The second reminder may leave today where only that lets the call be due by yesterday."""
    calls = _bill(
        today,
        "BRW",
        month=2,
        ago=27,
        fits=lambda steps: steps["call"] < today < steps["second"],
        otherwise=lambda steps: steps["call"] < today <= steps["second"],
    )
    reminded = _bill(today, "MRL", month=2, ago=22, fits=lambda steps: steps["friendly"] < today < steps["call"])
    waiting = _bill(today, "CLV", month=2, ago=20, fits=lambda steps: today < steps["notice"])
    for project, billed in (("BRW", calls), ("MRL", reminded), ("CLV", waiting)):
        yield Event(billed, project, "bill", 2)


def _bill(today: date, project: str, *, month: int, ago: int, fits: Fits, otherwise: Fits | None = None) -> date:
    """The day nearest to ``ago`` days before today on which to bill a whole month, a working day if one fits."""
    wanted, (_, month_end) = today - ago * DAY, month_of(today, month)
    near = sorted(range(-FARTHEST, FARTHEST + 1), key=lambda days: (abs(days), days))
    days = [day for day in (wanted + days * DAY for days in near) if day > month_end]
    seller = _calendar(COMPANY.country, COMPANY.region, today)
    worked = [day for day in days if seller.is_business_day(day)]
    for rule in (fits, otherwise or fits):
        found = next((day for day in (*worked, *days) if rule(_ladder(project, day))), None)
        if found is not None:
            return found
    raise LookupError(f"on {today} no bill of {project} leads to the state it should show")


def _ladder(project: str, billed: date) -> dict[str, date]:
    """When each step of an invoice of that day is due: days from the due date, rolled to the client's working day."""
    client = CLIENTS[project]
    calendar = _calendar(client.country, client.region, billed)
    due = billed + client.terms_days * DAY
    return {step.key: calendar.next_business_day(due + step.offset * DAY) for step in default_ladder()}


def _calendar(country: str, region: str, day: date) -> BusinessCalendar:
    return business_calendar(country, region, year_from=day.year - 1, year_to=day.year + 1)
