"""The codes behind every verdict and the gates that give them. Their wording stands in ``sentences``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from plugin.domain.money import Money


class ReasonCode(StrEnum):
    """Stored beside the state of a step; never renamed."""

    ON_ITS_DAY = "on_its_day"
    ROLLED = "rolled"
    LEFT_LATE = "left_late"
    CATCH_UP = "catch_up"
    SHIFTED = "shifted"
    MOVED_BY_PERSON = "moved_by_person"
    REQUESTED = "requested"
    RESUMED = "resumed"
    NO_PROMISE = "no_promise"
    AFTER_PREVIOUS = "after_previous"
    NO_CONTACT = "no_contact"
    NO_DATE = "no_date"

    SENT = "sent"
    DONE = "done"
    TASK_OPEN = "task_open"
    IN_FLIGHT = "in_flight"
    PARKED = "parked"
    NOT_OFFERED = "not_offered"
    FAILED = "failed"
    RECORDED = "recorded"

    STRONGER_DUE = "stronger_due"
    STRONGER_SENT = "stronger_sent"
    SOFTER = "softer"
    RESUMED_ABOVE = "resumed_above"

    TENANT_UNINSTALLED = "tenant_uninstalled"
    TENANT_DISABLED = "tenant_disabled"
    TENANT_BROKEN = "tenant_broken"
    TENANT_UNLICENSED = "tenant_unlicensed"
    KILL_SWITCH = "kill_switch"
    CLOCK_OFF = "clock_off"
    SANDBOX = "sandbox"
    OFF_AT_SITE = "off_at_site"
    OFF_AT_PROJECT = "off_at_project"
    OFF_AT_CLIENT = "off_at_client"
    OFF_AT_INVOICE = "off_at_invoice"
    CLIENT_OPT_OUT = "client_opt_out"
    INVOICE_OPT_OUT = "invoice_opt_out"
    NOT_ISSUED = "not_issued"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    SETTLED = "settled"
    HANDED_OVER = "handed_over"
    PAUSED = "paused"
    PROMISED = "promised"
    DISPUTED = "disputed"
    IN_PLAN = "in_plan"
    NO_PLAN = "no_plan"
    INSTALMENT_PAID = "instalment_paid"
    OBSTACLE = "obstacle"
    BEFORE_ISSUE = "before_issue"
    NOTICE_TOO_LATE = "notice_too_late"
    AUTOPAY = "autopay"
    CONSUMER = "consumer"
    BELOW_AMOUNT = "below_amount"
    VIEWED = "viewed"
    NOT_VIEWED = "not_viewed"
    OTHER_SEGMENT = "other_segment"
    PAYS_ON_TIME = "pays_on_time"
    PAYS_LATE = "pays_late"
    TOO_FEW_OPEN = "too_few_open"
    NOT_YET_OVERDUE = "not_yet_overdue"
    REPLIED = "replied"
    CALL_OUTCOME = "call_outcome"
    STEP_NOT_SENT = "step_not_sent"
    DEADLINE_NOT_OVER = "deadline_not_over"
    DEADLINE_RUNNING = "deadline_running"
    STALE_PAYMENTS = "stale_payments"
    NO_PAYMENTS = "no_payments"
    IN_DOUBT = "in_doubt"
    JUST_LEFT = "just_left"
    RECENT_CONTACT = "recent_contact"
    MANUAL_MAIL = "manual_mail"
    QUIET = "quiet"
    NO_ADDRESS = "no_address"
    ADDRESS_FAILED = "address_failed"
    NO_BUSINESS_DAY = "no_business_day"
    OUTSIDE_WINDOW = "outside_window"
    NOT_APPROVED = "not_approved"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and the values its sentence names; a reason among them is told in its own words."""

    code: ReasonCode
    values: "Mapping[str, Value]" = field(default_factory=dict)


Value = str | int | date | datetime | Money | Reason


class Outcome(StrEnum):
    """What a gate says. CANCEL outranks SKIP outranks HOLD; WAIT lets weaker steps go meanwhile."""

    PASSES = "pass"
    CANCEL = "cancel"
    SKIP = "skip"
    HOLD = "hold"
    WAIT = "wait"


class GateName(StrEnum):
    """Every gate, in the order in which they are asked."""

    TENANT = "tenant"
    KILL_SWITCH = "kill_switch"
    SANDBOX = "sandbox"
    SWITCHES = "switches"
    OPT_OUT = "opt_out"
    STATE = "state"
    BALANCE = "balance"
    HANDED_OVER = "handed_over"
    PAUSE = "pause"
    PROMISE = "promise"
    DISPUTE = "dispute"
    PLAN = "plan"
    OBSTACLE = "obstacle"
    APPLICABLE = "applicable"
    AUTOPAY = "autopay"
    CONSUMER = "consumer"
    GUARDS = "guards"
    DEADLINE = "deadline"
    FRESHNESS = "freshness"
    IN_DOUBT = "in_doubt"
    INTERVAL = "interval"
    MANUAL_MAIL = "manual_mail"
    QUIET = "quiet"
    ADDRESS = "address"
    BUSINESS_DAY = "business_day"
    WINDOW = "window"
    REVIEW = "review"
    LATENESS = "lateness"


class Finding(NamedTuple):
    """A gate's objection. ``until``: first day on which it may be gone (None: not by time alone)."""

    gate: GateName
    outcome: Outcome
    reason: Reason
    until: date | None = None
    until_at: datetime | None = None
