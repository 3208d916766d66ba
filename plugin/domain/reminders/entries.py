"""Turns what the walk found into the entries of a timeline."""

from datetime import date, datetime

from plugin.domain.reminders.facts import StepRecord, StepState
from plugin.domain.reminders.policy import Channel
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, Outcome, Reason, ReasonCode, Value
from plugin.domain.reminders.slots import Slot
from plugin.domain.reminders.timeline import Entry, Verdict

RECORDED = {
    StepState.SENT: (Verdict.SENT, ReasonCode.SENT),
    StepState.DONE: (Verdict.DONE, ReasonCode.DONE),
    StepState.OPEN: (Verdict.OPEN, ReasonCode.TASK_OPEN),
    StepState.SENDING: (Verdict.IN_FLIGHT, ReasonCode.IN_FLIGHT),
    StepState.UNKNOWN: (Verdict.IN_FLIGHT, ReasonCode.IN_FLIGHT),
    StepState.VERIFY: (Verdict.IN_FLIGHT, ReasonCode.IN_FLIGHT),
    StepState.PARKED: (Verdict.PARKED, ReasonCode.PARKED),
    StepState.FAILED: (Verdict.FAILED, ReasonCode.FAILED),
    StepState.SKIPPED: (Verdict.SKIPPED, ReasonCode.RECORDED),
    StepState.SUPERSEDED: (Verdict.SUPERSEDED, ReasonCode.RECORDED),
    StepState.CANCELLED: (Verdict.CANCELLED, ReasonCode.RECORDED),
}
NEVER_OFFERED = ("stalled", "stumbled")
"""How the codes of parked steps begin of which nothing has left; any other parked mail may have arrived."""
_REFUSED = {Outcome.CANCEL: Verdict.CANCELLED, Outcome.SKIP: Verdict.SKIPPED}


def going(asked: Question, slot: Slot, day: date, deadline: date | None) -> Entry:
    """The slot goes on ``day``: due today, planned later, or held today and expected then."""
    if slot.held:
        return _open(asked, slot, day, Verdict.HELD, slot.held[0].reason, findings=slot.held, deadline=deadline)
    verdict = Verdict.DUE if day == asked.today else Verdict.PLANNED
    return _open(asked, slot, day, verdict, _why_that_day(asked, slot, day), deadline=deadline)


def held(asked: Question, slot: Slot, day: date, found: tuple[Finding, ...]) -> Entry:
    """The slot waits for something that no known day brings, or for an hour later that day."""
    findings = slot.held or found
    return _open(asked, slot, day, Verdict.HELD, findings[0].reason, findings=findings)


def refused(asked: Question, slot: Slot, day: date | None, found: tuple[Finding, ...]) -> Entry:
    """A gate ends the slot; one that is held today stays held until that day comes."""
    if slot.held:
        return _open(asked, slot, day, Verdict.HELD, slot.held[0].reason, findings=slot.held)
    return _open(asked, slot, day, _REFUSED[found[0].outcome], found[0].reason, findings=found)


def superseded(asked: Question, slot: Slot, day: date, by: str | None, reason: Reason) -> Entry:
    """Another step goes instead; a slot that is held today stays held and names that step."""
    if slot.held:
        return _open(asked, slot, day, Verdict.HELD, slot.held[0].reason, findings=slot.held, by=by)
    return _open(asked, slot, day, Verdict.SUPERSEDED, reason, by=by)


def without_day(asked: Question, slot: Slot) -> Entry:
    """The slot's anchor has no day yet."""
    values: dict[str, Value] = {"previous": slot.previous.step.key} if slot.previous else {"previous": ""}
    return _open(asked, slot, None, Verdict.PLANNED, Reason(slot.reason, values))


def recorded(asked: Question, slot: Slot, record: StepRecord) -> Entry:
    """What the database says already."""
    step = slot.step
    verdict, reason = _of_record(record)
    return Entry(
        invoice_id=asked.facts.invoice_id,
        key=step.key,
        occurrence=slot.occurrence,
        level=step.level,
        channel=step.channel,
        tone=step.tone,
        template=step.template,
        ask=step.ask,
        nominal=slot.nominal,
        day=record.day or slot.date,
        verdict=verdict,
        reason=reason,
        settled=True,
        deadline=record.deadline,
    )


def _of_record(record: StepRecord) -> tuple[Verdict, Reason]:
    verdict, code = RECORDED[record.state]
    if code is ReasonCode.PARKED and record.reason_code.startswith(NEVER_OFFERED):
        code = ReasonCode.NOT_OFFERED
    values: dict[str, Value] = {
        "day": record.day or "an unknown day",
        "outcome": record.outcome or "no outcome noted",
        "cause": record.reason or record.reason_code or record.state.value,
    }
    return verdict, Reason(code, values)


def _open(
    asked: Question,
    slot: Slot,
    day: date | None,
    verdict: Verdict,
    reason: Reason,
    *,
    findings: tuple[Finding, ...] = (),
    deadline: date | None = None,
    by: str | None = None,
) -> Entry:
    step = slot.step
    return Entry(
        invoice_id=asked.facts.invoice_id,
        key=step.key,
        occurrence=slot.occurrence,
        level=step.level,
        channel=step.channel,
        tone=step.tone,
        template=step.template,
        ask=step.ask,
        nominal=slot.nominal,
        day=day,
        verdict=verdict,
        reason=reason,
        findings=findings,
        until=free_on(findings) if verdict is Verdict.HELD else None,
        until_at=_free_at(findings) if verdict is Verdict.HELD else None,
        recipients=asked.recipients(step.recipients) if step.channel is Channel.EMAIL else (),
        amount=asked.amount_for(slot, day or asked.today),
        pay_by=asked.pay_by(slot, day or asked.today),
        deadline=deadline,
        superseded_by=by,
    )


def free_on(found: tuple[Finding, ...]) -> date | None:
    """The first day on which none of the objections need stand; None when one of them does not end by time alone."""
    latest = date.min
    for finding in found:
        if finding.until is None:
            return None
        latest = max(latest, finding.until)
    return latest if found else None


def _free_at(found: tuple[Finding, ...]) -> datetime | None:
    return found[0].until_at if len(found) == 1 else None


def _why_that_day(asked: Question, slot: Slot, day: date) -> Reason:
    if slot.is_requested:
        return Reason(ReasonCode.REQUESTED)
    planned = slot.date or day
    if slot.shift is not None and day != asked.today:
        return Reason(ReasonCode.SHIFTED, {"planned": planned, "day": day, "cause": slot.shift})
    if planned < day:
        return Reason(ReasonCode.CATCH_UP, {"day": planned})
    if slot.reason is ReasonCode.ROLLED and slot.nominal is not None:
        cause = asked.calendar.reason(slot.nominal) or ""
        return Reason(ReasonCode.ROLLED, {"nominal": slot.nominal, "day": planned, "cause": cause})
    if slot.reason is ReasonCode.LEFT_LATE and asked.facts.left_on is not None:
        return Reason(ReasonCode.LEFT_LATE, {"left": asked.facts.left_on, "due": asked.facts.due_date, "day": planned})
    return Reason(slot.reason, {"day": planned})
