"""What the worker's processes need of the container that ``plugin/bootstrap.py`` builds."""

from typing import Protocol

from sqlalchemy import Engine

from plugin.services.effects.ports import EffectRuntime
from plugin.services.wakeups import Wakeups


class WorkerContainer(EffectRuntime, Protocol):
    """The runtime of effects, the engines, and the two use cases that other services own."""

    @property
    def engine(self) -> Engine: ...

    @property
    def planner_engine(self) -> Engine: ...

    @property
    def wakeups(self) -> Wakeups: ...

    def close_mail(self) -> None:
        """Says goodbye to the mail servers that were spoken to."""
        ...

    def run_due_steps(self, tenant_id: str, ids: list[str]) -> None:
        """Plans these steps and composes what is due; safe to repeat."""
        ...

    def run_sync(self, tenant_id: str, names: list[str]) -> None:
        """Does a round of these recurring reads; safe to repeat."""
        ...
