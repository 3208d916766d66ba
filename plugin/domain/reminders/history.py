"""What has gone so far on one invoice: read from the records, and carried on by the forecast."""

from datetime import date

from plugin.domain.reminders.facts import FIRST_RESEND, ContactMade, InvoiceFacts, StepRecord, StepRef, StepState
from plugin.domain.reminders.policy import Channel, PolicyStep
from plugin.domain.reminders.slots import Slot

IN_DOUBT = frozenset({StepState.SENDING, StepState.UNKNOWN, StepState.VERIFY})
GONE = IN_DOUBT | {StepState.SENT, StepState.DONE, StepState.OPEN, StepState.PARKED}


class History:
    """Which step was the strongest to go, when each went, which deadline runs, when the client last heard from us."""

    __slots__ = ("_contacts", "_facts", "deadline", "doubtful", "foreseen", "strictest", "top", "went")

    def __init__(self, facts: InvoiceFacts, slots: list[Slot]) -> None:
        self._facts = facts
        self.top: tuple[int, int, str] = (-1, 0, "")
        self.strictest: tuple[int, str] = (0, "")
        self.went: dict[str, tuple[date, date | None]] = {}
        self.deadline: tuple[date, str] | None = None
        self.doubtful: list[StepRef] = []
        self.foreseen: date | None = None
        self._contacts = list(facts.contacts)
        self._contacts.extend(ContactMade(call.day, Channel.CALL) for call in facts.calls if call.outcome.is_contact)
        for slot in slots:
            if slot.record is not None and slot.record.state in GONE:
                self._take(slot.step, slot.record)

    def foresee(self, slot: Slot, day: date, deadline: date | None) -> None:
        """Takes it that ``slot`` goes on ``day``."""
        self._strongest(slot.step, slot.occurrence)
        self._gone(slot.step.key, day, deadline)
        if slot.step.channel.reaches_client:
            self.foreseen = day

    def last_contact(self, slot: Slot, day: date) -> date | None:
        """The last day on which the client heard from us, seen from a step that would go on ``day``."""
        last = self.foreseen
        if not self._contacts:
            return last
        ref = slot.ref(self._facts.invoice_id)
        for contact in self._contacts:
            if last is not None and contact.day <= last:
                continue
            if contact.day == day and contact.currency not in ("", self._facts.currency.code):
                continue
            if ref not in contact.members:
                last = contact.day
        return last

    def _take(self, step: PolicyStep, record: StepRecord) -> None:
        ref = StepRef(self._facts.invoice_id, step.key, record.occurrence)
        if record.state in IN_DOUBT:
            self.doubtful.append(ref)
        self._strongest(step, record.occurrence)
        if record.day is None:
            return
        self._gone(step.key, record.day, record.deadline)
        if step.channel is Channel.EMAIL:
            self._contacts.append(ContactMade(record.day, members=frozenset((ref,))))

    def _strongest(self, step: PolicyStep, occurrence: int) -> None:
        """A person's resend is no stronger than the step it repeats."""
        self.top = max(self.top, (step.level, occurrence if occurrence < FIRST_RESEND else 1, step.key))
        if step.tone.rank >= self.strictest[0]:
            self.strictest = (step.tone.rank, step.key)

    def _gone(self, key: str, day: date, deadline: date | None) -> None:
        self.went[key] = (day, deadline)
        if deadline is not None and (self.deadline is None or deadline > self.deadline[0]):
            self.deadline = (deadline, key)
