"""The rules and records of follow-ups as one object: what carrying out a mail asks for (``effects.ports``)."""

from datetime import datetime

from plugin.domain.reminders.reasons import Reason
from plugin.domain.reminders.sentences import sentence
from plugin.services.answers.mail_links import MailLinks
from plugin.services.effects.ports import Dropped, Recheck, Refusal, RenderedMail
from plugin.services.effects.step_channel import StepAbout
from plugin.services.follow_ups import outcomes, step_effects
from plugin.services.follow_ups.attach import PrintLetter
from plugin.services.follow_ups.before_offer import before_offer, may_offer
from plugin.services.follow_ups.content_hash import content_hash
from plugin.services.follow_ups.members import members_of
from plugin.services.follow_ups.recheck import recheck
from plugin.services.follow_ups.render import render_message
from plugin.services.follow_ups.site import site_stops
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, PlannedStep


class FollowUpRules:
    """Binds the functions of this package; it knows how the links and statements of its mails are made."""

    def __init__(self, links: MailLinks, print_letter: PrintLetter) -> None:
        self._links, self._print_letter = links, print_letter

    def render_message(self, session: TenantSession, message: Message) -> RenderedMail:
        """The mail as it would be written now."""
        return render_message(session, message, self._links, print_letter=self._print_letter)

    def current_content_hash(self, session: TenantSession, message: Message) -> str:
        """The hash of what the mail would say now."""
        return content_hash(session, message, members_of(session, message))

    def site_stops(self, session: TenantSession) -> Refusal | None:
        """What stops the whole site."""
        code = site_stops(session)
        return None if code is None else Refusal(code=code.value, sentence=sentence(Reason(code)))

    def may_offer(self, session: TenantSession, message: Message, *, now: datetime) -> bool:
        """Whether nothing is in the way, as far as a look without locks can tell."""
        return may_offer(session, message, now=now)

    def before_offer(self, session: TenantSession, message: Message, *, now: datetime) -> Recheck | None:
        """What keeps the mail from being offered to a server at all."""
        return before_offer(session, message, now=now)

    def recheck(self, session: TenantSession, message: Message, *, now: datetime) -> Recheck:
        """Whether the mail may leave."""
        return recheck(session, message, now=now)

    def members_dropped(
        self, session: TenantSession, message: Message, dropped: tuple[Dropped, ...], *, now: datetime
    ) -> None:
        """Takes members out of a message."""
        outcomes.members_dropped(session, message, dropped, now=now)

    def message_sent(self, session: TenantSession, message: Message, *, now: datetime, crossed: bool) -> None:
        """The server took it."""
        outcomes.message_sent(session, message, now=now, crossed=crossed)

    def message_failed(self, session: TenantSession, message: Message, *, now: datetime, reason: str) -> None:
        """The server refused it for good."""
        outcomes.message_failed(session, message, now=now, reason=reason)

    def message_deferred(
        self,
        session: TenantSession,
        message: Message,
        *,
        now: datetime,  # noqa: ARG002 - the port's
        next_at: datetime,
        reason: str,
    ) -> None:
        """The server does not take it now."""
        outcomes.message_deferred(session, message, next_at=next_at, reason=reason)

    def message_in_doubt(
        self,
        session: TenantSession,
        message: Message,
        *,
        now: datetime,  # noqa: ARG002 - the port's
        reason: str,
    ) -> None:
        """It may have been accepted."""
        outcomes.message_in_doubt(session, message, reason=reason)

    def message_cancelled(
        self, session: TenantSession, message: Message, *, now: datetime, code: str, reason: str
    ) -> None:
        """Nothing was offered to the server."""
        outcomes.message_cancelled(session, message, now=now, code=code, reason=reason)

    def step_at_gate(
        self, session: TenantSession, step: PlannedStep, *, effect_id: str, now: datetime
    ) -> StepAbout | Refusal:
        """Whether a step that an effect carries alone may go."""
        return step_effects.step_at_gate(session, step, effect_id=effect_id, now=now)

    def step_sent(self, session: TenantSession, step: PlannedStep, *, now: datetime, text: str, note: str) -> None:
        """It was carried out."""
        step_effects.step_sent(session, step, now=now, text=text, note=note)

    def step_failed(self, session: TenantSession, step: PlannedStep, *, now: datetime, reason: str) -> None:
        """It cannot be carried out."""
        step_effects.step_failed(session, step, now=now, reason=reason)

    def step_deferred(self, session: TenantSession, step: PlannedStep, *, next_at: datetime, reason: str) -> None:
        """It could not be carried out yet."""
        step_effects.step_deferred(session, step, next_at=next_at, reason=reason)

    def step_in_doubt(self, session: TenantSession, step: PlannedStep, *, reason: str) -> None:
        """It may have been carried out."""
        step_effects.step_in_doubt(session, step, reason=reason)

    def step_given_back(self, session: TenantSession, step: PlannedStep, *, now: datetime, refusal: Refusal) -> None:
        """Nothing was done."""
        step_effects.step_given_back(session, step, now=now, refusal=refusal)
