"""Holds a person puts on an invoice, and lifts: pause, dispute, promise, plan, hand-over. Each with a reason."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.billing.states import OPEN, InvoiceState
from plugin.domain.calendar import check_reach
from plugin.domain.errors import Conflict, InvalidInput, NotFound
from plugin.domain.reminders.sentences import day_in_words
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.call_off import call_off_tasks
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.task_words import FOLLOWS_UP
from plugin.services.history.record import record_event
from plugin.services.letters.outdated import warn_letters
from plugin.services.settings.checks import clean_block
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold
from plugin.store.tables.invoices import Invoice

KINDS = {
    "paused": ("paused", "Reminders paused"),
    "disputed": ("dispute", "Disputed by the client"),
    "promised": ("promise", "Payment promised"),
    "in_plan": ("plan", "Payment plan agreed"),
    "obstacle": ("note", "Something to mend first"),
    "handed_over": ("handed_over", "Handed over"),
}
NEEDS_DATE = frozenset({"promised"})
INTERNAL = frozenset({"disputed", "promised", "in_plan", "obstacle"})
"""Hardship, disputes and promises are told in the panel, not in a comment that others may read (L57)."""


def put_hold(
    session: TenantSession,
    invoice_id: str,
    *,
    kind: str,
    reason: str,
    today: date,
    now: datetime,
    actor: str,
    until: date | None = None,
    amount_minor: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> Hold:
    """Adds a hold to an open invoice and plans its follow-ups anew. ``until`` is the last day of the hold.

    ``detail``: of a promise the level at which the ladder resumes (``resume_level``), of a dispute the line.

    Handing over calls off what people were still asked to do with the client; ended, it is asked for again.
    Raises InvalidInput where the reason is missing, the day is over, or more is disputed than is open.
    """
    invoice = invoice_of(session, invoice_id, lock=True)
    hold = Hold(
        id=new_id(),
        invoice_id=invoice.id,
        kind=kind,
        until=until,
        amount_minor=amount_minor,
        reason=clean_block(reason, field="reason"),
        detail=dict(detail or {}),
        created_by=actor,
        created_at=now,
    )
    _check(invoice, hold, today=today)
    session.add(hold)
    # The gate waits for whoever changes the invoice row, so a hold that is committed is seen (I3).
    invoice.row_version += 1
    session.flush()
    _tell(session, invoice, hold)
    _tell_tasks(session, hold)
    replan(session, invoice, now=now)
    _audit(session, hold)
    return hold


def _tell_tasks(session: TenantSession, hold: Hold) -> None:
    """Nobody calls a client whom a lawyer has; and a letter that lies ready may be one to keep."""
    if hold.kind == "handed_over":
        call_off_tasks(session, hold.invoice_id, now=hold.created_at, kinds=FOLLOWS_UP)
    warn_letters(session, hold.invoice_id, KINDS[hold.kind][1].lower())


def _tell(session: TenantSession, invoice: Invoice, hold: Hold) -> None:
    event, words = KINDS[hold.kind]
    said = f"{words} until {day_in_words(hold.until)}" if hold.until else words
    record_event(
        session,
        invoice,
        kind=event,
        text=said if hold.kind in INTERNAL else f"{said}: {hold.reason}",
        internal_note=hold.reason,
        key=f"hold:{hold.id}",
        now=hold.created_at,
        actor=hold.created_by,
    )


def _audit(session: TenantSession, hold: Hold) -> None:
    """Last of all: whoever writes it holds back everybody else of the site who does, and must wait for nobody."""
    after = {"until": str(hold.until) if hold.until else None, "amount_minor": hold.amount_minor, **hold.detail}
    record_audit(
        session,
        actor=hold.created_by,
        action=f"hold.{hold.kind}",
        subject=hold.invoice_id,
        now=hold.created_at,
        after=after,
    )


def lift_hold(session: TenantSession, hold_id: str, *, now: datetime, actor: str) -> Invoice:
    """Ends a hold; the strongest step that is due then goes next."""
    hold = session.scalars(select(Hold).where(Hold.id == hold_id)).one_or_none()
    if hold is None:
        raise NotFound("There is no such hold here; reload the page.")
    invoice = invoice_of(session, hold.invoice_id, lock=True)
    if hold.lifted_at is not None:
        raise Conflict("Somebody lifted this hold already; reload the page.")
    hold.lifted_at, hold.lifted_by = now, actor
    invoice.row_version += 1
    session.flush()
    settled = "dispute_settled" if hold.kind == "disputed" else "resumed"
    words = "Dispute settled" if hold.kind == "disputed" else f"{KINDS[hold.kind][1]}: ended"
    record_event(session, invoice, kind=settled, text=words, key=f"lifted:{hold.id}", now=now, actor=actor)
    replan(session, invoice, now=now)
    record_audit(session, actor=actor, action=f"hold.{hold.kind}.lifted", subject=invoice.id, now=now)
    return invoice


def _check(invoice: Invoice, hold: Hold, *, today: date) -> None:
    if hold.kind not in KINDS:
        raise InvalidInput(f"{hold.kind[:20]!r} is no kind of hold.", field="kind")
    if InvoiceState(invoice.state) not in OPEN:
        raise Conflict(f"Invoice {invoice.number or 'draft'} is not open, so there is nothing to hold.")
    if not hold.reason:
        raise InvalidInput("Say why; whoever looks at this invoice next needs the reason.", field="reason")
    if hold.until is None and hold.kind in NEEDS_DATE:
        raise InvalidInput("Enter the day on which the client promised to pay.", field="until")
    if hold.until is not None and hold.until < today:
        raise InvalidInput(f"{hold.until} is over already; choose today or a later day.", field="until")
    if hold.until is not None:
        check_reach(hold.until, today=today, field="until")
    if hold.amount_minor is not None and not 0 < hold.amount_minor <= invoice.balance_minor:
        raise InvalidInput("The disputed amount must lie above zero and not above what is open.", field="amount")
