"""The mail that brings an invoice: whether it waits or has come to nothing, and when the client first got it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from plugin.domain.calendar import civil_day
from plugin.services.follow_ups.messages import INVOICE_STEP
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import MessageMember
from plugin.store.tables.outbox import Effect

WAITING = ("planned", "deferred", "claimed", "sending", "unknown", "verify")
CAME_TO_NOTHING = ("failed", "parked")


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnMail:
    """``left_on``: the client's civil day on which a server first took it; None where none has.

    ``is_waiting``: some recipient's mail has not left. ``is_lost``: nobody got it and none waits; a person sees to it.
    """

    is_waiting: bool
    is_lost: bool
    left_on: date | None


def own_mail_of(session: TenantSession, invoice_id: str, zone: str) -> OwnMail:
    """Over all recipients and resends. A person's "it was sent" counts from the gate, not from the day it was said."""
    query = (
        select(Effect.state, func.coalesce(Effect.sending_at, Effect.done_at, type_=Effect.done_at.type))
        .join(
            MessageMember,
            (MessageMember.tenant_id == Effect.tenant_id) & (MessageMember.message_row_id == Effect.subject_id),
        )
        .where(
            Effect.kind == "mail",
            Effect.state.in_([*WAITING, *CAME_TO_NOTHING, "sent"]),
            MessageMember.invoice_id == invoice_id,
            MessageMember.step_key == INVOICE_STEP,
        )
    )
    found = session.execute(query).all()
    states = {state for state, _ in found}
    left = [at for state, at in found if state == "sent" and at is not None]
    is_waiting = not states.isdisjoint(WAITING)
    return OwnMail(
        is_waiting=is_waiting,
        is_lost=bool(states) and not is_waiting and "sent" not in states,
        left_on=civil_day(min(left), zone) if left else None,
    )
