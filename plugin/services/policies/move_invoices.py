"""Open invoices move to another policy or version (C52): first what would change, then, as seen, the change itself."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update

from plugin.domain.billing.states import OPEN
from plugin.domain.errors import Conflict, InvalidInput
from plugin.domain.reminders.policy_move import NO_STEP, InvoiceMove, compare_move
from plugin.services.follow_ups.gather import gather_many
from plugin.services.follow_ups.gather_rows import in_batches
from plugin.services.follow_ups.plan_invoice import replan_many
from plugin.services.follow_ups.policies import read_policy
from plugin.services.policies.versions import policy_row
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.policies import PolicyVersion

WAITING = ("planned", "held", "deferred")
AS_SEEN = "Something changed since this was shown; look at it again, and confirm then."
GONE = "The policy that the invoice follows now has no such step."
ENDED: dict[str, object] = {"state": "cancelled", "reason_code": NO_STEP, "reason": GONE, "next_at": None}


def movable(
    session: TenantSession,
    target: PolicyVersion,
    *,
    policy_id: str = "",
    project_id: str | None = None,
    client_id: str = "",
    invoice_ids: Iterable[str] = (),
) -> Sequence[Invoice]:
    """Open invoices that follow another version than ``target``, by their number; each condition given narrows it."""
    query = select(Invoice).where(
        Invoice.state.in_([state.value for state in OPEN]), Invoice.policy_version_id != target.id
    )
    if policy_id:
        of_policy = select(PolicyVersion.id).where(
            PolicyVersion.tenant_id == session.tenant_id, PolicyVersion.policy_id == policy_id
        )
        query = query.where(Invoice.policy_version_id.in_(of_policy))
    if project_id is not None:
        query = query.where(Invoice.project_id == project_id)
    if client_id:
        query = query.where(Invoice.client_id == client_id)
    chosen = list(invoice_ids)
    if chosen:
        query = query.where(Invoice.id.in_(chosen))
    return session.scalars(query.order_by(Invoice.number, Invoice.id)).all()


def preview_move(
    session: TenantSession, invoices: Iterable[Invoice], target: PolicyVersion, *, now: datetime
) -> tuple[InvoiceMove, ...]:
    """What the move would change for each invoice; stores nothing."""
    to_follow = read_policy(target)
    return tuple(
        compare_move(asked.facts, asked.policy, to_follow, asked.calendar, asked.today)
        for asked in gather_many(session, invoices, now=now)
    )


def seal(move: InvoiceMove, target: PolicyVersion) -> str:
    """Stands for what was shown of one invoice: a move with another outcome has another seal."""
    return hashlib.sha256(f"{target.id}\n{move!r}".encode()).hexdigest()[:32]


def seal_of_all(moves: Iterable[InvoiceMove], target: PolicyVersion) -> str:
    """The same for many at once, where not every one could be shown."""
    return hashlib.sha256("".join(seal(move, target) for move in moves).encode()).hexdigest()[:32]


def move_invoices(
    session: TenantSession, invoices: Sequence[Invoice], target: PolicyVersion, *, seen: str, now: datetime, actor: str
) -> tuple[InvoiceMove, ...]:
    """Lets the invoices follow ``target`` and plans them anew; what already went stays, and counts.

    ``seen`` is the seal of all of them as they were shown, in the order of ``movable``. Raises Conflict when the
    outcome would be another one by now, InvalidInput when no invoice was chosen.
    """
    if not invoices:
        raise InvalidInput("Choose at least one invoice that follows another version.", field="invoice_ids")
    ids = [invoice.id for invoice in invoices]
    locked = select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.number, Invoice.id)
    rows = session.scalars(locked.with_for_update().execution_options(populate_existing=True)).all()
    moves = preview_move(session, rows, target, now=now)
    if seal_of_all(moves, target) != seen:
        raise Conflict(AS_SEEN)
    policy = policy_row(session, target.policy_id)
    keys = {step.key for step in read_policy(target).steps}
    before = {invoice.id: invoice.policy_version_id for invoice in rows}
    words = f"Follows {policy.name}, version {target.version}, from now on"
    for invoice in rows:
        invoice.policy_version_id = target.id
        invoice.row_version += 1
        session.add(_event(invoice, words, now=now, actor=actor))
    session.flush()
    for today in {move.today for move in moves}:
        same_day = [move.invoice_id for move in moves if move.today == today]
        for batch in in_batches(same_day):
            _hand_over_steps(session, batch, target, keys, today=today, now=now)
    replan_many(session, rows, now=now)
    record_audit(
        session,
        actor=actor,
        action="invoices.policy_moved",
        subject=target.id,
        now=now,
        before={"policy_versions": before},
        after={"policy": target.policy_id, "version": target.version, "invoices": len(rows)},
    )
    return moves


def _event(invoice: Invoice, text: str, *, now: datetime, actor: str) -> InvoiceEvent:
    """A line of the history that its comment in Jira takes along with the next one: a move is of no news there."""
    key = f"policy:{invoice.id}:{invoice.row_version}"
    return InvoiceEvent(id=new_id(), invoice_id=invoice.id, dedupe_key=key, at=now, actor=actor, kind="note", text=text)


def _hand_over_steps(
    session: TenantSession,
    invoice_ids: Sequence[str],
    target: PolicyVersion,
    keys: set[str],
    *,
    today: date,
    now: datetime,
) -> None:
    """Steps to come belong to the new ladder, or end where it has none such; one that ended so before comes back.

    A step that a mail or an effect carries stays with it: the gate asks the planner, which knows the new ladder only.
    """
    free = (
        PlannedStep.tenant_id == session.tenant_id,
        PlannedStep.invoice_id.in_(invoice_ids),
        PlannedStep.message_row_id.is_(None),
        PlannedStep.effect_id.is_(None),
    )
    ended = (PlannedStep.state == "cancelled", PlannedStep.reason_code == NO_STEP, PlannedStep.step_key.in_(keys))
    waiting = PlannedStep.state.in_(WAITING)
    changes: tuple[tuple[tuple[ColumnElement[bool], ...], dict[str, object]], ...] = (
        (ended, {"state": "planned", "done_at": None, "done_on": None}),
        ((waiting,), {"policy_version_id": target.id}),
        ((waiting, PlannedStep.step_key.not_in(keys)), {**ENDED, "done_at": now, "done_on": today}),
    )
    for which, values in changes:
        statement = update(PlannedStep).where(*free, *which).values(**values)
        session.execute(statement.execution_options(synchronize_session=False))
    for row in session.identity_map.values():
        if isinstance(row, PlannedStep):
            session.expire(row)
