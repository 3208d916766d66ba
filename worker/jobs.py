"""The functions that a wake-up may call: load ids, hand each to one service, done. Nothing here is ever the truth.

An error on one id never stops the others; what was not begun in time is found by the next tick.
"""

import signal
from collections.abc import Callable
from functools import partial

import structlog

from plugin.clock import monotonic
from plugin.services.effects.run import run_effect
from worker.ports import WorkerContainer
from worker.steps import give_up_on_step

log = structlog.get_logger(__name__)

ALLOWED = frozenset({"worker.jobs.run_steps", "worker.jobs.run_effects", "worker.jobs.run_sync"})


class _Here:
    """What this process works with: set once by the parent, used by the children it forks."""

    container: WorkerContainer | None = None
    stopping = False


def use(container: WorkerContainer) -> None:
    """Names the container of this process and of those it forks."""
    _Here.container = container


def begin_child() -> None:
    """Right after the fork: connections of the parent are left alone, never closed or used from here (R5)."""
    container = _container()
    for engine in (container.engine, container.planner_engine):
        engine.dispose(close=False)
    begin_again()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, stop_after_this_id)


def begin_again() -> None:
    """Forgets an earlier request to stop."""
    _Here.stopping = False


def stop_after_this_id(_signal: int, _frame: object) -> None:
    """A deploy ends the worker: the id at hand is finished, no other is begun (F11)."""
    _Here.stopping = True


def run_effects(tenant_id: str, ids: list[str]) -> None:
    """Carries out effects, one at a time."""
    container = _container()
    time_left = _countdown(container.settings.job_seconds)
    needed = container.settings.sending_lease_seconds
    try:
        for effect_id in ids:
            if _Here.stopping or time_left() < needed:
                return
            _alone(partial(run_effect, container, tenant_id, effect_id, time_left=time_left), effect_id)
    finally:
        container.close_mail()


def run_steps(tenant_id: str, ids: list[str]) -> None:
    """Plans and composes together, so that one client gets one mail; if that fails, each alone."""
    container = _container()
    try:
        container.run_due_steps(tenant_id, ids)
    except Exception:
        log.exception("steps_failed_together", tenant=tenant_id, steps=len(ids))
    else:
        return
    for step_id in ids:
        if _Here.stopping:
            return
        try:
            container.run_due_steps(tenant_id, [step_id])
        except Exception as problem:
            log.exception("step_failed", tenant=tenant_id, step=step_id)
            _alone(partial(give_up_on_step, container, tenant_id, step_id, problem=problem), step_id)


def run_sync(tenant_id: str, names: list[str]) -> None:
    """Reads what is due from Jira; the cursors keep their own failures."""
    container = _container()
    _alone(partial(container.run_sync, tenant_id, names), ",".join(names))


def _container() -> WorkerContainer:
    if _Here.container is None:
        raise RuntimeError("no container; start the worker with python -m worker")
    return _Here.container


def _countdown(seconds: float) -> Callable[[], float]:
    end = monotonic() + seconds
    return lambda: end - monotonic()


def _alone(work: Callable[[], None], name: str) -> None:
    try:
        work()
    except Exception:
        # The row keeps its lease and is found again; the rest of the batch goes on.
        log.exception("wakeup_failed", row=name)
