"""The day on which a slot of the ladder falls: anchor plus offset, rolled to a business day."""

from datetime import date, timedelta

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import FIRST_RESEND
from plugin.domain.reminders.policy import Anchor, Unit
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import ReasonCode
from plugin.domain.reminders.slots import Slot

NO_DAY = {
    Anchor.PROMISE: ReasonCode.NO_PROMISE,
    Anchor.LAST_CONTACT: ReasonCode.NO_CONTACT,
    Anchor.ABSOLUTE: ReasonCode.NO_DATE,
}
"""Why a step has no day; the others count from a step before them."""


def set_day(slot: Slot, asked: Question) -> None:
    """Fills ``nominal``, ``date`` and ``at``; leaves them empty while the anchor's day is not known."""
    if slot.occurrence >= FIRST_RESEND:
        return
    calendar = asked.calendar
    nominal = _nominal(slot, asked)
    if nominal is None:
        slot.reason = NO_DAY.get(slot.step.anchor, ReasonCode.AFTER_PREVIOUS)
        return
    slot.nominal = nominal
    moved_to = slot.record.moved_to if slot.record else None
    if moved_to is not None:
        slot.date = calendar.next_business_day(moved_to)
        slot.reason = ReasonCode.MOVED_BY_PERSON
    else:
        slot.date = _rolled(slot, nominal, asked)
        slot.reason = ReasonCode.ON_ITS_DAY if slot.date == nominal else ReasonCode.ROLLED
        if asked.is_late and slot.step.anchor in (Anchor.DUE_DATE, Anchor.ISSUE_DATE):
            slot.reason = ReasonCode.LEFT_LATE
    slot.at = slot.date


def ends_before(slot: Slot, asked: Question) -> bool:
    """Whether a repetition lies past the end its policy sets."""
    repetition = slot.step.repetition
    if repetition is None or repetition.within_days is None or slot.occurrence == 1 or slot.nominal is None:
        return False
    return slot.nominal > asked.due_date + timedelta(days=repetition.within_days)


def notice_until(slot: Slot, asked: Question) -> date:
    """The day ahead of which a notice has to come: the due date, or that of its instalment."""
    if slot.step.anchor is Anchor.INSTALMENT:
        about = asked.facts.instalment(slot.occurrence)
        return about.due_on if about else date.max
    return asked.due_date


def _nominal(slot: Slot, asked: Question) -> date | None:
    step = slot.step
    anchor = _anchor_day(slot, asked)
    if anchor is None:
        # What is stored of an instalment whose plan is over is looked at at once, to be ended.
        return asked.today if step.anchor is Anchor.INSTALMENT else None
    # Never two steps on one day, whatever a policy says that escaped the lint.
    least = 1 if step.anchor in (Anchor.PREVIOUS_STEP, Anchor.LAST_CONTACT) else step.offset
    again = step.repetition
    if slot.occurrence == 1 or again is None or step.anchor is Anchor.INSTALMENT:
        return _offset(anchor, max(step.offset, least), step.unit, asked.calendar)
    if step.anchor is Anchor.LAST_CONTACT:
        # What stays inside is no contact: without this all its repetitions would fall on one day.
        since = slot.earlier.resolved if slot.earlier is not None and not step.reaches_client else None
        return _offset(max(anchor, since or anchor), again.every, again.unit, asked.calendar)
    first = _offset(anchor, max(step.offset, least), step.unit, asked.calendar)
    return _offset(first, again.every * (slot.occurrence - 1), again.unit, asked.calendar)


def _anchor_day(slot: Slot, asked: Question) -> date | None:
    facts, anchor = asked.facts, slot.step.anchor
    if anchor is Anchor.DUE_DATE:
        return asked.due_date
    if anchor is Anchor.ISSUE_DATE:
        return asked.issue_date
    if anchor is Anchor.PROMISE:
        return facts.promise.day if facts.promise else None
    if anchor is Anchor.ABSOLUTE:
        return slot.step.on
    if anchor is Anchor.INSTALMENT:
        about = facts.instalment(slot.occurrence)
        return about.due_on if about else None
    if anchor is Anchor.LAST_CONTACT:
        # A repetition counts from its step, which is the last contact once it has gone.
        is_next = slot.earlier is None or slot.earlier.resolved is not None
        return asked.history.about if is_next else None
    return slot.previous.resolved if slot.previous else None


def _offset(day: date, count: int, unit: Unit, calendar: BusinessCalendar) -> date:
    if unit is Unit.BUSINESS_DAYS:
        return calendar.add_business_days(day, count)
    return day + timedelta(days=count)


def _rolled(slot: Slot, nominal: date, asked: Question) -> date:
    until = notice_until(slot, asked) if slot.step.is_before_due else None
    return rolled(nominal, asked.calendar, not_before=asked.issue_date, until=until)


def rolled(nominal: date, calendar: BusinessCalendar, *, not_before: date, until: date | None) -> date:
    """The next business day; for a notice the one before, where the next is after ``until``, when it is too late.

    ``until``: for a notice, the day ahead of which it has to come; None for every other step.
    """
    later = calendar.next_business_day(nominal)
    if until is None or later == nominal or later <= until:
        return later
    earlier = calendar.previous_business_day(nominal)
    return earlier if earlier >= not_before else later
