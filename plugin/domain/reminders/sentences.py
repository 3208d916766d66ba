"""What each reason says to a person, in English; the pages may translate by code."""

from datetime import UTC, date, datetime

from plugin.domain.money import Money
from plugin.domain.reminders.reasons import Reason, ReasonCode, Value
from plugin.domain.reminders.step_names import step_name

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

WORDING: dict[ReasonCode, str] = {
    ReasonCode.ON_ITS_DAY: "On its day, {day}.",
    ReasonCode.ROLLED: "Moved from {nominal} to {day}, because {nominal} is no business day ({cause}).",
    ReasonCode.LEFT_LATE: "The invoice left only on {left}, after its due date, {due}; counted from then, it is {day}.",
    ReasonCode.CATCH_UP: "Its day was {day}; it is caught up now.",
    ReasonCode.SHIFTED: "Planned for {planned}, expected on {day}: {cause}",
    ReasonCode.MOVED_BY_PERSON: "Moved to {day} by a person.",
    ReasonCode.REQUESTED: "A person asked for it to go now.",
    ReasonCode.RESUMED: "The ladder resumes at this step on {day}.",
    ReasonCode.NO_PROMISE: "It counts from a promise to pay, and there is none.",
    ReasonCode.AFTER_PREVIOUS: "It counts from the day on which {previous!r} is finished; that day is not known yet.",
    ReasonCode.NO_CONTACT: "It counts from the last contact about this invoice, and there was none yet.",
    ReasonCode.NO_DATE: "It goes on a day of the calendar, and its policy names none.",
    ReasonCode.SENT: "Sent on {day}.",
    ReasonCode.DONE: "Done on {day}: {outcome}.",
    ReasonCode.TASK_OPEN: "The task waits for a person since {day}.",
    ReasonCode.IN_FLIGHT: "It is on its way; whether the mail server took it is not known yet.",
    ReasonCode.PARKED: "It may have been sent; a person has to say whether to send it again.",
    ReasonCode.NOT_OFFERED: "It was not sent and waits for a person: {cause}",
    ReasonCode.FAILED: "It could not be delivered: {cause}",
    ReasonCode.RECORDED: "{cause}",
    ReasonCode.STRONGER_DUE: "{stronger!r} is due as well and goes instead; a client gets only the strongest step.",
    ReasonCode.STRONGER_SENT: "{stronger!r} has already gone; a weaker step never follows it.",
    ReasonCode.SOFTER: "It speaks softer than {stronger!r}, which has already gone; the tone never softens.",
    ReasonCode.RESUMED_ABOVE: "The ladder resumes at level {level}, above this step.",
    ReasonCode.TENANT_UNINSTALLED: "The app was uninstalled from this site.",
    ReasonCode.TENANT_DISABLED: "The app is disabled on this site; enable it to go on.",
    ReasonCode.TENANT_BROKEN: "Jira refuses Dunlin's signature, so nothing is sent; "
    "a Jira administrator has to install Dunlin again.",
    ReasonCode.TENANT_UNLICENSED: "The licence has lapsed, so nothing is sent; renew it to go on.",
    ReasonCode.KILL_SWITCH: "The kill switch is on; nothing is sent until an admin turns it off.",
    ReasonCode.CLOCK_OFF: "The server's clock is wrong, so nothing is sent until it is right again.",
    ReasonCode.SANDBOX: "Sandbox mode: no mail leaves until an admin chooses to go live.",
    ReasonCode.OFF_AT_SITE: "Follow-ups are turned off for the whole site.",
    ReasonCode.OFF_AT_PROJECT: "Follow-ups are turned off for this project.",
    ReasonCode.OFF_AT_CLIENT: "Follow-ups are turned off for this client.",
    ReasonCode.OFF_AT_INVOICE: "Follow-ups are turned off for this invoice.",
    ReasonCode.CLIENT_OPT_OUT: "The client is opted out{until}: {cause}.",
    ReasonCode.INVOICE_OPT_OUT: "This invoice is opted out{until}: {cause}.",
    ReasonCode.NOT_ISSUED: "The invoice is not issued yet.",
    ReasonCode.PAID: "The invoice is paid.",
    ReasonCode.CREDITED: "The invoice was credited in full.",
    ReasonCode.WRITTEN_OFF: "The invoice was written off.",
    ReasonCode.SETTLED: "The balance of {balance} is settled or within the tolerance.",
    ReasonCode.HANDED_OVER: "The invoice was handed over on {day}; nothing else is sent.",
    ReasonCode.PAUSED: "Paused{until}: {cause}.",
    ReasonCode.PROMISED: "The client promised to pay by {day}; chasing resumes the day after.",
    ReasonCode.DISPUTED: "The client disputes {amount}: {cause}.",
    ReasonCode.IN_PLAN: "A payment plan is running; the ladder resumes if it is broken.",
    ReasonCode.NO_PLAN: "It is about instalment {number}, and no payment plan with one is running.",
    ReasonCode.INSTALMENT_PAID: "Instalment {number} is paid.",
    ReasonCode.OBSTACLE: "It waits: {cause}.",
    ReasonCode.BEFORE_ISSUE: "Its day, {day}, lies before the invoice was issued.",
    ReasonCode.NOTICE_TOO_LATE: "A notice ahead of the due date makes no sense after {day}.",
    ReasonCode.AUTOPAY: "The client pays by automatic debit and gets only the notice before it.",
    ReasonCode.CONSUMER: "The client is a consumer, who gets friendly reminders only.",
    ReasonCode.BELOW_AMOUNT: "Only {amount} is asked for; this step needs at least {least}.",
    ReasonCode.VIEWED: "The client opened the invoice on {day}.",
    ReasonCode.NOT_VIEWED: "The client has not opened the invoice; this step is for one that was opened.",
    ReasonCode.OTHER_SEGMENT: "The client belongs to {segment}; this step is for {wanted}.",
    ReasonCode.PAYS_ON_TIME: "The client pays on time ({record}); this step is for at most {limit} % paid on time.",
    ReasonCode.PAYS_LATE: "The client pays late ({record}); this step is for at least {limit} % paid on time.",
    ReasonCode.TOO_FEW_OPEN: "The client has {number} open; this step is for at least {least} open invoices.",
    ReasonCode.NOT_YET_OVERDUE: "It waits until the invoice is {days} days overdue, on {day}.",
    ReasonCode.REPLIED: "The client replied on {day}; a person should answer first.",
    ReasonCode.CALL_OUTCOME: "The last call ended with {outcome!r}; this step is for {wanted}.",
    ReasonCode.STEP_NOT_SENT: "It waits for {step!r}, which has not gone out.",
    ReasonCode.DEADLINE_NOT_OVER: "It waits for the deadline of {step!r}, {day}.",
    ReasonCode.DEADLINE_RUNNING: "The client was given until {day}; nothing goes before that is over.",
    ReasonCode.STALE_PAYMENTS: "The payment data are {age} hours old, {limit} are allowed; import payments first.",
    ReasonCode.NO_PAYMENTS: "No payment data were ever imported; import payments first.",
    ReasonCode.IN_DOUBT: "{step!r} is still on its way; nothing else goes until that is settled.",
    ReasonCode.JUST_LEFT: "The invoice itself left on {day}; nobody is reminded of it on the same day.",
    ReasonCode.RECENT_CONTACT: "The client was contacted on {day}; {interval} days must lie between two contacts.",
    ReasonCode.MANUAL_MAIL: "A person was in touch with the client on {day}; nothing automatic for {quiet} days.",
    ReasonCode.QUIET: "Nobody is reminded from {first} to {last} ({name}).",
    ReasonCode.NO_ADDRESS: "The client has no e-mail address for {roles}; add one.",
    ReasonCode.ADDRESS_FAILED: "{address} does not work ({cause}); correct it.",
    ReasonCode.NO_BUSINESS_DAY: "{day} is no business day ({cause}).",
    ReasonCode.OUTSIDE_WINDOW: "It is outside the send window of {start} to {end} ({zone}); it goes when that opens.",
    ReasonCode.NOT_APPROVED: "This policy asks first; a person has to approve it.",
    ReasonCode.TOO_LATE: "It is {late} days late, {limit} are allowed; a person has to decide whether it still goes.",
}

_STEPS = frozenset({"step", "stronger", "previous"})
"""The values that are keys of steps, which nobody outside a policy knows."""


def sentence(reason: Reason) -> str:
    """The reason as a sentence for a person: dates in words, amounts with their currency."""
    text = WORDING[reason.code].format(**{name: _named(name, value) for name, value in reason.values.items()})
    # What people typed may end with a full stop, and so does the sentence around it.
    return text.removesuffix(".") if text.endswith("..") else text


def day_in_words(day: date) -> str:
    """22 December 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def amount_in_words(amount: Money) -> str:
    """1,190.00 EUR."""
    return f"{amount.to_decimal():,f} {amount.currency.code}"


def _named(name: str, value: Value) -> str | int:
    return step_name(value) if name in _STEPS and isinstance(value, str) else _shown(value)


def _shown(value: Value) -> str | int:
    if isinstance(value, Reason):
        return sentence(value)
    if isinstance(value, datetime):
        return f"{day_in_words(value)} {value.astimezone(UTC):%H:%M} UTC"
    if isinstance(value, date):
        return day_in_words(value)
    if isinstance(value, Money):
        return amount_in_words(value)
    return value
