"""What has gone so far on one invoice: read from the records, and carried on by the forecast."""

from datetime import date

from plugin.domain.reminders.facts import FIRST_RESEND, ContactMade, InvoiceFacts, StepRecord, StepRef, StepState
from plugin.domain.reminders.policy import Channel, PolicyStep, Track
from plugin.domain.reminders.slots import Slot, rank_of

IN_DOUBT = frozenset({StepState.SENDING, StepState.UNKNOWN, StepState.VERIFY})
GONE = IN_DOUBT | {StepState.SENT, StepState.DONE, StepState.OPEN, StepState.PARKED}


class History:
    """Which step was the strongest to go, when each went, which deadline runs, when the client last heard from us.

    ``top`` by track: rank and key of the strongest step gone. ``strictest``: the rank of the firmest tone used, and by
    which step; on the track of instalments by the number of the instalment, since each begins anew. ``about``: the
    last day on which the client heard from us about this invoice.
    """

    __slots__ = ("_contacts", "_facts", "about", "deadline", "doubtful", "foreseen", "strictest", "top", "went")

    def __init__(self, facts: InvoiceFacts, slots: list[Slot]) -> None:
        self._facts = facts
        self.top: dict[Track, tuple[tuple[int, int], str]] = {}
        self.strictest: dict[tuple[Track, int], tuple[int, str]] = {}
        self.went: dict[str, tuple[date, date | None]] = {}
        self.deadline: tuple[date, str] | None = None
        self.doubtful: list[StepRef] = []
        self.foreseen: date | None = None
        self.about: date | None = None
        self._contacts = list(facts.contacts)
        for call in facts.calls:
            if call.outcome.is_contact:
                self._contacts.append(ContactMade(call.day, Channel.CALL))
                self._heard_about_it(call.day)
        for contact in facts.contacts:
            if any(ref.invoice_id == facts.invoice_id for ref in contact.members):
                self._heard_about_it(contact.day)
        for slot in slots:
            if slot.record is not None and slot.record.state in GONE:
                self._take(slot.step, slot.record)

    def foresee(self, slot: Slot, day: date, deadline: date | None) -> None:
        """Takes it that ``slot`` goes on ``day``."""
        self._strongest(slot.step, slot.occurrence)
        self._gone(slot.step.key, day, deadline)
        if slot.step.reaches_client:
            self.foreseen = day
            self._heard_about_it(day)

    def softer_than(self, slot: Slot) -> str | None:
        """The step that spoke firmer than ``slot`` does, if one went; tones of what stays inside do not count."""
        firmest = self.strictest.get(_voice(slot.step, slot.occurrence))
        return firmest[1] if firmest is not None and slot.step.tone.rank < firmest[0] else None

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

    def _heard_about_it(self, day: date) -> None:
        self.about = day if self.about is None else max(self.about, day)

    def _take(self, step: PolicyStep, record: StepRecord) -> None:
        ref = StepRef(self._facts.invoice_id, step.key, record.occurrence)
        if record.state in IN_DOUBT and step.track is not Track.INSIDE:
            self.doubtful.append(ref)
        self._strongest(step, record.occurrence)
        if record.day is None:
            return
        self._gone(step.key, record.day, record.deadline)
        if step.channel.has_text and step.reaches_client:
            self._contacts.append(ContactMade(record.day, members=frozenset((ref,))))
            self._heard_about_it(record.day)

    def _strongest(self, step: PolicyStep, occurrence: int) -> None:
        """A person's resend is no stronger than the step it repeats."""
        if occurrence >= FIRST_RESEND:
            occurrence = 1
        track = step.track
        found = (rank_of(step, occurrence), step.key)
        top = self.top.get(track)
        if top is None or found > top:
            self.top[track] = found
        if track is Track.INSIDE:
            return
        voice = _voice(step, occurrence)
        firmest = self.strictest.get(voice)
        if firmest is None or step.tone.rank >= firmest[0]:
            self.strictest[voice] = (step.tone.rank, step.key)

    def _gone(self, key: str, day: date, deadline: date | None) -> None:
        self.went[key] = (day, deadline)
        if deadline is not None and (self.deadline is None or deadline > self.deadline[0]):
            self.deadline = (deadline, key)


def _voice(step: PolicyStep, occurrence: int) -> tuple[Track, int]:
    """Within what the tone never softens: the ladder, or the reminders of one instalment."""
    return (step.track, occurrence if step.track is Track.INSTALMENTS else 0)
