"""A worker's own moves: claim, heartbeat, gate, and what the attempt came to. All name the fence of the claim."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import func, or_, update

from plugin.store.effect_moves.row import IN_FLIGHT, Claim, change, move, steps_follow
from plugin.store.leases import lease_end, lease_now
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect


def claim(session: TenantSession, effect_id: str, *, now: datetime, lease: timedelta) -> Claim | None:
    """Takes a due effect for ``lease``, or gives None where it is not due or another worker was faster.

    Due is a row whose time has come, and one that the tick has woken; a stray wake-up shortens no wait.
    """
    row = session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.id == effect_id,
            Effect.state.in_(("planned", "deferred")),
            or_(Effect.next_at <= now, Effect.lease_until.is_not(None)),
        )
        .values(
            state="claimed",
            fence=Effect.fence + 1,
            attempts=Effect.attempts + 1,
            lease_until=lease_end(session, lease),
            first_tried_at=func.coalesce(Effect.first_tried_at, now),
        )
        .returning(Effect.kind, Effect.subject_id, Effect.payload, Effect.fence, Effect.attempts, Effect.first_tried_at)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if row is None:
        return None
    steps_follow(session, effect_id, row.kind, row.subject_id, "claimed")
    return Claim(
        effect_id=effect_id,
        kind=row.kind,
        subject_id=row.subject_id,
        payload=row.payload,
        fence=row.fence,
        attempts=row.attempts,
        first_tried_at=row.first_tried_at,
    )


def renew(session: TenantSession, held: Claim, *, lease: timedelta) -> bool:
    """The heartbeat: prolongs a claim that is not yet over, so that a slow server is reached at all."""
    return change(
        session,
        held.effect_id,
        held.fence,
        states=("claimed",),
        where=Effect.lease_until > lease_now(session),
        values={"lease_until": lease_end(session, lease)},
    )


def pass_gate(
    session: TenantSession,
    held: Claim,
    *,
    state: str,
    now: datetime,
    lease: timedelta,
    evidence: Mapping[str, object] | None = None,
    payload: Mapping[str, object] | None = None,
) -> bool:
    """``claimed`` to ``sending`` (mail) or ``posting`` (all else), only while the claim is ours and not over.

    ``payload`` replaces the effect's, where what is carried out is composed in the same transaction.
    """
    values = {"sending_at": now, "lease_until": lease_end(session, lease), "stalls": 0, "reason": ""}
    return move(
        session,
        held,
        states=("claimed",),
        to=state,
        where=Effect.lease_until > lease_now(session),
        values=values if payload is None else {**values, "payload": dict(payload)},
        evidence=evidence,
    )


def put_back(session: TenantSession, held: Claim, *, next_at: datetime, reason: str = "") -> bool:
    """Back to ``planned`` with nothing done, due at ``next_at``; neither the attempt nor the wait counts as trying.

    A mail that was held for a week is not given up with the first "not now" afterwards: its four days begin then.
    """
    values = {
        "next_at": next_at,
        "lease_until": None,
        "attempts": Effect.attempts - 1,
        "first_tried_at": None,
        "reason": reason,
        "stalls": 0,
    }
    return move(session, held, states=IN_FLIGHT, to="planned", values=values)


def plan_again(session: TenantSession, held: Claim, *, next_at: datetime, reason: str = "") -> bool:
    """Back to ``planned`` because the content changed; the attempt counts, so this cannot go on for ever."""
    values = {"next_at": next_at, "lease_until": None, "reason": reason, "stalls": 0}
    return move(session, held, states=("claimed",), to="planned", values=values)


def defer(
    session: TenantSession, held: Claim, *, next_at: datetime, reason: str, evidence: Mapping[str, object] | None = None
) -> bool:
    """To ``deferred``: known not to have happened, to be tried again at ``next_at``."""
    values = {"next_at": next_at, "lease_until": None, "reason": reason, "stalls": 0}
    return move(session, held, states=IN_FLIGHT, to="deferred", values=values, evidence=evidence)


def finish(
    session: TenantSession,
    held: Claim,
    *,
    to: str,
    now: datetime,
    reason: str = "",
    evidence: Mapping[str, object] | None = None,
) -> bool:
    """To an end: ``sent``, ``failed``, ``cancelled``, ``skipped`` or ``parked``."""
    values = {"next_at": None, "lease_until": None, "done_at": now, "reason": reason}
    return move(session, held, states=IN_FLIGHT, to=to, values=values, evidence=evidence)


def to_unknown(
    session: TenantSession,
    held: Claim,
    *,
    now: datetime,
    grace: timedelta,
    reason: str,
    evidence: Mapping[str, object] | None = None,
) -> bool:
    """``sending`` or ``posting`` to ``unknown``: nobody knows whether it happened. Evidence counts after ``grace``."""
    return move(
        session,
        held,
        states=("sending", "posting"),
        to="unknown",
        values={
            "fence": Effect.fence + 1,
            "next_at": now,
            "lease_until": lease_end(session, grace),
            "reason": reason,
        },
        evidence=evidence,
    )
