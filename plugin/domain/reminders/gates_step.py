"""Gates that ask about one step: whether it fits this client and this stage at all, and whom it would reach."""

from plugin.domain.reminders.days import notice_until
from plugin.domain.reminders.facts import Mode
from plugin.domain.reminders.policy import Channel, Track
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName, Outcome, Reason, ReasonCode
from plugin.domain.reminders.sentences import day_in_words


def sandbox(asked: Question) -> Finding | None:
    """The site is live; in sandbox mode what goes to a client waits, tasks of our own people do not (F36)."""
    if asked.facts.switches.mode is Mode.LIVE or not asked.step.channel.has_text:
        return None
    return Finding(GateName.SANDBOX, Outcome.HOLD, Reason(ReasonCode.SANDBOX))


def opt_out(asked: Question) -> Finding | None:
    """Neither client nor invoice is opted out, on the step's own day or on the day asked about (F12, C20).

    The own day counts so that an outage changes nothing: what fell into an opt-out stays skipped.
    """
    for opted in asked.facts.opt_outs:
        if opted.covers(asked.day) or opted.covers(asked.slot.date or asked.day):
            code = ReasonCode.CLIENT_OPT_OUT if opted.scope == "client" else ReasonCode.INVOICE_OPT_OUT
            until = f" through {day_in_words(opted.until)}" if opted.until else ""
            # Beside the sentence, never in it: names are for pages to look up, and are stored nowhere.
            reason = Reason(code, {"actor": opted.actor, "until": until, "cause": opted.reason})
            return Finding(GateName.OPT_OUT, Outcome.SKIP, reason)
    return None


def applicable(asked: Question) -> Finding | None:
    """Its day is not before issue, and a notice ahead of the due date does not come after it."""
    nominal, planned = asked.slot.nominal, asked.slot.date
    if nominal is None or planned is None:
        return None
    if nominal < asked.issue_date:
        reason = Reason(ReasonCode.BEFORE_ISSUE, {"day": nominal})
        return Finding(GateName.APPLICABLE, Outcome.SKIP, reason)
    if asked.step.is_before_due and asked.day > planned and asked.day > (until := notice_until(asked.slot, asked)):
        return Finding(GateName.APPLICABLE, Outcome.SKIP, Reason(ReasonCode.NOTICE_TOO_LATE, {"day": until}))
    return None


def autopay(asked: Question) -> Finding | None:
    """A client who pays by automatic debit gets the notice before it, and no dunning (F18, C09)."""
    if not asked.facts.autopay or asked.step.is_before_due or asked.step.track is Track.INSIDE:
        return None
    return Finding(GateName.AUTOPAY, Outcome.SKIP, Reason(ReasonCode.AUTOPAY))


def consumer(asked: Question) -> Finding | None:
    """A consumer gets friendly reminders only, unless the seller opted in (law.md L01)."""
    facts = asked.facts
    if not facts.is_consumer or facts.firm_to_consumers or asked.step.tone.rank == 0:
        return None
    if asked.step.track is Track.INSIDE:
        return None
    return Finding(GateName.CONSUMER, Outcome.SKIP, Reason(ReasonCode.CONSUMER))


def address(asked: Question) -> Finding | None:
    """A mail has somebody to go to whose address works (C38)."""
    step = asked.step
    if step.channel is not Channel.EMAIL or asked.recipients(step.recipients):
        return None
    broken = [person for person in asked.facts.recipients if person.failed_reason]
    if broken:
        values = {"address": broken[0].address, "cause": broken[0].failed_reason}
        return Finding(GateName.ADDRESS, Outcome.HOLD, Reason(ReasonCode.ADDRESS_FAILED, values))
    reason = Reason(ReasonCode.NO_ADDRESS, {"roles": ", ".join(step.recipients)})
    return Finding(GateName.ADDRESS, Outcome.HOLD, reason)


def review(asked: Question) -> Finding | None:
    """A policy that asks first has what a client will read approved by a person (C21)."""
    record = asked.slot.record
    if not asked.policy.ask_first or not asked.step.channel.has_text:
        return None
    if record is not None and record.approved:
        return None
    return Finding(GateName.REVIEW, Outcome.HOLD, Reason(ReasonCode.NOT_APPROVED))
