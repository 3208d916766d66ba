"""Invoice lines of billed time. Quantity is fixed first, then multiplied, so the printed figures multiply out (L34)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from plugin.domain.billing.rates import RateDecision
from plugin.domain.billing.rounding import HUNDREDTH_HOUR, allocate, hundredths
from plugin.domain.billing.tax import TaxRate
from plugin.domain.billing.worklogs import WorklogFact


@dataclass(frozen=True, slots=True)
class BilledTime:
    """A fact with the seconds it is billed with before its line is formed, its rate and its tax."""

    fact: WorklogFact
    seconds: int
    rate: RateDecision
    tax: TaxRate


@dataclass(frozen=True, slots=True)
class WorklogShare:
    """What one worklog contributes to a line; ``seconds_billed`` of a line add up to its quantity exactly."""

    worklog_id: str
    issue_id: str
    issue_key: str
    seconds_logged: int
    seconds_billed: int
    rate_rule_id: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One line: hours in hundredths, price per hour and amount in minor units; amount = quantity x price, half-up."""

    group_key: str
    """The grouping's value (issue key, account id, ...): what a description in another language is written from."""
    description: str
    quantity: int
    price: int
    amount: int
    tax: TaxRate
    first_day: date
    last_day: date
    issue_keys: tuple[str, ...]
    shares: tuple[WorklogShare, ...]
    trace: tuple[str, ...]
    """Why this price: sentences about the winning and the losing rates."""

    @property
    def seconds_billed(self) -> int:
        """Billed time in seconds; exactly the printed quantity."""
        return self.quantity * HUNDREDTH_HOUR


def amount_for(quantity: int, price: int) -> int:
    """Hundredths of an hour times minor units per hour, half-up, in minor units: 83 x 10000 gives 8300."""
    return (2 * quantity * price + 100) // 200


def build_line(entries: Sequence[BilledTime], *, seconds: int, group_key: str, description: str) -> DraftLine | None:
    """One line from entries of one price and tax, ``seconds`` being its rounded time; None when it rounds to 0.00 h."""
    quantity = hundredths(seconds)
    if quantity == 0:
        return None
    weights = [entry.seconds for entry in entries]
    if not any(weights):
        weights = [entry.fact.seconds for entry in entries]
    billed = allocate(quantity * HUNDREDTH_HOUR, weights)
    price = entries[0].rate.winner.price
    days = [entry.fact.day for entry in entries if entry.fact.day is not None]
    return DraftLine(
        group_key=group_key,
        description=description,
        quantity=quantity,
        price=price,
        amount=amount_for(quantity, price),
        tax=entries[0].tax,
        first_day=min(days),
        last_day=max(days),
        issue_keys=tuple(dict.fromkeys(entry.fact.issue_key for entry in entries)),
        shares=tuple(_share(entry, seconds) for entry, seconds in zip(entries, billed, strict=True)),
        trace=_merged_trace(entries),
    )


def _share(entry: BilledTime, seconds_billed: int) -> WorklogShare:
    fact = entry.fact
    return WorklogShare(
        fact.worklog_id,
        fact.issue_id,
        fact.issue_key,
        fact.seconds,
        seconds_billed,
        entry.rate.winner.rule_id,
        fact.content_hash,
    )


def _merged_trace(entries: Sequence[BilledTime]) -> tuple[str, ...]:
    """Each distinct decision once: a rate card hands out the same object for the same person, project and day."""
    decisions = {id(entry.rate): entry.rate for entry in entries}
    return tuple(dict.fromkeys(sentence for rate in decisions.values() for sentence in rate.trace))
