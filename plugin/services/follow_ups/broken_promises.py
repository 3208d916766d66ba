"""A promise whose day went by unpaid is written to the history, once: whoever counts broken promises counts these."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import exists, literal, select, tuple_

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.domain.calendar import civil_day
from plugin.domain.payments.ledger import Ledger
from plugin.domain.reminders.sentences import day_in_words
from plugin.services.billing.lookup import invoice_of
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.gather_holds import hold_facts
from plugin.services.history.record import record_event
from plugin.services.payments.ledger import ledger_of
from plugin.services.plans.rows import RUNNING, live_plan
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Hold
from plugin.store.tables.invoices import Invoice, InvoiceEvent

OURSELVES = "dunlin"
_KEY = "promise-broken:"
_FARTHEST = timedelta(hours=14)
"""No zone's day begins earlier than this before that of UTC."""


def tell_broken_promises(session: TenantSession, *, now: datetime) -> int:
    """Writes those that nobody was told of yet; gives how many. A round may come late: it is the days that count."""
    return sum(_tell_if_broken(session, hold_id, now) for hold_id in _candidates(session, now))


def _candidates(session: TenantSession, now: datetime) -> Sequence[str]:
    told = exists().where(InvoiceEvent.tenant_id == Hold.tenant_id, InvoiceEvent.dedupe_key == literal(_KEY) + Hold.id)
    query = (
        select(Hold.id)
        .join(Invoice, (Invoice.tenant_id == Hold.tenant_id) & (Invoice.id == Hold.invoice_id))
        .where(
            Hold.tenant_id == session.tenant_id,
            Hold.kind == "promised",
            Hold.lifted_at.is_(None),
            Hold.until < (now + _FARTHEST).date(),
            Invoice.state.in_([state.value for state in OPEN]),
            ~told,
        )
        .order_by(Hold.invoice_id, Hold.created_at)
    )
    return session.scalars(query).all()


def _tell_if_broken(session: TenantSession, hold_id: str, now: datetime) -> bool:
    seen = session.get_one(Hold, (session.tenant_id, hold_id))
    invoice = invoice_of(session, seen.invoice_id, lock=True)
    hold = session.get_one(Hold, (session.tenant_id, hold_id), populate_existing=True)
    zone = session.get_one(Client, (session.tenant_id, invoice.client_id)).zone
    if hold.lifted_at is not None or hold.until is None or civil_day(now, zone) <= hold.until:
        return False
    if InvoiceState(invoice.state) not in OPEN or not _was_owed(session, invoice, hold.until):
        return False
    if _was_replaced(session, hold, hold.until, zone):
        return False
    record_event(
        session,
        invoice,
        kind="promise_broken",
        text=f"The payment promised for {day_in_words(hold.until)} did not come",
        key=f"{_KEY}{hold.id}",
        now=now,
        actor=OURSELVES,
    )
    return True


def _was_owed(session: TenantSession, invoice: Invoice, day: date) -> bool:
    """Whether something undisputed was open at the end of the day: money that came by then kept the promise, whenever
    it was entered, and although it may have been taken back later.
    """
    ledger = ledger_of(session, invoice)
    open_then = Ledger(ledger.gross, tuple(entry for entry in ledger.entries if entry.on <= day)).balance.minor
    for dispute in hold_facts(session, invoice.id, currency_of(invoice.currency)).disputes:
        open_then = 0 if dispute.amount is None else open_then - dispute.amount.minor
    return open_then > 0


def _was_replaced(session: TenantSession, hold: Hold, day: date, zone: str) -> bool:
    """Whether another agreement took its place before its day was over: a newer promise, or a plan that runs."""
    plan = live_plan(session, hold.invoice_id)
    if plan is not None and plan.state == RUNNING:
        return True
    newer = select(Hold.created_at).where(
        Hold.invoice_id == hold.invoice_id,
        Hold.kind == "promised",
        tuple_(Hold.created_at, Hold.id) > tuple_(literal(hold.created_at, Hold.created_at.type), literal(hold.id)),
    )
    return any(civil_day(made_at, zone) <= day for made_at in session.scalars(newer))
