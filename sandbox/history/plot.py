"""What happened, in days before today: when each month was billed, who paid, who did not, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Event:
    """``month`` counts back from the last full one (1), which nobody has billed yet. ``part`` is in percent."""

    days_ago: int
    project: str
    kind: Literal["bill", "pay", "dispute", "call"]
    month: int
    part: int = 100
    text: str = ""


PLOT: Sequence[Event] = (
    Event(108, "BRW", "bill", 4),
    Event(107, "MRL", "bill", 4),
    Event(106, "CLV", "bill", 4),
    Event(96, "BRW", "pay", 4),
    Event(86, "CLV", "pay", 4),
    Event(80, "MRL", "bill", 3),
    Event(78, "BRW", "bill", 3),
    Event(77, "CLV", "bill", 3),
    Event(73, "MRL", "pay", 4),
    Event(58, "BRW", "pay", 3, part=40, text="First half, the rest follows"),
    Event(54, "BRW", "call", 3, text="Ms Ostermann was on holiday; the rest is paid this week."),
    Event(52, "BRW", "pay", 3),
    Event(48, "CLV", "pay", 3),
    Event(46, "MRL", "dispute", 3, text="Workshop days were agreed at a lower rate; Paul Ingram checks the order."),
    Event(38, "MRL", "bill", 2),
    Event(27, "BRW", "bill", 2),
    Event(20, "CLV", "bill", 2),
)
"""Today shows an invoice not due (CLV), one reminded and one disputed (MRL), one to call about (BRW), paid ones."""
