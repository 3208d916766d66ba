"""The ladder laid out for one invoice: a slot for each step and occurrence. ``days`` gives each its day."""

from collections.abc import Iterable, Sequence
from datetime import date

from plugin.domain.reminders.facts import FIRST_RESEND, Instalment, StepRecord, StepRef, StepState
from plugin.domain.reminders.policy import Anchor, Channel, Policy, PolicyStep, Tone, Track
from plugin.domain.reminders.reasons import Finding, Reason, ReasonCode
from plugin.domain.reminders.timeline import Entry

UNDECIDED = frozenset({StepState.PLANNED, StepState.CLAIMED, StepState.HELD, StepState.DEFERRED})
MAY_COME_BACK = frozenset(
    {
        ReasonCode.PAID,
        ReasonCode.SETTLED,
        ReasonCode.CREDITED,
        ReasonCode.WRITTEN_OFF,
        ReasonCode.INSTALMENT_PAID,
        ReasonCode.NO_PLAN,
    }
)
"""Cancellations that are decided anew each time: a balance may come back (refund, chargeback), and so may a plan."""


class Slot:
    """One step, one occurrence, while ``plan`` works on it.

    ``rank`` orders the slots of one track by strength. ``nominal``: anchor plus offset. ``date``: its day after
    rolling. ``at``: when it is looked at next. ``held``: what stands in its way today. ``stalled``: what stands in its
    way until another step goes. ``shift``: why a forecast moved. ``resolved``: the day it went or fell away, from which
    the next step may count. ``previous``: the last slot of the step before; ``earlier``: the occurrence before of the
    same step.
    """

    __slots__ = (
        "at",
        "date",
        "earlier",
        "entry",
        "held",
        "nominal",
        "occurrence",
        "previous",
        "rank",
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
        self.rank = rank_of(step, occurrence)
        self.record = record
        self.nominal: date | None = None
        self.date: date | None = None
        self.at: date | None = None
        self.reason: ReasonCode = ReasonCode.ON_ITS_DAY
        self.previous: Slot | None = None
        self.earlier: Slot | None = None
        self.held: tuple[Finding, ...] = ()
        self.stalled: tuple[Finding, ...] = ()
        self.shift: Reason | None = None
        self.resolved: date | None = None
        self.entry: Entry | None = None

    def ref(self, invoice_id: str) -> StepRef:
        """Its name in records and contacts."""
        return StepRef(invoice_id, self.step.key, self.occurrence)

    @property
    def is_undecided(self) -> bool:
        """Whether the database leaves it to ``plan`` what becomes of it."""
        record = self.record
        if record is None or record.state in UNDECIDED:
            return True
        return record.state is StepState.CANCELLED and record.reason_code in MAY_COME_BACK

    @property
    def is_requested(self) -> bool:
        """Whether a person asked for it to go now."""
        if self.record is None or not self.is_undecided:
            return False
        return self.record.requested or self.occurrence >= FIRST_RESEND


def rank_of(step: PolicyStep, occurrence: int) -> tuple[int, int]:
    """The strength of one occurrence within its track. A later instalment outranks all that was said of others."""
    return (occurrence, step.level) if step.anchor is Anchor.INSTALMENT else (step.level, occurrence)


def lay_out(policy: Policy, records: Iterable[StepRecord], instalments: Sequence[Instalment] = ()) -> list[Slot]:
    """A slot for every occurrence the policy plans, every resend of a person and everything past, weakest first.

    Steps about instalments come last, an occurrence for each instalment.
    """
    known = {(record.key, record.occurrence): record for record in records}
    steps = {step.key: step for step in policy.steps}
    slots: list[Slot] = []
    previous: Slot | None = None
    has_instalments = False
    for step in sorted(policy.steps, key=lambda step: step.level):
        if step.anchor is Anchor.INSTALMENT:
            of_plan = _for_instalments(step, known, instalments) if known or instalments else []
            slots += of_plan
            has_instalments = has_instalments or bool(of_plan)
            continue
        earlier: Slot | None = None
        for occurrence in range(1, 2 + (step.repetition.at_most if step.repetition else 0)):
            slot = Slot(step, occurrence, known.pop((step.key, occurrence), None))
            slot.previous, slot.earlier = previous, earlier
            slots.append(slot)
            earlier = slot
        previous = earlier
    if known:
        slots += _left_over(steps, known.values())
    if known or has_instalments:
        slots.sort(key=lambda slot: (slot.step.track is Track.INSTALMENTS, slot.rank))
    return slots


def _for_instalments(
    step: PolicyStep, known: dict[tuple[str, int], StepRecord], instalments: Sequence[Instalment]
) -> list[Slot]:
    """A slot for each instalment, and for what is stored of plans that are over."""
    numbers = {each.number for each in instalments}
    numbers |= {occurrence for key, occurrence in known if key == step.key and occurrence < FIRST_RESEND}
    return [Slot(step, number, known.pop((step.key, number), None)) for number in sorted(numbers)]


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
