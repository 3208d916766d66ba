"""Everything ``plan`` may know about one invoice. A service reads it in one transaction; rules read nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import SendWindow
from plugin.domain.money import Currency, Money
from plugin.domain.reminders.policy import CallOutcome, Channel, Role, Tone


class TenantStatus(StrEnum):
    """Whether the site may send: uninstalled ends what is planned, the others hold it (broken: Jira refuses us)."""

    ACTIVE = "active"
    DISABLED = "disabled"
    BROKEN = "broken"
    UNLICENSED = "unlicensed"
    UNINSTALLED = "uninstalled"


class Mode(StrEnum):
    """In sandbox mode no mail leaves; what is due waits in the outbox view."""

    LIVE = "live"
    SANDBOX = "sandbox"


class StepState(StrEnum):
    """What the database says of a planned step. A task step whose row is ``sent`` is OPEN, then DONE, as its task."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    HELD = "held"
    DEFERRED = "deferred"
    SENDING = "sending"
    UNKNOWN = "unknown"
    VERIFY = "verify"
    PARKED = "parked"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    OPEN = "open"
    DONE = "done"


BY_HAND = "by_hand"
"""The key under which a contact that a person made outside stands among the steps that contacts carried."""


class StepRef(NamedTuple):
    """Names one step of one invoice, one occurrence."""

    invoice_id: str
    key: str
    occurrence: int = 1


FIRST_RESEND = 1001
"""Occurrences from here on are a person's resends; below it count the policy's own repetitions, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """What already happened to one step. Days are civil days in the client's zone.

    ``day``: when it got into its state (sent on, done on, task opened on). ``reason_code`` is what was stored.
    ``requested``: a person said "send now" or asked for a resend, so courtesy gates are not asked. ``approved``: a
    person released it (review mode, lateness). ``moved_to``: a person chose another day.
    At the gate, give the step whose message stands there as CLAIMED, whatever another recipient's message did.
    """

    key: str
    state: StepState
    occurrence: int = 1
    day: date | None = None
    deadline: date | None = None
    reason_code: str = ""
    reason: str = ""
    outcome: str = ""
    channel: Channel | None = None
    tone: Tone | None = None
    level: int | None = None
    moved_to: date | None = None
    requested: bool = False
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person's address by role. ``failed_reason`` (a bounce, say) makes it unusable."""

    address: str
    role: Role = Role.BILLING
    name: str = ""
    failed_reason: str = ""


class ContactMade(NamedTuple):
    """One contact with the client, over all projects: a mail sent, a call in which somebody heard us.

    ``members``: the steps it carried; ``currency``: that of a mail. A contact never stands in the way of the steps it
    carried itself (second recipient) nor, on its own day, of a mail in another currency.
    """

    day: date
    channel: Channel = Channel.EMAIL
    currency: str = ""
    members: frozenset[StepRef] = frozenset()


class OptOut(NamedTuple):
    """No reminders for a client or an invoice: steps whose day falls into it are skipped for good.

    ``scope``: "client" or "invoice". ``since`` None: from ever. ``until``: the last day; None: without end.
    """

    scope: str
    reason: str
    actor: str = ""
    since: date | None = None
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Whether ``day`` falls into it."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


class Pause(NamedTuple):
    """Chasing rests up to and including ``until`` (None: until a person lifts it); then the strongest due step goes."""

    reason: str
    until: date | None = None


class Dispute(NamedTuple):
    """The client contests the invoice: ``amount`` of it, or all (None). Only what is disputed is held (U12)."""

    reason: str
    amount: Money | None = None


class Promise(NamedTuple):
    """The client promised to pay on ``day``: chasing rests through it and resumes the day after.

    ``resume_level``: when broken, the ladder resumes at this level at once (C22); None: at the strongest due step.
    """

    day: date
    resume_level: int | None = None


class PlanHold(NamedTuple):
    """A payment plan is running. ``broken_on``: the day its default clause took effect; chasing resumes that day."""

    reason: str = ""
    broken_on: date | None = None
    resume_level: int | None = None


class Instalment(NamedTuple):
    """One part of a payment plan, counted over all plans the invoice ever had. ``open``: what of it is not paid."""

    number: int
    due_on: date
    open: Money


class QuietPeriod(NamedTuple):
    """Days on which nobody is reminded, both ends included. A yearly one comes as one for each year (``quiet``)."""

    name: str
    first: date
    last: date


class PaidOnTime(NamedTuple):
    """Of the client's last ``of`` settled invoices so many were paid by their due day."""

    on_time: int
    of: int


class Obstacle(NamedTuple):
    """Something on our side to mend first: missing purchase order, not received, wrong contact (F42)."""

    reason: str


class CallRecord(NamedTuple):
    """A phone call about this invoice and how it ended."""

    day: date
    outcome: CallOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What turns sending on and off, from the site down to the invoice (F10)."""

    tenant: TenantStatus = TenantStatus.ACTIVE
    kill_switch: bool = False
    mode: Mode = Mode.LIVE
    site_on: bool = True
    project_on: bool = True
    client_on: bool = True
    invoice_on: bool = True


ALL_ON = Switches()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFacts:
    """One invoice as it stood at ``read_at`` (aware UTC).

    ``balance``: what is owed after payments and credits, before disputes. ``tolerance_minor``: a balance up to this
    is settled. ``payments_as_of``/``payments_limit_hours``: how old the payment data are and may be (limit None: not
    asked). ``contact_interval_days``: least days between contacts with the client. ``manual_quiet_days``: days after
    a person's own mail, call or meeting on which nothing automatic goes. ``least_deadline_days``: law profile (C32).
    ``reply_on``: day of a reply no person has dealt with. ``window``: None = any hour. ``left_on``: the client's civil
    day on which the mail that brings the invoice left, today while it waits; None where nothing was mailed.
    ``calls`` stand in the order in which they were logged. ``instalments``: those of the plan in ``plan``.
    ``paid_on_time`` None: too few settled invoices to judge. ``open_invoices``: how many the client has, this one
    among them.
    """

    invoice_id: str
    number: str
    state: InvoiceState
    gross: Money
    balance: Money
    issue_date: date
    due_date: date
    client_id: str
    read_at: datetime
    left_on: date | None = None
    client_name: str = ""
    project_id: str = ""
    language: str = "en"
    tolerance_minor: int = 0
    switches: Switches = ALL_ON
    opt_outs: tuple[OptOut, ...] = ()
    pauses: tuple[Pause, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    promise: Promise | None = None
    plan: PlanHold | None = None
    obstacles: tuple[Obstacle, ...] = ()
    handed_over_on: date | None = None
    recipients: tuple[Recipient, ...] = ()
    contacts: tuple[ContactMade, ...] = ()
    contact_interval_days: int = 0
    manual_mails: tuple[date, ...] = ()
    manual_quiet_days: int = 2
    records: tuple[StepRecord, ...] = ()
    calls: tuple[CallRecord, ...] = ()
    reply_on: date | None = None
    viewed_on: date | None = None
    payments_as_of: datetime | None = None
    payments_limit_hours: int | None = None
    is_consumer: bool = False
    firm_to_consumers: bool = False
    autopay: bool = False
    window: SendWindow | None = None
    least_deadline_days: int = 0
    instalments: tuple[Instalment, ...] = ()
    quiet: tuple[QuietPeriod, ...] = ()
    segment: str = ""
    paid_on_time: PaidOnTime | None = None
    open_invoices: int = 1

    @property
    def currency(self) -> Currency:
        """That of the invoice, fixed at issue."""
        return self.gross.currency

    @property
    def delay(self) -> timedelta:
        """By how much the ladder is moved. An invoice that left only after its due date gives its whole terms anew."""
        return delay_of(issued=self.issue_date, due=self.due_date, left=self.left_on)

    def instalment(self, number: int) -> Instalment | None:
        """The instalment of that number, None where no running plan has it."""
        return next((each for each in self.instalments if each.number == number), None)

    @property
    def ladder_issue_date(self) -> date:
        """The day from which steps after issue count: the day it left, where that was too late."""
        return self.issue_date + self.delay

    @property
    def ladder_due_date(self) -> date:
        """The day from which steps around the due date count."""
        return self.due_date + self.delay


def delay_of(*, issued: date, due: date, left: date | None) -> timedelta:
    """By how much a due date moves for the ladder where the invoice ``left`` only after it: its whole terms anew."""
    return timedelta(0) if left is None or left <= due else left - issued
