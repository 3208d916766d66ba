"""Holds that stand beside an invoice's state, as the planner knows them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from plugin.domain.money import Currency, Money
from plugin.domain.reminders.facts import Dispute, Obstacle, Pause, PlanHold, Promise
from plugin.services.follow_ups.rare import INVOICES, RareRows
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldFacts:
    """The live holds of one invoice by kind; the newest promise and plan count."""

    pauses: tuple[Pause, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    promise: Promise | None = None
    plan: PlanHold | None = None
    obstacles: tuple[Obstacle, ...] = ()
    handed_over_on: date | None = None


NO_HOLDS = HoldFacts()
LIVE = select(Hold).where(Hold.invoice_id.in_(INVOICES), Hold.lifted_at.is_(None)).order_by(Hold.created_at, Hold.id)


def hold_facts(session: TenantSession, invoice_id: str, currency: Currency) -> HoldFacts:
    """All holds of an invoice that nobody has lifted; whether a date is over is for the planner to say."""
    return holds_of(RareRows(session), {invoice_id: currency})[invoice_id]


def holds_of(rare: RareRows, currencies: Mapping[str, Currency]) -> dict[str, HoldFacts]:
    """The same for many invoices, given by id with their currencies, in one query."""
    rows: dict[str, list[Hold]] = defaultdict(list)
    for (hold,) in rare.of(LIVE, {"invoices": list(currencies)}):
        rows[hold.invoice_id].append(hold)
    return {
        invoice_id: _facts(rows[invoice_id], currency) if invoice_id in rows else NO_HOLDS
        for invoice_id, currency in currencies.items()
    }


def _facts(holds: Sequence[Hold], currency: Currency) -> HoldFacts:
    by_kind: dict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_kind[hold.kind].append(hold)
    promises = [Promise(hold.until, _level(hold)) for hold in by_kind["promised"] if hold.until is not None]
    plans = by_kind["in_plan"]
    handed_over = by_kind["handed_over"]
    return HoldFacts(
        pauses=tuple(Pause(hold.reason, hold.until) for hold in by_kind["paused"]),
        disputes=tuple(Dispute(hold.reason, _amount(hold, currency)) for hold in by_kind["disputed"]),
        promise=promises[-1] if promises else None,
        plan=PlanHold(plans[-1].reason, _day_after(plans[-1].until), _level(plans[-1])) if plans else None,
        obstacles=tuple(Obstacle(hold.reason) for hold in by_kind["obstacle"]),
        handed_over_on=handed_over[0].created_at.date() if handed_over else None,
    )


def _level(hold: Hold) -> int | None:
    """The level at which the ladder resumes, where a person chose one (C22)."""
    chosen = hold.detail.get("resume_level")
    return chosen if isinstance(chosen, int) else None


def _day_after(last_day: date | None) -> date | None:
    """A hold names its last day; the planner wants the day on which chasing resumes."""
    return None if last_day is None else last_day + timedelta(days=1)


def _amount(hold: Hold, currency: Currency) -> Money | None:
    return None if hold.amount_minor is None else Money(hold.amount_minor, currency)
