"""A reminder policy: the ordered steps of a ladder, as values. Defaults, lint and JSON stand in files of their own."""

from dataclasses import dataclass
from enum import StrEnum

from plugin.domain.errors import InvalidInput


class Anchor(StrEnum):
    """The day a step's offset counts from. A step without its anchor yet (no promise made) has no day."""

    ISSUE_DATE = "issue_date"
    DUE_DATE = "due_date"
    PREVIOUS_STEP = "previous_step"
    PROMISE = "promise"


class Unit(StrEnum):
    """What an offset counts: calendar days, or business days of the client's calendar."""

    DAYS = "days"
    BUSINESS_DAYS = "business_days"


class Channel(StrEnum):
    """How a step leaves: as mail, or as a task of a person with an outcome form."""

    EMAIL = "email"
    CALL = "call"
    PLAN_OFFER = "plan_offer"
    LEGAL_DECISION = "legal_decision"

    @property
    def is_task(self) -> bool:
        """Whether a person does it."""
        return self is not Channel.EMAIL

    @property
    def reaches_client(self) -> bool:
        """Whether it counts as a contact with the client; a decision made inside the house does not."""
        return self is not Channel.LEGAL_DECISION


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
    """Who at the client (or beside it) gets a step. Roles without a person fall back to billing."""

    BILLING = "billing"
    SPONSOR = "sponsor"
    CC = "cc"
    ESCALATION = "escalation"


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
    """``amount_minor`` must still be owed; otherwise the step is skipped."""
    NOT_VIEWED = "not_viewed"
    """The client has not opened the invoice; otherwise skipped."""
    NO_REPLY = "no_reply"
    """No unanswered reply of the client; otherwise held for a person."""
    CALL_OUTCOME = "call_outcome"
    """The last call ended with one of ``outcomes``; otherwise skipped."""
    DEADLINE_PASSED = "deadline_passed"
    """Step ``step`` went out and the deadline it gave is over; until then this step waits and weaker ones may go."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One condition; only the field its kind names is used."""

    kind: GuardKind
    amount_minor: int = 0
    outcomes: tuple[CallOutcome, ...] = ()
    step: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyStep:
    """One rung. ``key`` never changes (rows refer to it); ``level`` rises along the ladder."""

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

    @property
    def is_before_due(self) -> bool:
        """Whether it is a notice ahead of the due date."""
        return self.anchor is Anchor.DUE_DATE and self.offset < 0


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
