"""The moves of an effect: each is one conditional UPDATE, and says whether it won. Nothing else changes these columns.

The planned steps of a mail follow the state of its effect in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Update, case, func, or_, select, update

from plugin.store.leases import lease_end, lease_now
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Effect

STALLS_UNTIL_PARKED = 3
"""After so many claims that came to nothing the row is a poison: a person looks at it (F08)."""

IN_FLIGHT = ("claimed", "sending", "posting")
IN_DOUBT = ("unknown", "verify")


class Stalled(StrEnum):
    """What became of a row whose lease was over."""

    FREED = "freed"
    PARKED = "parked"
    IN_DOUBT = "in_doubt"
    ALIVE = "alive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """An effect that this worker holds. All later moves name its ``fence``; whoever comes late changes nothing."""

    effect_id: str
    kind: str
    subject_id: str
    payload: Mapping[str, object]
    fence: int
    attempts: int
    first_tried_at: datetime


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
    _steps_follow(session, row.kind, row.subject_id, "claimed")
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
    return _change(
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
) -> bool:
    """``claimed`` to ``sending`` (mail) or ``posting`` (Jira), only while the claim is ours and not over."""
    return _move(
        session,
        held,
        states=("claimed",),
        to=state,
        where=Effect.lease_until > lease_now(session),
        values={"sending_at": now, "lease_until": lease_end(session, lease), "stalls": 0, "reason": ""},
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
    return _move(session, held, states=IN_FLIGHT, to="planned", values=values)


def plan_again(session: TenantSession, held: Claim, *, next_at: datetime, reason: str = "") -> bool:
    """Back to ``planned`` because the content changed; the attempt counts, so this cannot go on for ever."""
    values = {"next_at": next_at, "lease_until": None, "reason": reason, "stalls": 0}
    return _move(session, held, states=("claimed",), to="planned", values=values)


def defer(
    session: TenantSession, held: Claim, *, next_at: datetime, reason: str, evidence: Mapping[str, object] | None = None
) -> bool:
    """To ``deferred``: known not to have happened, to be tried again at ``next_at``."""
    values = {"next_at": next_at, "lease_until": None, "reason": reason, "stalls": 0}
    return _move(session, held, states=IN_FLIGHT, to="deferred", values=values, evidence=evidence)


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
    return _move(session, held, states=IN_FLIGHT, to=to, values=values, evidence=evidence)


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
    return _move(
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
    held = _known(session, effect_id, fence)
    return held is not None and _move(session, held, states=IN_DOUBT, to=to, values=values, evidence=evidence)


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
    held = _known(session, effect_id, fence)
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
    return held is not None and _move(
        session, held, states=("parked", "failed"), to=to, values=values, evidence=evidence
    )


def look_again(
    session: TenantSession, effect_id: str, fence: int, *, at: datetime, evidence: Mapping[str, object]
) -> bool:
    """Stays in doubt, with one more entry of what was asked in vain."""
    return _change(
        session,
        effect_id,
        fence,
        states=IN_DOUBT,
        values={"next_at": at, "evidence": [*_evidence_of(session, effect_id), dict(evidence)]},
    )


def add_evidence(session: TenantSession, effect_id: str, entry: Mapping[str, object]) -> None:
    """Keeps what a late finisher learned; the state stays as it is."""
    session.execute(
        update(Effect)
        .where(Effect.tenant_id == session.tenant_id, Effect.id == effect_id)
        .values(evidence=[*_evidence_of(session, effect_id), dict(entry)])
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
    held = _known(session, effect_id, row.fence)
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
    values: dict[str, object] = {
        "next_at": None if parked else next_at,
        "lease_until": None,
        "stalls": stalls,
        "fence": Effect.fence + 1,
        "done_at": now if parked else None,
        "reason": reason,
    }
    won = _move(session, held, states=("claimed",), to="parked" if parked else "planned", values=values)
    if not won:
        return Stalled.ALIVE
    return Stalled.PARKED if parked else Stalled.FREED


def push_next(session: TenantSession, effect_ids: list[str], *, now: datetime, to: datetime) -> list[tuple[str, int]]:
    """The tick's only change: due rows get a later ``next_at``. Gives (id, fence) of those that were still due.

    A lease on a planned row says that it was woken and may be claimed before that later time. In doubt it is the grace,
    which stays.
    """
    woken = case((Effect.state.in_(IN_DOUBT), Effect.lease_until), else_=lease_end(session, to - now))
    rows = session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.id.in_(effect_ids),
            Effect.state.in_(("planned", "deferred", "unknown", "verify")),
            Effect.next_at <= now,
        )
        .values(next_at=to, lease_until=woken)
        .returning(Effect.id, Effect.fence)
        .execution_options(synchronize_session=False)
    )
    return [(row.id, row.fence) for row in rows]


def wait_for_all(session: TenantSession, *, kinds: tuple[str, ...], until: datetime) -> None:
    """Moves all waiting effects of these kinds to ``until`` at least: a limit of Jira holds for them together."""
    session.execute(_waiting(session, kinds, until).values(next_at=until, lease_until=None))


def wait_for_issue(session: TenantSession, *, kinds: tuple[str, ...], until: datetime, issue_id: str) -> None:
    """The same for the effects that write to one issue."""
    waiting = select(Effect.id, Effect.kind, Effect.subject_id, Effect.payload).where(
        Effect.kind.in_(kinds), Effect.state.in_(("planned", "deferred")), Effect.next_at < until
    )
    ids = [
        row.id
        for row in session.execute(waiting)
        if row.payload.get("issue_id") == issue_id or (row.kind == "jira_property" and row.subject_id == issue_id)
    ]
    session.execute(_waiting(session, kinds, until).where(Effect.id.in_(ids)).values(next_at=until, lease_until=None))


def _waiting(session: TenantSession, kinds: tuple[str, ...], until: datetime) -> Update:
    return (
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.kind.in_(kinds),
            Effect.state.in_(("planned", "deferred")),
            Effect.next_at < until,
        )
        .execution_options(synchronize_session=False)
    )


def wait_until(session: TenantSession, effect_id: str, *, next_at: datetime, reason: str) -> None:
    """An effect that depends on another stays planned and looks again later."""
    session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.id == effect_id,
            Effect.state.in_(("planned", "deferred")),
        )
        .values(next_at=next_at, lease_until=None, reason=reason)
        .execution_options(synchronize_session=False)
    )


def release_dependents(session: TenantSession, effect_id: str, *, now: datetime) -> None:
    """What waited for this effect is due now."""
    session.execute(
        update(Effect)
        .where(
            Effect.tenant_id == session.tenant_id,
            Effect.depends_on == effect_id,
            Effect.state.in_(("planned", "deferred")),
            Effect.attempts == 0,
        )
        .values(next_at=now)
        .execution_options(synchronize_session=False)
    )


def _known(session: TenantSession, effect_id: str, fence: int) -> Claim | None:
    row = session.execute(
        select(Effect.kind, Effect.subject_id, Effect.payload, Effect.attempts, Effect.created_at).where(
            Effect.tenant_id == session.tenant_id, Effect.id == effect_id, Effect.fence == fence
        )
    ).one_or_none()
    if row is None:
        return None
    return Claim(
        effect_id=effect_id,
        kind=row.kind,
        subject_id=row.subject_id,
        payload=row.payload,
        fence=fence,
        attempts=row.attempts,
        first_tried_at=row.created_at,
    )


def _move(
    session: TenantSession,
    held: Claim,
    *,
    states: tuple[str, ...],
    to: str,
    values: Mapping[str, object],
    where: ColumnElement[bool] | None = None,
    evidence: Mapping[str, object] | None = None,
) -> bool:
    changes = {**values, "state": to}
    if evidence is not None:
        changes["evidence"] = [*_evidence_of(session, held.effect_id), dict(evidence)]
    won = _change(session, held.effect_id, held.fence, states=states, where=where, values=changes)
    if won:
        _steps_follow(session, held.kind, held.subject_id, to)
    return won


def _change(
    session: TenantSession,
    effect_id: str,
    fence: int,
    *,
    states: tuple[str, ...],
    values: Mapping[str, object],
    where: ColumnElement[bool] | None = None,
) -> bool:
    query = update(Effect).where(
        Effect.tenant_id == session.tenant_id,
        Effect.id == effect_id,
        Effect.fence == fence,
        Effect.state.in_(states),
    )
    if where is not None:
        query = query.where(where)
    changed = session.execute(
        query.values(**values).returning(Effect.id).execution_options(synchronize_session=False)
    ).all()
    return len(changed) == 1


def _evidence_of(session: TenantSession, effect_id: str) -> list[dict[str, object]]:
    query = select(Effect.evidence).where(Effect.tenant_id == session.tenant_id, Effect.id == effect_id)
    return session.execute(query.with_for_update()).scalar_one()


def _steps_follow(session: TenantSession, kind: str, subject_id: str, state: str) -> None:
    if kind != "mail":
        return
    session.execute(
        update(PlannedStep)
        .where(PlannedStep.tenant_id == session.tenant_id, PlannedStep.message_row_id == subject_id)
        .values(state=state)
        .execution_options(synchronize_session=False)
    )
