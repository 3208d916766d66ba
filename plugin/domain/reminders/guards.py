"""The gate of a step's own conditions (F44): one function for each kind of guard."""

from collections.abc import Callable

from plugin.domain.money import Money
from plugin.domain.reminders.policy import Guard, GuardKind
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName, Outcome, Reason, ReasonCode


def guards(asked: Question) -> Finding | None:
    """All conditions of the step hold; the first that does not answers.

    A person's "send now" sets aside all but a deadline: nobody decides on legal steps before it is over (F46).
    """
    for guard in asked.step.guards:
        if asked.slot.is_requested and guard.kind is not GuardKind.DEADLINE_PASSED:
            continue
        finding = _ASK[guard.kind](asked, guard)
        if finding is not None:
            return finding
    return None


def _unpaid_at_least(asked: Question, guard: Guard) -> Finding | None:
    if asked.amount.minor >= guard.amount_minor:
        return None
    least = Money(guard.amount_minor, asked.facts.currency)
    return _skip(Reason(ReasonCode.BELOW_AMOUNT, {"amount": asked.amount, "least": least}))


def _not_viewed(asked: Question, _guard: Guard) -> Finding | None:
    viewed = asked.facts.viewed_on
    return _skip(Reason(ReasonCode.VIEWED, {"day": viewed})) if viewed else None


def _no_reply(asked: Question, _guard: Guard) -> Finding | None:
    replied = asked.facts.reply_on
    if replied is None:
        return None
    return Finding(GateName.GUARDS, Outcome.HOLD, Reason(ReasonCode.REPLIED, {"day": replied}))


def _call_outcome(asked: Question, guard: Guard) -> Finding | None:
    calls = asked.facts.calls
    last = max(calls, key=lambda call: call.day).outcome if calls else None
    if last in guard.outcomes:
        return None
    wanted = ", ".join(guard.outcomes)
    return _skip(Reason(ReasonCode.CALL_OUTCOME, {"outcome": last or "no call", "wanted": wanted}))


def _deadline_passed(asked: Question, guard: Guard) -> Finding | None:
    """Waits, so that weaker steps may still go: a final notice caught up late comes before the legal decision."""
    went = asked.history.went.get(guard.step)
    if went is None:
        return Finding(GateName.GUARDS, Outcome.WAIT, Reason(ReasonCode.STEP_NOT_SENT, {"step": guard.step}))
    deadline = went[1]
    if deadline is None or asked.day > deadline:
        return None
    reason = Reason(ReasonCode.DEADLINE_NOT_OVER, {"step": guard.step, "day": deadline})
    return Finding(GateName.GUARDS, Outcome.WAIT, reason, asked.day_after(deadline))


def _skip(reason: Reason) -> Finding:
    return Finding(GateName.GUARDS, Outcome.SKIP, reason)


_ASK: dict[GuardKind, Callable[[Question, Guard], Finding | None]] = {
    GuardKind.UNPAID_AT_LEAST: _unpaid_at_least,
    GuardKind.NOT_VIEWED: _not_viewed,
    GuardKind.NO_REPLY: _no_reply,
    GuardKind.CALL_OUTCOME: _call_outcome,
    GuardKind.DEADLINE_PASSED: _deadline_passed,
}
