"""A policy in words (C23): "3 days after the due date: a friendly mail to billing". Field by field, for diffs too."""

from collections.abc import Callable, Iterator, Mapping

from plugin.domain.reminders.policy import (
    Action,
    ActionKind,
    Anchor,
    AskKind,
    Attachment,
    CallOutcome,
    Channel,
    Guard,
    GuardKind,
    Policy,
    PolicyStep,
    Role,
    Unit,
)
from plugin.domain.reminders.sentences import day_in_words

ANCHORS = {
    Anchor.ISSUE_DATE: "the issue date",
    Anchor.DUE_DATE: "the due date",
    Anchor.PREVIOUS_STEP: "the step before is done",
    Anchor.PROMISE: "the promised day",
    Anchor.LAST_CONTACT: "the last contact",
    Anchor.INSTALMENT: "the due day of each instalment",
}
ROLES = {
    Role.BILLING: "billing",
    Role.SPONSOR: "the sponsor",
    Role.CC: "the people in copy",
    Role.ESCALATION: "the escalation contact",
    Role.ACCOUNT_MANAGER: "our account manager",
}
OUTCOMES = {
    CallOutcome.ANSWERED: "answered",
    CallOutcome.VOICEMAIL: "voicemail",
    CallOutcome.NO_ANSWER: "no answer",
    CallOutcome.WRONG_CONTACT: "wrong contact",
    CallOutcome.PROMISE: "a promise",
    CallOutcome.DISPUTE: "a dispute",
    CallOutcome.REFUSED: "a refusal",
}
ATTACHMENTS = {
    Attachment.PDF: "the invoice as PDF",
    Attachment.XML: "the invoice as XML",
    Attachment.STATEMENT: "the statement of account",
}
_TASKS = {
    Channel.CALL: "a phone call",
    Channel.PLAN_OFFER: "a task to offer a payment plan",
    Channel.LEGAL_DECISION: "a decision of a person on legal steps",
}
_ACTIONS = {
    ActionKind.COMMENT: "a comment on the Jira issue",
    ActionKind.MENTION: "a comment that mentions the project's owner",
    ActionKind.NOTIFY: "a notification by Jira",
    ActionKind.TRANSITION: "the Jira issue moves to {target}",
    ActionKind.WEBHOOK: "a message through {target}",
}
NOTHING = "none"


def policy_in_words(policy: Policy) -> tuple[str, ...]:
    """A sentence for each step in its order, after those about the whole policy."""
    return (*_of_policy(policy), *(step_in_words(step) for step in policy.steps))


def step_in_words(step: PolicyStep) -> str:
    """When, what, to whom, and every condition; one sentence and, where there are more to say, some after it."""
    fields = fields_in_words(step)
    head = _capital(f"{fields['when']}: {fields['what']}")
    if step.channel.has_text:
        head += f" to {fields['recipients']}"
    asks = f", asking for {fields['asks for']}" if step.ask.kind is AskKind.DEADLINE else ""
    more = [fields[name] for name in ("conditions", "repetition") if fields[name] != NOTHING]
    if step.channel.has_text and step.attachments != (Attachment.PDF,):
        more.insert(0, f"with {fields['attachments']}" if step.attachments else "without attachments")
    if step.states_claim:
        more.insert(0, "it states interest and the fixed sum")
    return ". ".join([head + asks, *(_capital(each) for each in more)]) + "."


def settings_in_words(policy: Policy) -> Mapping[str, str]:
    """What a policy sets beside its steps, by the name of the setting."""
    late = policy.ask_when_late_days
    return {
        "name": policy.name,
        "approval": "every step waits until a person has approved it" if policy.ask_first else "steps go by themselves",
        "lateness": f"what is more than {_days(late)} late waits for a person" if late else "what is late still goes",
    }


def fields_in_words(step: PolicyStep) -> Mapping[str, str]:
    """Everything about a step but its key and level, by the name of the field; "none" where there is nothing."""
    return {
        "when": when_in_words(step),
        "what": _what(step),
        "tone": step.tone.value,
        "text": step.template or NOTHING,
        "recipients": _list([ROLES[role] for role in step.recipients]) or "nobody",
        "asks for": _asks(step),
        "attachments": _list([ATTACHMENTS[each] for each in step.attachments]) or NOTHING,
        "claim": "stated" if step.states_claim else "not stated",
        "conditions": "; ".join(guard_in_words(guard) for guard in step.guards) or NOTHING,
        "repetition": _repetition(step),
    }


def when_in_words(step: PolicyStep) -> str:
    """For example "3 business days after the due date", "on the due date", "on 22 December 2026"."""
    if step.anchor is Anchor.ABSOLUTE:
        anchor = day_in_words(step.on) if step.on else "a day that is not chosen yet"
    else:
        anchor = ANCHORS[step.anchor]
    if step.offset == 0:
        return f"when {anchor}" if step.anchor is Anchor.PREVIOUS_STEP else f"on {anchor}"
    unit = "business day" if step.unit is Unit.BUSINESS_DAYS else "day"
    return f"{_counted(abs(step.offset), unit)} {'after' if step.offset > 0 else 'before'} {anchor}"


def guard_in_words(guard: Guard) -> str:
    """What must hold, and what happens otherwise where it is no skipping."""
    return _GUARDS[guard.kind](guard)


def _of_policy(policy: Policy) -> Iterator[str]:
    words = settings_in_words(policy)
    if policy.ask_first:
        yield _capital(words["approval"]) + "."
    if policy.ask_when_late_days:
        yield _capital(words["lateness"]) + "."


def _what(step: PolicyStep) -> str:
    if step.channel in _TASKS:
        return _TASKS[step.channel]
    if step.channel is Channel.EMAIL:
        return f"a {step.tone} mail"
    if step.channel is Channel.LETTER:
        return f"a {step.tone} letter"
    return _action(step.action)


def _action(action: Action | None) -> str:
    if action is None:
        return "something that is not chosen yet"
    return _ACTIONS[action.kind].format(target=action.target or "a target that is not chosen yet")


def _asks(step: PolicyStep) -> str:
    match step.ask.kind:
        case AskKind.DEADLINE:
            return f"payment within {_counted(step.ask.business_days, 'business day')}"
        case AskKind.PAYMENT:
            return "payment"
        case AskKind.CALL:
            return "a phone call"
        case AskKind.PLAN:
            return "a payment plan"
        case AskKind.LEGAL_DECISION:
            return "a decision"


def _repetition(step: PolicyStep) -> str:
    again = step.repetition
    if again is None:
        return NOTHING
    unit = "business day" if again.unit is Unit.BUSINESS_DAYS else "day"
    every = f"again every {_counted(again.every, unit)}, at most {_counted(again.at_most, 'time')}"
    return every + (f", until {_days(again.within_days)} after the due date" if again.within_days is not None else "")


def _reliability(guard: Guard) -> str:
    bounds = [("at least", guard.at_least), ("at most", guard.at_most)]
    shares = " and ".join(f"{word} {share} %" for word, share in bounds if share is not None)
    return f"only for clients who paid {shares} of their last invoices on time"


def _segment(guard: Guard) -> str:
    return f"only for clients of the segment {_list(guard.names, last='or')}"


def _call_outcome(guard: Guard) -> str:
    return f"only if the last call ended with {_list([OUTCOMES[each] for each in guard.outcomes], last='or')}"


def _unpaid(guard: Guard) -> str:
    whole, part = divmod(guard.amount_minor, 10**guard.decimals)
    behind = f".{part:0{guard.decimals}}" if guard.decimals else ""
    return f"only while at least {whole:,}{behind} is owed"


def _open_invoices(guard: Guard) -> str:
    return f"only for clients with at least {_counted(guard.at_least or 0, 'open invoice')}"


_GUARDS: dict[GuardKind, Callable[[Guard], str]] = {
    GuardKind.UNPAID_AT_LEAST: _unpaid,
    GuardKind.NOT_VIEWED: lambda _: "only if the client has not opened the invoice",
    GuardKind.NO_REPLY: lambda _: "waits for a person when the client has replied",
    GuardKind.CALL_OUTCOME: _call_outcome,
    GuardKind.DEADLINE_PASSED: lambda guard: f"not before the deadline of {guard.step!r} is over",
    GuardKind.OVERDUE_AT_LEAST: lambda guard: f"not before it is {_days(guard.days)} overdue",
    GuardKind.VIEWED: lambda _: "only if the client has opened the invoice",
    GuardKind.SEGMENT: _segment,
    GuardKind.RELIABILITY: _reliability,
    GuardKind.OPEN_INVOICES: _open_invoices,
}


def _days(count: int) -> str:
    return _counted(count, "day")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _list(words: list[str] | tuple[str, ...], *, last: str = "and") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
