"""Gates that ask about the day: pauses, promises, plans, deadlines, other contacts, hours. They name the day after."""

from datetime import date, timedelta

from plugin.domain.calendar import civil_day
from plugin.domain.reminders.facts import QuietPeriod
from plugin.domain.reminders.policy import Anchor, Track
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName, Outcome, Reason, ReasonCode, Value
from plugin.domain.reminders.sentences import day_in_words


def pause(asked: Question) -> Finding | None:
    """Nobody has paused the invoice through this day (C19)."""
    covering = [pause for pause in asked.facts.pauses if pause.until is None or asked.day <= pause.until]
    if not covering:
        return None
    longest = max(covering, key=lambda pause: pause.until or date.max)
    until = f" through {day_in_words(longest.until)}" if longest.until else ""
    reason = Reason(ReasonCode.PAUSED, {"until": until, "cause": longest.reason})
    opens = asked.day_after(longest.until) if longest.until else None
    return Finding(GateName.PAUSE, Outcome.HOLD, reason, opens)


def promise(asked: Question) -> Finding | None:
    """No promise runs: chasing resumes the day after the promised one (C22). Steps about the promise may go."""
    promised = asked.facts.promise
    if promised is None or asked.day > promised.day or asked.step.anchor is Anchor.PROMISE:
        return None
    reason = Reason(ReasonCode.PROMISED, {"day": promised.day})
    return Finding(GateName.PROMISE, Outcome.HOLD, reason, asked.day_after(promised.day))


def plan_running(asked: Question) -> Finding | None:
    """No payment plan runs, or it was broken by this day (F45); reminders of instalments go only while one does."""
    running = asked.facts.plan
    if asked.step.anchor is Anchor.INSTALMENT:
        return _instalment_open(asked)
    if running is None or (running.broken_on is not None and asked.day >= running.broken_on):
        return None
    opens = asked.business_day(running.broken_on) if running.broken_on else None
    return Finding(GateName.PLAN, Outcome.HOLD, Reason(ReasonCode.IN_PLAN), opens)


def _instalment_open(asked: Question) -> Finding | None:
    """A new plan, or a payment taken back, brings it to life again.

    A forecast takes it that the plan is kept: a later instalment is not called off because the next is not paid yet.
    """
    running = asked.facts.plan
    is_over = running is None or (running.broken_on is not None and asked.today >= running.broken_on)
    about = asked.instalment_of(asked.slot, asked.day)
    if is_over or about is None:
        reason = Reason(ReasonCode.NO_PLAN, {"number": about.number if about else asked.slot.occurrence})
        return Finding(GateName.PLAN, Outcome.CANCEL, reason)
    if about.open.minor > 0:
        return None
    return Finding(GateName.PLAN, Outcome.CANCEL, Reason(ReasonCode.INSTALMENT_PAID, {"number": about.number}))


def deadline(asked: Question) -> Finding | None:
    """No deadline we gave still runs; the next gate opens the day after (F43).

    A payment plan is a newer agreement, and our own people need not wait.
    """
    given = asked.history.deadline
    if given is None or asked.day > given[0] or asked.step.track is not Track.LADDER:
        return None
    reason = Reason(ReasonCode.DEADLINE_RUNNING, {"day": given[0]})
    return Finding(GateName.DEADLINE, Outcome.HOLD, reason, asked.day_after(given[0]))


def freshness(asked: Question) -> Finding | None:
    """The payment data are no older than allowed (U10)."""
    facts = asked.facts
    limit = facts.payments_limit_hours
    if limit is None:
        return None
    if facts.payments_as_of is None:
        return Finding(GateName.FRESHNESS, Outcome.HOLD, Reason(ReasonCode.NO_PAYMENTS))
    age = facts.read_at - facts.payments_as_of
    if age <= timedelta(hours=limit):
        return None
    values = {"age": int(age.total_seconds() // 3600), "limit": limit}
    return Finding(GateName.FRESHNESS, Outcome.HOLD, Reason(ReasonCode.STALE_PAYMENTS, values))


def in_doubt(asked: Question) -> Finding | None:
    """Nothing else of this invoice is on its way to the client without an answer."""
    if asked.step.track is Track.INSIDE:
        return None
    for ref in asked.history.doubtful:
        if ref != asked.slot.ref(asked.facts.invoice_id):
            return Finding(GateName.IN_DOUBT, Outcome.HOLD, Reason(ReasonCode.IN_DOUBT, {"step": ref.key}))
    return None


def interval(asked: Question) -> Finding | None:
    """Enough days lie behind the last contact with the client, over all projects (F25, U20); never two on one day.

    The mail that brings an invoice is no chasing, but nobody is reminded of it on the day it comes.
    """
    if not asked.step.reaches_client:
        return None
    if asked.facts.left_on == asked.day:
        reason = Reason(ReasonCode.JUST_LEFT, {"day": asked.day})
        return Finding(GateName.INTERVAL, Outcome.HOLD, reason, asked.day_after(asked.day))
    return recent_contact(asked)


def recent_contact(asked: Question) -> Finding | None:
    """The days that have to lie between two contacts, whatever they were about."""
    least = max(asked.facts.contact_interval_days, 1)
    last = asked.history.last_contact(asked.slot, asked.day)
    if last is None or (asked.day - last).days >= least:
        return None
    reason = Reason(ReasonCode.RECENT_CONTACT, {"day": last, "interval": least})
    return Finding(GateName.INTERVAL, Outcome.HOLD, reason, asked.business_day(last + timedelta(days=least)))


def manual_mail(asked: Question) -> Finding | None:
    """No person was in touch with the client within the quiet days (C06)."""
    facts = asked.facts
    if not facts.manual_mails or not asked.step.reaches_client:
        return None
    last = max(facts.manual_mails)
    if (asked.day - last).days >= facts.manual_quiet_days:
        return None
    reason = Reason(ReasonCode.MANUAL_MAIL, {"day": last, "quiet": facts.manual_quiet_days})
    opens = asked.business_day(last + timedelta(days=facts.manual_quiet_days))
    return Finding(GateName.MANUAL_MAIL, Outcome.HOLD, reason, opens)


def quiet(asked: Question) -> Finding | None:
    """The day lies in no quiet period of the site or the client; it goes on the first business day after."""
    found = _quiet_on(asked, asked.day)
    if found is None or not asked.step.reaches_client:
        return None
    opens = asked.day_after(found.last)
    while (another := _quiet_on(asked, opens)) is not None:
        opens = asked.day_after(another.last)
    values: dict[str, Value] = {"name": found.name, "first": found.first, "last": found.last}
    return Finding(GateName.QUIET, Outcome.HOLD, Reason(ReasonCode.QUIET, values), opens)


def _quiet_on(asked: Question, day: date) -> QuietPeriod | None:
    """The quiet period over ``day``, that which lasts longest where there are several."""
    covering = [period for period in asked.facts.quiet if period.first <= day <= period.last]
    return max(covering, key=lambda period: period.last, default=None)


def business_day(asked: Question) -> Finding | None:
    """The client's calendar works on this day (C17)."""
    cause = asked.calendar.reason(asked.day)
    if cause is None:
        return None
    reason = Reason(ReasonCode.NO_BUSINESS_DAY, {"day": asked.day, "cause": cause})
    return Finding(GateName.BUSINESS_DAY, Outcome.HOLD, reason, asked.business_day(asked.day))


def window(asked: Question) -> Finding | None:
    """It is an hour in which the client gets mail, in the client's zone (F27, C17)."""
    facts = asked.facts
    hours = facts.window
    if hours is None or not asked.step.channel.keeps_hours or hours.contains(facts.read_at):
        return None
    opens = hours.next_instant(facts.read_at, asked.calendar)
    values = {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}", "zone": hours.zone}
    opens_on = asked.business_day(max(asked.day, civil_day(opens, hours.zone)))
    return Finding(GateName.WINDOW, Outcome.HOLD, Reason(ReasonCode.OUTSIDE_WINDOW, values), opens_on, opens)


def lateness(asked: Question) -> Finding | None:
    """It could not have gone much earlier, where the policy sets a limit; otherwise a person decides."""
    limit = asked.policy.ask_when_late_days
    record = asked.slot.record
    if limit is None or asked.slot.date is None or (record is not None and record.approved):
        return None
    late = (asked.day - _free_since(asked, asked.slot.date)).days
    if late <= limit:
        return None
    return Finding(GateName.LATENESS, Outcome.HOLD, Reason(ReasonCode.TOO_LATE, {"late": late, "limit": limit}))


def _free_since(asked: Question, planned: date) -> date:
    """The day since which nothing we know of stood in the way: what we held on purpose is not late."""
    facts = asked.facts
    after = [pause.until for pause in facts.pauses if pause.until]
    after += [facts.promise.day] if facts.promise else []
    after += [period.last for period in facts.quiet]
    after += [asked.history.deadline[0]] if asked.history.deadline else []
    days = [asked.day_after(day) for day in after]
    days += [facts.plan.broken_on] if facts.plan and facts.plan.broken_on else []
    days += [day + timedelta(days=facts.manual_quiet_days) for day in facts.manual_mails]
    last = asked.history.last_contact(asked.slot, asked.day)
    days += [last + timedelta(days=facts.contact_interval_days)] if last else []
    return max([planned, *(asked.business_day(day) for day in days if day <= asked.day)])
