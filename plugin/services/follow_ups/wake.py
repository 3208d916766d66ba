"""Has the worker plan invoices anew, soon and outside the request: for changes that concern many of them at once."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update

from plugin.domain.billing.states import OPEN
from plugin.store.effects import wake_mails
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice

WAITING = ("planned", "deferred", "held")


def wake_site(session: TenantSession, *, now: datetime) -> None:
    """After what stops or releases the whole site: all open invoices, and the mails that wait for it."""
    wake_follow_ups(session, now=now)
    wake_mails(session, now=now)


def wake_follow_ups(session: TenantSession, *which: ColumnElement[bool], now: datetime) -> None:
    """Makes one waiting step of each open invoice due; ``which`` are conditions on ``Invoice``.

    Planning ten thousand invoices here would hold the database for minutes; what must stop at once stops at the gate.
    """
    first = (
        select(func.min(PlannedStep.id))
        .join(Invoice, (Invoice.tenant_id == PlannedStep.tenant_id) & (Invoice.id == PlannedStep.invoice_id))
        .where(
            PlannedStep.tenant_id == session.tenant_id,
            PlannedStep.state.in_(WAITING),
            PlannedStep.message_row_id.is_(None),
            PlannedStep.effect_id.is_(None),
            Invoice.state.in_([state.value for state in OPEN]),
            *which,
        )
        .group_by(PlannedStep.invoice_id)
    )
    session.flush()
    # In the order in which plans of many invoices are written, or each would wait for a step that the other has.
    ordered = select(PlannedStep.id).where(PlannedStep.id.in_(first)).order_by(PlannedStep.invoice_id)
    session.execute(ordered.with_for_update(key_share=True))
    session.execute(
        update(PlannedStep)
        .where(PlannedStep.tenant_id == session.tenant_id, PlannedStep.id.in_(first))
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )
