"""Holds that stand beside an invoice's state, as the planner knows them."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from plugin.domain.money import Currency, Money
from plugin.domain.reminders.facts import Dispute, Obstacle, Pause, PlanHold, Promise
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold
from plugin.store.tables.plans import InstalmentPlan


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldFacts:
    """The live holds of one invoice by kind; the newest promise and plan count."""

    pauses: tuple[Pause, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    promise: Promise | None = None
    plan: PlanHold | None = None
    obstacles: tuple[Obstacle, ...] = ()
    handed_over_on: date | None = None


def hold_facts(session: TenantSession, invoice_id: str, currency: Currency) -> HoldFacts:
    """All holds of an invoice that nobody has lifted; whether a date is over is for the planner to say."""
    live = (
        select(Hold).where(Hold.invoice_id == invoice_id, Hold.lifted_at.is_(None)).order_by(Hold.created_at, Hold.id)
    )
    by_kind: dict[str, list[Hold]] = {}
    for hold in session.scalars(live):
        by_kind.setdefault(hold.kind, []).append(hold)
    promises = [hold.until for hold in by_kind.get("promised", ()) if hold.until is not None]
    plans = by_kind.get("in_plan", [])
    handed_over = by_kind.get("handed_over", [])
    return HoldFacts(
        pauses=tuple(Pause(hold.reason, hold.until) for hold in by_kind.get("paused", ())),
        disputes=tuple(Dispute(hold.reason, _amount(hold, currency)) for hold in by_kind.get("disputed", ())),
        promise=Promise(promises[-1]) if promises else None,
        plan=_agreed(session, invoice_id)
        or (PlanHold(plans[-1].reason, broken_on=_day_after(plans[-1].until)) if plans else None),
        obstacles=tuple(Obstacle(hold.reason) for hold in by_kind.get("obstacle", ())),
        handed_over_on=handed_over[0].created_at.date() if handed_over else None,
    )


def _agreed(session: TenantSession, invoice_id: str) -> PlanHold | None:
    """The plan that runs or was broken last; one that is broken lets chasing resume at its level."""
    query = select(InstalmentPlan).where(
        InstalmentPlan.invoice_id == invoice_id, InstalmentPlan.state.in_(["running", "broken"])
    )
    plan = session.scalars(query.order_by(InstalmentPlan.accepted_at.desc()).limit(1)).first()
    return PlanHold("", plan.broken_on, plan.resume_level) if plan else None


def _day_after(last_day: date | None) -> date | None:
    """A hold names its last day; the planner wants the day on which chasing resumes."""
    return None if last_day is None else last_day + timedelta(days=1)


def _amount(hold: Hold, currency: Currency) -> Money | None:
    return None if hold.amount_minor is None else Money(hold.amount_minor, currency)
