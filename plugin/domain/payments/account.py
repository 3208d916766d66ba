"""What a statement of account tells of the time since the last one, so that it adds up to what it lists (C30)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple


class Booked(NamedTuple):
    """One entry of an invoice's ledger: by how much it ``lowers`` what is open, in minor units; below zero for what
    takes another entry back.
    """

    at: datetime
    lowers: int
    is_payment: bool


class Movement(NamedTuple):
    """In minor units: open at ``since``, billed (less credits and write-offs) and received after it."""

    previous: int = 0
    billed: int = 0
    received: int = 0

    def plus(self, other: "Movement") -> "Movement":
        """Both together."""
        return Movement(self.previous + other.previous, self.billed + other.billed, self.received + other.received)


def movement(*, gross: int, issued_at: datetime, entries: Iterable[Booked], since: datetime, listed: int) -> Movement:
    """One invoice, ``listed`` with so much or settled (0): ``previous`` + ``billed`` - ``received`` = ``listed``.

    What is contested of it by now is not listed, and so stands in none of the figures.
    """
    booked = list(entries)
    is_new = issued_at > since
    open_then = 0 if is_new else max(gross - sum(entry.lowers for entry in booked if entry.at <= since), 0)
    lowered = sum(entry.lowers for entry in booked if entry.at > since and not entry.is_payment)
    contested = max(gross - sum(entry.lowers for entry in booked), 0) - listed
    of_before = min(contested, open_then)
    previous = open_then - of_before
    billed = (gross if is_new else 0) - lowered - (contested - of_before)
    return Movement(previous, billed, previous + billed - listed)
