"""What carrying out an effect needs from outside: the adapters of the container, and the rules of follow-ups."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from plugin.clock import Clock
from plugin.keys import KeyRing
from plugin.services.effects.evidence import EvidenceSource
from plugin.services.effects.mail_channel import MailParts
from plugin.services.effects.mail_route import MailRoute
from plugin.services.effects.step_channel import StepAbout, StepChannel
from plugin.services.jira_gateway import JiraGateway
from plugin.services.renderer import Renderer
from plugin.settings import Settings
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, PlannedStep
from plugin.store.tables.tenants import Installation


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedMail:
    """A mail as it would be written now, and the hash of everything it says: recipient, members, amounts, days."""

    parts: MailParts
    content_hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dropped:
    """A member that may not go out with this message any more, and why."""

    member_id: str
    code: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why a whole message is not sent: no member is left, or the tenant sends nothing."""

    code: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Recheck:
    """What the rules say about a message between RCPT and DATA. Exactly one of the answers holds:

    ``go``: send it. ``cancelled``: never. ``hold_until``: nothing is wrong, but not now. ``dropped`` members or
    ``stale_content``: write it anew and try again.
    """

    go: bool = False
    dropped: tuple[Dropped, ...] = ()
    cancelled: Refusal | None = None
    stale_content: bool = False
    hold_until: datetime | None = None
    hold_reason: str = ""


class FollowUps(Protocol):
    """The rules and records of follow-ups. Whatever is called inside a transaction finds its rows locked.

    The steps of a message already stand in the state of its effect when one of the outcome methods is called.
    """

    def render_message(self, session: TenantSession, message: Message) -> RenderedMail: ...

    def current_content_hash(self, session: TenantSession, message: Message) -> str: ...

    def site_stops(self, session: TenantSession) -> Refusal | None:
        """What stops the whole site at the moment, whatever leaves it."""
        ...

    def may_offer(self, session: TenantSession, message: Message, *, now: datetime) -> bool:
        """Whether nothing is in the way, found without locks and without writing; False leaves it to ``before_offer``.

        Only the gate lets a mail go, so that a look that comes too early or too late costs time and no more.
        """
        ...

    def before_offer(self, session: TenantSession, message: Message, *, now: datetime) -> Recheck | None:
        """What forbids to speak to a server about this message at all; None where the gate is to decide.

        Brings the message's language and day up to date, and an address that was corrected.
        """
        ...

    def recheck(self, session: TenantSession, message: Message, *, now: datetime) -> Recheck: ...

    def members_dropped(
        self, session: TenantSession, message: Message, dropped: tuple[Dropped, ...], *, now: datetime
    ) -> None:
        """Takes members out of a message and gives their steps the verdict they now have."""
        ...

    def message_sent(self, session: TenantSession, message: Message, *, now: datetime, crossed: bool) -> None: ...

    def message_failed(self, session: TenantSession, message: Message, *, now: datetime, reason: str) -> None: ...

    def message_deferred(
        self, session: TenantSession, message: Message, *, now: datetime, next_at: datetime, reason: str
    ) -> None: ...

    def message_in_doubt(self, session: TenantSession, message: Message, *, now: datetime, reason: str) -> None: ...

    def message_cancelled(
        self, session: TenantSession, message: Message, *, now: datetime, code: str, reason: str
    ) -> None: ...

    def step_at_gate(
        self, session: TenantSession, step: PlannedStep, *, effect_id: str, now: datetime
    ) -> StepAbout | Refusal:
        """What a step that an effect carries alone is about, or why it may not go now."""
        ...

    def step_sent(self, session: TenantSession, step: PlannedStep, *, now: datetime, text: str, note: str) -> None: ...

    def step_failed(self, session: TenantSession, step: PlannedStep, *, now: datetime, reason: str) -> None: ...

    def step_deferred(self, session: TenantSession, step: PlannedStep, *, next_at: datetime, reason: str) -> None: ...

    def step_in_doubt(self, session: TenantSession, step: PlannedStep, *, reason: str) -> None: ...

    def step_given_back(
        self, session: TenantSession, step: PlannedStep, *, now: datetime, refusal: Refusal
    ) -> None: ...


class EffectRuntime(Protocol):
    """The part of the container that carries out effects. Adapters with a connection are made after the fork."""

    @property
    def settings(self) -> Settings: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def keys(self) -> KeyRing: ...

    @property
    def renderer(self) -> Renderer: ...

    def mail_route(self, session: TenantSession) -> MailRoute:
        """The server and the signature of a tenant's mails, as its settings are now."""
        ...

    @property
    def mail_evidence(self) -> EvidenceSource | None: ...

    @property
    def follow_ups(self) -> FollowUps: ...

    @property
    def step_channels(self) -> Mapping[str, StepChannel]:
        """The rooms of channels that carry one step alone, by the kind of their effects."""
        ...

    def jira_for(self, installation: Installation) -> JiraGateway: ...

    def writing(self, tenant_id: str) -> AbstractContextManager[TenantSession]: ...

    def reading(self, tenant_id: str) -> AbstractContextManager[TenantSession]: ...
