"""The ladder laid out for one invoice: a slot for each step and occurrence, with the day it falls on."""

from collections.abc import Iterable
from datetime import date, timedelta

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import FIRST_RESEND, InvoiceFacts, StepRecord, StepRef, StepState
from plugin.domain.reminders.policy import Anchor, Channel, Policy, PolicyStep, Tone, Unit
from plugin.domain.reminders.reasons import Finding, Reason, ReasonCode
from plugin.domain.reminders.timeline import Entry

UNDECIDED = frozenset({StepState.PLANNED, StepState.CLAIMED, StepState.HELD, StepState.DEFERRED})
MONEY_CAME = frozenset({ReasonCode.PAID, ReasonCode.SETTLED, ReasonCode.CREDITED, ReasonCode.WRITTEN_OFF})
"""Cancellations that are decided anew each time, because a balance may come back (refund, chargeback)."""


class Slot:
    """One step, one occurrence, while ``plan`` works on it.

    ``nominal``: anchor plus offset. ``date``: its day after rolling. ``at``: when it is looked at next. ``held``: what
    stands in its way today. ``stalled``: what stands in its way until another step goes. ``shift``: why a forecast
    moved. ``resolved``: the day it went or fell away, from which the next step may count.
    """

    __slots__ = (
        "at",
        "date",
        "entry",
        "held",
        "nominal",
        "occurrence",
        "previous",
        "reason",
        "record",
        "resolved",
        "shift",
        "stalled",
        "step",
    )

    def __init__(self, step: PolicyStep, occurrence: int, record: StepRecord | None) -> None:
        self.step = step
        self.occurrence = occurrence
        self.record = record
        self.nominal: date | None = None
        self.date: date | None = None
        self.at: date | None = None
        self.reason: ReasonCode = ReasonCode.ON_ITS_DAY
        self.previous: Slot | None = None
        self.held: tuple[Finding, ...] = ()
        self.stalled: tuple[Finding, ...] = ()
        self.shift: Reason | None = None
        self.resolved: date | None = None
        self.entry: Entry | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Orders slots by strength."""
        return (self.step.level, self.occurrence)

    def ref(self, invoice_id: str) -> StepRef:
        """Its name in records and contacts."""
        return StepRef(invoice_id, self.step.key, self.occurrence)

    @property
    def is_undecided(self) -> bool:
        """Whether the database leaves it to ``plan`` what becomes of it."""
        record = self.record
        if record is None or record.state in UNDECIDED:
            return True
        return record.state is StepState.CANCELLED and record.reason_code in MONEY_CAME

    @property
    def is_requested(self) -> bool:
        """Whether a person asked for it to go now."""
        if self.record is None or not self.is_undecided:
            return False
        return self.record.requested or self.occurrence >= FIRST_RESEND


def lay_out(policy: Policy, records: Iterable[StepRecord]) -> list[Slot]:
    """A slot for every occurrence the policy plans, every resend of a person and everything past, weakest first."""
    known = {(record.key, record.occurrence): record for record in records}
    steps = {step.key: step for step in policy.steps}
    slots: list[Slot] = []
    previous: Slot | None = None
    for step in sorted(policy.steps, key=lambda step: step.level):
        times = 1 + (step.repetition.at_most if step.repetition else 0)
        for occurrence in range(1, times + 1):
            slot = Slot(step, occurrence, known.pop((step.key, occurrence), None))
            slot.previous = previous
            slots.append(slot)
        previous = slots[-1]
    if known:
        slots += _left_over(steps, known.values())
        slots.sort(key=lambda slot: slot.rank)
    return slots


def _left_over(steps: dict[str, PolicyStep], records: Iterable[StepRecord]) -> list[Slot]:
    """Slots of what the policy does not plan: a person's resends, and history from before a migration."""
    slots = [Slot(steps.get(record.key) or _as_step(record), record.occurrence, record) for record in records]
    return [slot for slot in slots if not slot.is_undecided or (slot.is_requested and slot.step.key in steps)]


def _as_step(record: StepRecord) -> PolicyStep:
    """A step that this policy does not have, as far as its record tells."""
    return PolicyStep(
        key=record.key,
        level=record.level or 0,
        anchor=Anchor.PREVIOUS_STEP,
        offset=0,
        channel=record.channel or Channel.EMAIL,
        tone=record.tone or Tone.FRIENDLY,
    )


def set_day(slot: Slot, facts: InvoiceFacts, calendar: BusinessCalendar) -> None:
    """Fills ``nominal``, ``date`` and ``at``; leaves them empty while the anchor's day is not known."""
    if slot.occurrence >= FIRST_RESEND:
        return
    nominal = _nominal(slot, facts, calendar)
    if nominal is None:
        slot.reason = ReasonCode.NO_PROMISE if slot.step.anchor is Anchor.PROMISE else ReasonCode.AFTER_PREVIOUS
        return
    slot.nominal = nominal
    moved_to = slot.record.moved_to if slot.record else None
    if moved_to is not None:
        slot.date = calendar.next_business_day(moved_to)
        slot.reason = ReasonCode.MOVED_BY_PERSON
    else:
        slot.date = _rolled(slot.step, nominal, facts, calendar)
        slot.reason = ReasonCode.ON_ITS_DAY if slot.date == nominal else ReasonCode.ROLLED
        if facts.delay and slot.step.anchor in (Anchor.DUE_DATE, Anchor.ISSUE_DATE):
            slot.reason = ReasonCode.LEFT_LATE
    slot.at = slot.date


def ends_before(slot: Slot, facts: InvoiceFacts) -> bool:
    """Whether a repetition lies past the end its policy sets."""
    repetition = slot.step.repetition
    if repetition is None or repetition.within_days is None or slot.occurrence == 1 or slot.nominal is None:
        return False
    return slot.nominal > facts.ladder_due_date + timedelta(days=repetition.within_days)


def _nominal(slot: Slot, facts: InvoiceFacts, calendar: BusinessCalendar) -> date | None:
    anchor = _anchor_day(slot.step.anchor, slot.previous, facts)
    if anchor is None:
        return None
    # Never two steps on one day, whatever a policy says that escaped the lint.
    least = 1 if slot.step.anchor is Anchor.PREVIOUS_STEP else slot.step.offset
    first = _offset(anchor, max(slot.step.offset, least), slot.step.unit, calendar)
    repetition = slot.step.repetition
    if slot.occurrence == 1 or repetition is None:
        return first
    return _offset(first, repetition.every * (slot.occurrence - 1), repetition.unit, calendar)


def _anchor_day(anchor: Anchor, previous: Slot | None, facts: InvoiceFacts) -> date | None:
    if anchor is Anchor.DUE_DATE:
        return facts.ladder_due_date
    if anchor is Anchor.ISSUE_DATE:
        return facts.ladder_issue_date
    if anchor is Anchor.PROMISE:
        return facts.promise.day if facts.promise else None
    return previous.resolved if previous else None


def _offset(day: date, count: int, unit: Unit, calendar: BusinessCalendar) -> date:
    if unit is Unit.BUSINESS_DAYS:
        return calendar.add_business_days(day, count)
    return day + timedelta(days=count)


def _rolled(step: PolicyStep, nominal: date, facts: InvoiceFacts, calendar: BusinessCalendar) -> date:
    """The next business day; for a notice ahead of the due date the one before it, where the next would be too late."""
    if calendar.is_business_day(nominal):
        return nominal
    later = calendar.next_business_day(nominal)
    if step.is_before_due and later > facts.ladder_due_date:
        earlier = calendar.previous_business_day(nominal)
        return earlier if earlier >= facts.ladder_issue_date else later
    return later
