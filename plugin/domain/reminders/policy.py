"""A reminder policy: the ordered steps of a ladder, as values. Defaults, lint and JSON stand in files of their own."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from plugin.domain.errors import InvalidInput


class Anchor(StrEnum):
    """The day a step's offset counts from. A step without its anchor yet (no promise made) has no day."""

    ISSUE_DATE = "issue_date"
    DUE_DATE = "due_date"
    PREVIOUS_STEP = "previous_step"
    PROMISE = "promise"
    LAST_CONTACT = "last_contact"
    """The last day on which the client heard from us about this invoice, by whatever way."""
    INSTALMENT = "instalment"
    """The due days of the instalments of a running payment plan: occurrence n counts from instalment n."""
    ABSOLUTE = "absolute"
    """A day of the calendar, ``PolicyStep.on``."""


class Unit(StrEnum):
    """What an offset counts: calendar days, or business days of the client's calendar."""

    DAYS = "days"
    BUSINESS_DAYS = "business_days"


class Channel(StrEnum):
    """How a step leaves: as mail, as a task of a person with an outcome form, or as an effect of its own."""

    EMAIL = "email"
    CALL = "call"
    PLAN_OFFER = "plan_offer"
    LEGAL_DECISION = "legal_decision"
    JIRA = "jira"
    WEBHOOK = "webhook"
    LETTER = "letter"

    @property
    def is_task(self) -> bool:
        """Whether a person does it."""
        return self in (Channel.CALL, Channel.PLAN_OFFER, Channel.LEGAL_DECISION)

    @property
    def is_effect(self) -> bool:
        """Whether it leaves alone, as an effect for one step; mails carry several, tasks wait for a person."""
        return self in (Channel.JIRA, Channel.WEBHOOK, Channel.LETTER)

    @property
    def reaches_client(self) -> bool:
        """Whether it counts as a contact with the client; what stays inside the house does not."""
        return self not in (Channel.LEGAL_DECISION, Channel.JIRA)

    @property
    def keeps_hours(self) -> bool:
        """Whether it reaches somebody at once, and so only within the send window."""
        return self in (Channel.EMAIL, Channel.WEBHOOK)

    @property
    def has_text(self) -> bool:
        """Whether the client reads a text of ours."""
        return self in (Channel.EMAIL, Channel.WEBHOOK, Channel.LETTER)


class Tone(StrEnum):
    """How a step speaks, softest first. ``rank`` orders them."""

    FRIENDLY = "friendly"
    NEUTRAL = "neutral"
    FIRM = "firm"
    FINAL = "final"

    @property
    def rank(self) -> int:
        """0 for friendly up to 3 for final."""
        return TONE_RANK[self]


TONE_RANK = {Tone.FRIENDLY: 0, Tone.NEUTRAL: 1, Tone.FIRM: 2, Tone.FINAL: 3}


class Role(StrEnum):
    """Who at the client (or beside it) gets a step. Roles without a person fall back to billing, except the last.

    The account manager is one of our own people: what is meant for them alone never goes to the client instead.
    """

    BILLING = "billing"
    SPONSOR = "sponsor"
    CC = "cc"
    ESCALATION = "escalation"
    ACCOUNT_MANAGER = "account_manager"


class CallOutcome(StrEnum):
    """How a phone call ended (F41)."""

    ANSWERED = "answered"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "no_answer"
    WRONG_CONTACT = "wrong_contact"
    PROMISE = "promise"
    DISPUTE = "dispute"
    REFUSED = "refused"

    @property
    def is_contact(self) -> bool:
        """Whether somebody there heard from us; counts for the minimum days between contacts."""
        return self not in (CallOutcome.NO_ANSWER, CallOutcome.WRONG_CONTACT)


class GuardKind(StrEnum):
    """A condition of one step. What happens when it does not hold stands beside each."""

    UNPAID_AT_LEAST = "unpaid_at_least"
    """``amount_minor``, of which ``decimals`` digits stand behind the point, must still be owed; otherwise skipped.

    It counts whole units of each invoice's own currency, whatever decimals that has: 50.00 is 50 yen, too.
    """
    NOT_VIEWED = "not_viewed"
    """The client has not opened the invoice; otherwise skipped."""
    NO_REPLY = "no_reply"
    """No unanswered reply of the client; otherwise held for a person."""
    CALL_OUTCOME = "call_outcome"
    """The last call ended with one of ``outcomes``; otherwise skipped."""
    DEADLINE_PASSED = "deadline_passed"
    """Step ``step`` went out and the deadline it gave is over; until then this step waits and weaker ones may go."""
    OVERDUE_AT_LEAST = "overdue_at_least"
    """``days`` lie behind the due date; until then this step waits and weaker ones may go."""
    VIEWED = "viewed"
    """The client has opened the invoice; otherwise skipped."""
    SEGMENT = "segment"
    """The client belongs to one of the segments ``names``; otherwise skipped."""
    RELIABILITY = "reliability"
    """Of the client's last invoices ``at_least``/``at_most`` that many percent were paid on time; otherwise skipped.

    A client with fewer than three settled invoices counts as reliable.
    """
    OPEN_INVOICES = "open_invoices"
    """The client has ``at_least`` that many open invoices; otherwise skipped."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition; only the fields its kind names are used."""

    kind: GuardKind
    amount_minor: int = 0
    decimals: int = 2
    outcomes: tuple[CallOutcome, ...] = ()
    step: str = ""
    days: int = 0
    names: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None


class AskKind(StrEnum):
    """What a step asks for."""

    PAYMENT = "payment"
    DEADLINE = "deadline"
    CALL = "call"
    PLAN = "plan"
    LEGAL_DECISION = "legal_decision"


TASK_ASKS = {
    Channel.CALL: AskKind.CALL,
    Channel.PLAN_OFFER: AskKind.PLAN,
    Channel.LEGAL_DECISION: AskKind.LEGAL_DECISION,
}


@dataclass(frozen=True, slots=True)
class Ask:
    """What a step asks for; a deadline is ``business_days`` after the day it really leaves (F43)."""

    kind: AskKind = AskKind.PAYMENT
    business_days: int = 0


@dataclass(frozen=True, slots=True)
class Repetition:
    """After its first time a step comes again every ``every`` units, ``at_most`` times more, never endlessly (F02).

    ``within_days`` ends it earlier: no repeat later than that many days after the due date.
    """

    every: int
    at_most: int
    unit: Unit = Unit.DAYS
    within_days: int | None = None


class Track(StrEnum):
    """Steps outrank and supersede each other within one track only.

    What happens in Jira, or is written to our account manager, is seen by our own people: it must not cost the client a
    reminder, nor be lost to one. An instalment is a new agreement, whose reminders neither use up the ladder nor follow
    its tone.
    """

    LADDER = "ladder"
    INSIDE = "inside"
    INSTALMENTS = "instalments"


class Attachment(StrEnum):
    """What goes along with a mail or letter: the invoice as PDF or XML, the client's statement of account."""

    PDF = "pdf"
    XML = "xml"
    STATEMENT = "statement"


class ActionKind(StrEnum):
    """What a step of the channels ``jira`` and ``webhook`` does."""

    COMMENT = "comment"
    MENTION = "mention"
    NOTIFY = "notify"
    TRANSITION = "transition"
    WEBHOOK = "webhook"

    @property
    def needs_target(self) -> bool:
        """Whether it names one: the status to move to, or the webhook target to call."""
        return self in (ActionKind.TRANSITION, ActionKind.WEBHOOK)


@dataclass(frozen=True, slots=True)
class Action:
    """``target``: the name of a Jira status (transition) or of a webhook target (webhook); empty for the others."""

    kind: ActionKind
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyStep:
    """One rung. ``key`` never changes (rows refer to it); ``level`` rises along the ladder.

    ``on``: the day of an absolute step. ``attachments``: of a mail or letter. ``states_claim``: its text states
    interest and fixed sum by law. ``action``: what a step of the channels jira and webhook does.
    """

    key: str
    level: int
    anchor: Anchor
    offset: int
    channel: Channel
    tone: Tone
    unit: Unit = Unit.DAYS
    template: str = ""
    recipients: tuple[Role, ...] = (Role.BILLING,)
    guards: tuple[Guard, ...] = ()
    ask: Ask = Ask()
    repetition: Repetition | None = None
    on: date | None = None
    attachments: tuple[Attachment, ...] = (Attachment.PDF,)
    states_claim: bool = False
    action: Action | None = None
    is_before_due: bool = field(init=False, repr=False, compare=False)
    """Whether it is a notice ahead of the day on which the invoice, or an instalment of it, is due."""
    track: Track = field(init=False, repr=False, compare=False)
    """Within which steps it is stronger or weaker than others."""
    reaches_client: bool = field(init=False, repr=False, compare=False)
    """Whether it counts as a contact with the client."""

    def __post_init__(self) -> None:
        # Kept, since the planner asks for them again and again.
        is_ahead = self.anchor in (Anchor.DUE_DATE, Anchor.INSTALMENT) and self.offset < 0
        object.__setattr__(self, "is_before_due", is_ahead)
        # A mail for our own people alone is no word to the client, and no rung of its ladder.
        among_us = self.channel is Channel.EMAIL and set(self.recipients) == {Role.ACCOUNT_MANAGER}
        object.__setattr__(self, "reaches_client", self.channel.reaches_client and not among_us)
        inside = Track.INSIDE if self.channel is Channel.JIRA or among_us else Track.LADDER
        object.__setattr__(self, "track", Track.INSTALMENTS if self.anchor is Anchor.INSTALMENT else inside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A version of a ladder. ``steps`` stand in rising ``level``.

    ``ask_first``: every step waits until a person has approved it (C21). ``ask_when_late_days``: a step that could
    have gone more than this many days ago waits for a person; None (the default) lets it go, because a client should
    not lose a reminder to our downtime (F09, F52, C54). reliability.md section 5 names 72 h: set 3 for that.
    """

    id: str
    version: int
    name: str
    steps: tuple[PolicyStep, ...]
    ask_first: bool = False
    ask_when_late_days: int | None = None

    def step(self, key: str) -> PolicyStep:
        """The step with that key; InvalidInput naming the policy when there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise InvalidInput(f"Policy {self.name!r} (version {self.version}) has no step {key!r}.", field="step")
