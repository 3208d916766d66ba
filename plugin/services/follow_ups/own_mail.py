"""The mail that brings an invoice: whether it waits or has come to nothing, and when the client first got it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

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


NONE = OwnMail(is_waiting=False, is_lost=False, left_on=None)

_MAILS = (
    select(
        MessageMember.invoice_id,
        Effect.state,
        func.coalesce(Effect.sending_at, Effect.done_at, type_=Effect.done_at.type),
    )
    .join(
        MessageMember,
        (MessageMember.tenant_id == Effect.tenant_id) & (MessageMember.message_row_id == Effect.subject_id),
    )
    .where(
        Effect.kind == "mail",
        Effect.state.in_([*WAITING, *CAME_TO_NOTHING, "sent"]),
        MessageMember.invoice_id.in_(bindparam("ids", expanding=True)),
        MessageMember.step_key == INVOICE_STEP,
    )
)


def own_mails(session: TenantSession, zones: Mapping[str, str]) -> dict[str, OwnMail]:
    """By invoice id, given with the client's zone, over all recipients and resends.

    A person's "it was sent" counts from the gate, not from the day it was said.
    """
    found: dict[str, list[tuple[str, datetime | None]]] = defaultdict(list)
    for invoice_id, state, at in session.execute(_MAILS, {"ids": list(zones)}):
        found[invoice_id].append((state, at))
    return {
        invoice_id: _as_it_stands(found[invoice_id], zone) if invoice_id in found else NONE
        for invoice_id, zone in zones.items()
    }


def _as_it_stands(mails: Sequence[tuple[str, datetime | None]], zone: str) -> OwnMail:
    states = {state for state, _ in mails}
    left = [at for state, at in mails if state == "sent" and at is not None]
    is_waiting = not states.isdisjoint(WAITING)
    return OwnMail(
        is_waiting=is_waiting,
        is_lost=not is_waiting and "sent" not in states,
        left_on=civil_day(min(left), zone) if left else None,
    )
