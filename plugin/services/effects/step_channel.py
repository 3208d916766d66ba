"""A channel that carries one planned step alone (Jira, webhook, letter); its room stands in ``plugin/channels``.

``docs/how-to-add-a-channel.md`` is the checklist.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from plugin.domain.errors import DunlinError, Kind
from plugin.domain.reminders.policy import PolicyStep
from plugin.domain.reminders.timeline import Entry
from plugin.services.effects.evidence import Finding
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice

if TYPE_CHECKING:
    from plugin.services.effects.ports import EffectRuntime

Content = Mapping[str, object]
"""What is carried out, as JSON: composed at the gate, kept in the effect's payload, without any secret."""


class StepInDoubt(DunlinError):
    """It may have been carried out, and nobody answered: only evidence, or a person, knows."""

    kind = Kind.TRANSIENT


@dataclass(frozen=True, kw_only=True, slots=True)
class StepAbout:
    """A step whose hour has come, with its rows locked. ``today`` is the client's civil day."""

    step: PlannedStep
    wanted: PolicyStep
    entry: Entry
    invoice: Invoice
    client: Client
    project: Project
    today: date


@dataclass(frozen=True, kw_only=True, slots=True)
class StepJob:
    """What a room needs to act: ``effect_id`` is the same at every attempt, so it serves as marker and key."""

    runtime: "EffectRuntime"
    tenant_id: str
    effect_id: str
    step_id: str
    content: Content
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """It was carried out. ``text`` goes to the history, ``note`` stays in the panel, ``evidence`` in the effect."""

    text: str
    note: str = ""
    evidence: Content = field(default_factory=dict)


class StepChannel(Protocol):
    """A room. Nothing in it decides whether a step goes: the planner does, at the gate."""

    @property
    def kind(self) -> str:
        """The kind of its effects, one of ``store.effects.STEP_KINDS``."""
        ...

    @property
    def what(self) -> str:
        """How a sentence about one of its effects begins, for people: "A letter"."""
        ...

    def check(self, session: TenantSession, step: PolicyStep) -> None:
        """Raises InvalidInput where the step lacks what the channel needs, such as a target that is set up."""
        ...

    def compose(self, session: TenantSession, about: StepAbout) -> Content:
        """What to carry out. Raises InvalidInput or Permanent where it cannot be: the step fails and a person is told.

        The same facts give the same content. Where a room keeps its content and a part of it may change with the day,
        what may not stands under ``facts``, and the rest stays as it was first composed.
        """
        ...

    @property
    def keeps_content(self) -> bool:
        """Whether every attempt must carry the same content, because a taker knows attempts by their key."""
        ...

    def act(self, job: StepJob) -> Receipt:
        """Carries it out, behind the gate. Raises StepInDoubt where it may have happened, Transient where it has not
        and another try may help, Permanent where none will; what Jira raises passes through.
        """
        ...

    def look(self, job: StepJob) -> Finding:
        """Whether it happened: FOUND, ABSENT (it is done again), UNOBTAINABLE (a person is asked). Never raises."""
        ...
