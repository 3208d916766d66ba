"""The conditional UPDATE that every move of an effect is, and what follows from it. Says whether it won."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select, update

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Effect

IN_FLIGHT = ("claimed", "sending", "posting")
IN_DOUBT = ("unknown", "verify")
STEP_KINDS = ("jira_action", "webhook", "letter")
"""Effects that carry one planned step alone; their subject is that step's id."""


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


def known(session: TenantSession, effect_id: str, fence: int) -> Claim | None:
    """The row as if it were held under ``fence``; None where that fence is over."""
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


def move(
    session: TenantSession,
    held: Claim,
    *,
    states: tuple[str, ...],
    to: str,
    values: Mapping[str, object],
    where: ColumnElement[bool] | None = None,
    evidence: Mapping[str, object] | None = None,
) -> bool:
    """From one of ``states`` to another under the fence, with the steps of a mail and an entry of evidence."""
    changes = {**values, "state": to}
    if evidence is not None:
        changes["evidence"] = [*evidence_of(session, held.effect_id), dict(evidence)]
    won = change(session, held.effect_id, held.fence, states=states, where=where, values=changes)
    if won:
        steps_follow(session, held.effect_id, held.kind, held.subject_id, to)
    return won


def change(
    session: TenantSession,
    effect_id: str,
    fence: int,
    *,
    states: tuple[str, ...],
    values: Mapping[str, object],
    where: ColumnElement[bool] | None = None,
) -> bool:
    """Changes columns under the fence; the steps stay as they are."""
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


def evidence_of(session: TenantSession, effect_id: str) -> list[dict[str, object]]:
    """What is known of the row so far, locked, so that an entry can be added."""
    query = select(Effect.evidence).where(Effect.tenant_id == session.tenant_id, Effect.id == effect_id)
    return session.execute(query.with_for_update()).scalar_one()


def steps_follow(session: TenantSession, effect_id: str, kind: str, subject_id: str, state: str) -> None:
    """The planned steps that an effect carries take its state; what is posting is sending to them."""
    _change_steps(session, effect_id, kind, subject_id, {"state": "sending" if state == "posting" else state})


def tell_steps(session: TenantSession, effect_id: str, kind: str, subject_id: str, *, code: str, reason: str) -> None:
    """The planned steps that an effect carries say why it stands where it stands."""
    _change_steps(session, effect_id, kind, subject_id, {"reason_code": code, "reason": reason})


def _change_steps(
    session: TenantSession, effect_id: str, kind: str, subject_id: str, values: Mapping[str, object]
) -> None:
    if kind == "mail":
        carried = PlannedStep.message_row_id == subject_id
    elif kind in STEP_KINDS:
        carried = and_(PlannedStep.id == subject_id, PlannedStep.effect_id == effect_id)
    else:
        return
    session.execute(
        update(PlannedStep)
        .where(PlannedStep.tenant_id == session.tenant_id, carried)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
