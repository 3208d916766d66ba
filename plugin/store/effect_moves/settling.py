"""Moves of rows that their worker left behind: freed, parked, put in doubt; out of doubt by evidence or a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update

from plugin.store.effect_moves.claims import to_unknown
from plugin.store.effect_moves.row import IN_DOUBT, IN_FLIGHT, Claim, change, evidence_of, known, move, tell_steps
from plugin.store.leases import lease_now
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect

STALLED = "stalled"
"""The code of steps whose mail was parked like this; nothing of it was offered to anybody."""
STALLS_UNTIL_PARKED = 3
"""After so many claims that came to nothing the row is a poison: a person looks at it (F08)."""


class Stalled(StrEnum):
    """What became of a row whose lease was over."""

    FREED = "freed"
    PARKED = "parked"
    IN_DOUBT = "in_doubt"
    ALIVE = "alive"


def resolve(
    session: TenantSession,
    effect_id: str,
    fence: int,
    *,
    to: str,
    now: datetime,
    reason: str = "",
    evidence: Mapping[str, object] | None = None,
) -> bool:
    """Out of doubt by evidence: to ``sent``, ``planned`` (again, at once) or ``parked`` for a person."""
    final = to != "planned"
    values = {
        "next_at": None if final else now,
        "lease_until": None,
        "done_at": now if final else None,
        "reason": reason,
    }
    held = known(session, effect_id, fence)
    return held is not None and move(session, held, states=IN_DOUBT, to=to, values=values, evidence=evidence)


def settle_parked(
    session: TenantSession,
    effect_id: str,
    *,
    to: str,
    now: datetime,
    reason: str = "",
    evidence: Mapping[str, object],
) -> bool:
    """A person's word about a parked (or failed, never offered) row: ``sent``, ``cancelled`` or ``planned`` again."""
    fence = session.scalars(select(Effect.fence).where(Effect.id == effect_id)).one()
    held = known(session, effect_id, fence)
    again = to == "planned"
    values: dict[str, object] = {
        "next_at": now if again else None,
        "done_at": None if again else now,
        "lease_until": None,
        "reason": reason,
        "stalls": 0,
        "fence": Effect.fence + 1,
    }
    if again:
        values.update(attempts=0, first_tried_at=None)
    if held is None or not move(session, held, states=("parked", "failed"), to=to, values=values, evidence=evidence):
        return False
    if again:
        tell_steps(session, held.effect_id, held.kind, held.subject_id, code="", reason="")
    return True


def look_again(
    session: TenantSession, effect_id: str, fence: int, *, at: datetime, evidence: Mapping[str, object]
) -> bool:
    """Stays in doubt, with one more entry of what was asked in vain."""
    return change(
        session,
        effect_id,
        fence,
        states=IN_DOUBT,
        values={"next_at": at, "evidence": [*evidence_of(session, effect_id), dict(evidence)]},
    )


def add_evidence(session: TenantSession, effect_id: str, entry: Mapping[str, object]) -> None:
    """Keeps what a late finisher learned; the state stays as it is."""
    session.execute(
        update(Effect)
        .where(Effect.tenant_id == session.tenant_id, Effect.id == effect_id)
        .values(evidence=[*evidence_of(session, effect_id), dict(entry)])
        .execution_options(synchronize_session=False)
    )


def settle_stalled(session: TenantSession, effect_id: str, *, now: datetime, grace: timedelta) -> Stalled:
    """What the reconciler does with a row whose lease is over: free it, park it, or put it in doubt.

    A claim had offered nothing, so it may be tried again; after the gate only evidence helps (section 2.2).
    """
    row = session.execute(
        select(Effect.fence, Effect.state, Effect.stalls, Effect.lease_until <= lease_now(session))
        .where(Effect.tenant_id == session.tenant_id, Effect.id == effect_id, Effect.state.in_(IN_FLIGHT))
        .with_for_update()
    ).one_or_none()
    if row is None or not row[3]:
        return Stalled.ALIVE
    held = known(session, effect_id, row.fence)
    if held is None:
        return Stalled.ALIVE
    if row.state != "claimed":
        words = "The worker stopped after the gate; it may have been carried out."
        won = to_unknown(session, held, now=now, grace=grace, reason=words)
        return Stalled.IN_DOUBT if won else Stalled.ALIVE
    return strike(session, held, now=now, next_at=now, reason="The worker stopped before anything was offered.")


def strike(session: TenantSession, held: Claim, *, now: datetime, next_at: datetime, reason: str) -> Stalled:
    """A claim came to nothing for a reason that is not the other side's: free the row, or park it the third time."""
    query = select(Effect.stalls).where(Effect.tenant_id == session.tenant_id, Effect.id == held.effect_id)
    stalls = session.execute(query.with_for_update()).scalar_one() + 1
    parked = stalls >= STALLS_UNTIL_PARKED
    told = f"{reason} It was tried {stalls} times; nothing has left, and a person has to look into it."
    values: dict[str, object] = {
        "next_at": None if parked else next_at,
        "lease_until": None,
        "stalls": stalls,
        "fence": Effect.fence + 1,
        "done_at": now if parked else None,
        "reason": told if parked else reason,
    }
    won = move(session, held, states=("claimed",), to="parked" if parked else "planned", values=values)
    if not won:
        return Stalled.ALIVE
    if parked:
        tell_steps(session, held.effect_id, held.kind, held.subject_id, code=STALLED, reason=told)
    return Stalled.PARKED if parked else Stalled.FREED
