"""Carries out one effect, if it is due and nobody else holds it. An error here never touches another effect."""

from collections.abc import Callable, Mapping

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased

from plugin.crash_points import crash_point
from plugin.domain.errors import DunlinError, Kind
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.effects.carry_step import carry_step
from plugin.services.effects.doubt import settle_doubt
from plugin.services.effects.heartbeat import Heartbeat
from plugin.services.effects.jira_once import carry_once
from plugin.services.effects.jira_onces import ONCE
from plugin.services.effects.make_document import make_document
from plugin.services.effects.ports import EffectRuntime
from plugin.services.effects.send_mail import send_mail
from plugin.services.effects.send_staff_mail import send_staff_mail
from plugin.services.effects.timing import Timing
from plugin.services.effects.write_comment import write_comment
from plugin.services.effects.write_property import write_property
from plugin.store import effects as moves
from plugin.store.deployment import CLOCK_IS_OFF
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import Effect

log = structlog.get_logger(__name__)


def _once(attempt: Attempt) -> None:
    carry_once(attempt, ONCE[attempt.held.kind])


HANDLERS: Mapping[str, Callable[[Attempt], None]] = {
    "mail": send_mail,
    "staff_mail": send_staff_mail,
    "document": make_document,
    "jira_comment": write_comment,
    "jira_property": write_property,
    **dict.fromkeys(moves.STEP_KINDS, carry_step),
    **dict.fromkeys(ONCE, _once),
}
AMBIGUOUS = ("mail", "staff_mail", *moves.STEP_KINDS, *ONCE)
"""Doing these twice would be seen outside, so an error past the gate is a doubt."""
WAITING = ("planned", "deferred")
DONE = ("sent", "skipped")
DEAD = ("failed", "parked", "cancelled")
_FIRST = aliased(Effect)
_STANDING = (
    select(Effect.state, _FIRST.state.label("first"), CLOCK_IS_OFF.label("clock_off"))
    .outerjoin(_FIRST, (_FIRST.tenant_id == Effect.tenant_id) & (_FIRST.id == Effect.depends_on))
    .where(Effect.id == bindparam("effect"))
)


def run_effect(runtime: EffectRuntime, tenant_id: str, effect_id: str, *, time_left: Callable[[], float]) -> None:
    """Claims and carries out a due effect, or asks for evidence about one in doubt; other rows are left alone."""
    timing = Timing.of(runtime.settings)
    crash_point("before_claim", effect_id)
    with runtime.writing(tenant_id) as session:
        state, held = _claim(session, effect_id, runtime=runtime, timing=timing)
    if state in moves.IN_DOUBT:
        settle_doubt(runtime, tenant_id, effect_id, timing=timing)
    if held is None:
        return
    crash_point("claimed", effect_id)
    attempt = Attempt(runtime=runtime, tenant_id=tenant_id, held=held, timing=timing, time_left=time_left)
    with Heartbeat(lambda: _beat(attempt), every=timing.heartbeat.total_seconds()):
        _carry_out(attempt)


def _claim(
    session: TenantSession, effect_id: str, *, runtime: EffectRuntime, timing: Timing
) -> tuple[str, moves.Claim | None]:
    """The state in which the row was found, and the claim where it was due and free."""
    found = session.execute(_STANDING, {"effect": effect_id}).one_or_none()
    if found is None:
        return "", None
    state, clock_off = found.state, found.clock_off
    first: str | None = found.first
    if clock_off or state not in WAITING:
        # With a wrong clock the row stays as it is, whoever rang: the tick finds it when the clock is right (F49).
        return state, None
    now = runtime.clock.now()
    if first is not None and first not in DONE:
        outcomes.wait_for_other(session, effect_id, state=first, dead=first in DEAD, now=now, timing=timing)
        return state, None
    return state, moves.claim(session, effect_id, now=now, lease=timing.claim_lease)


def _beat(attempt: Attempt) -> bool:
    with attempt.runtime.writing(attempt.tenant_id) as session:
        return moves.renew(session, attempt.held, lease=attempt.timing.claim_lease)


def _carry_out(attempt: Attempt) -> None:
    try:
        HANDLERS[attempt.held.kind](attempt)
    except DunlinError as problem:
        if attempt.held.kind in AMBIGUOUS and outcomes.unsure(attempt, reason=problem.sentence):
            # Known replies are settled where they are heard: what comes here past the gate says nothing about the mail.
            log.exception("effect_in_doubt", effect=attempt.held.effect_id)
        elif problem.kind is Kind.TRANSIENT:
            outcomes.deferred(attempt, reason=problem.sentence)
        elif problem.kind is Kind.BUG:
            outcomes.struck(attempt, problem)
        else:
            outcomes.failed(attempt, reason=problem.sentence)
    except Exception as problem:
        # Whatever it was, the batch goes on; the row shows it, and the third time a person is told.
        log.exception("effect_failed", effect=attempt.held.effect_id, effect_kind=attempt.held.kind)
        outcomes.struck(attempt, problem)
