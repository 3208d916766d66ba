"""The gate of a step's own conditions (F44): one function for each kind of guard."""

from collections.abc import Callable
from datetime import timedelta

from plugin.domain.money import Money
from plugin.domain.reminders.policy import Guard, GuardKind
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName, Outcome, Reason, ReasonCode, Value


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
    amount = asked.amount_for(asked.slot, asked.day)
    # Rounded up: what is owed is a whole number of the currency's smallest unit.
    least_minor = -(-guard.amount_minor * 10**asked.facts.currency.exponent // 10**guard.decimals)
    if amount.minor >= least_minor:
        return None
    least = Money(least_minor, asked.facts.currency)
    return _skip(Reason(ReasonCode.BELOW_AMOUNT, {"amount": amount, "least": least}))


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
    # Of several on one day the last counts; they stand in the order in which they were logged.
    last = max(reversed(calls), key=lambda call: call.day).outcome if calls else None
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


def _overdue_at_least(asked: Question, guard: Guard) -> Finding | None:
    """Waits, so that weaker steps may still go."""
    day = asked.due_date + timedelta(days=guard.days)
    if asked.day >= day:
        return None
    reason = Reason(ReasonCode.NOT_YET_OVERDUE, {"days": guard.days, "day": day})
    return Finding(GateName.GUARDS, Outcome.WAIT, reason, asked.business_day(day))


def _viewed(asked: Question, _guard: Guard) -> Finding | None:
    return None if asked.facts.viewed_on else _skip(Reason(ReasonCode.NOT_VIEWED))


def _segment(asked: Question, guard: Guard) -> Finding | None:
    segment = asked.facts.segment
    if segment in guard.names:
        return None
    values: dict[str, Value] = {"segment": repr(segment) if segment else "no segment", "wanted": ", ".join(guard.names)}
    return _skip(Reason(ReasonCode.OTHER_SEGMENT, values))


def _reliability(asked: Question, guard: Guard) -> Finding | None:
    """A client we know too little about counts as reliable, so that two steps can share all clients between them."""
    on_time, of = asked.facts.paid_on_time or (1, 1)
    record = f"{on_time} of the last {of} invoices" if asked.facts.paid_on_time else "too few invoices to tell"
    if guard.at_least is not None and on_time * 100 < guard.at_least * of:
        return _skip(Reason(ReasonCode.PAYS_LATE, {"record": record, "limit": guard.at_least}))
    if guard.at_most is not None and on_time * 100 > guard.at_most * of:
        return _skip(Reason(ReasonCode.PAYS_ON_TIME, {"record": record, "limit": guard.at_most}))
    return None


def _open_invoices(asked: Question, guard: Guard) -> Finding | None:
    number, least = asked.facts.open_invoices, guard.at_least or 0
    if number >= least:
        return None
    return _skip(Reason(ReasonCode.TOO_FEW_OPEN, {"number": number, "least": least}))


def _skip(reason: Reason) -> Finding:
    return Finding(GateName.GUARDS, Outcome.SKIP, reason)


_ASK: dict[GuardKind, Callable[[Question, Guard], Finding | None]] = {
    GuardKind.UNPAID_AT_LEAST: _unpaid_at_least,
    GuardKind.NOT_VIEWED: _not_viewed,
    GuardKind.NO_REPLY: _no_reply,
    GuardKind.CALL_OUTCOME: _call_outcome,
    GuardKind.DEADLINE_PASSED: _deadline_passed,
    GuardKind.OVERDUE_AT_LEAST: _overdue_at_least,
    GuardKind.VIEWED: _viewed,
    GuardKind.SEGMENT: _segment,
    GuardKind.RELIABILITY: _reliability,
    GuardKind.OPEN_INVOICES: _open_invoices,
}
