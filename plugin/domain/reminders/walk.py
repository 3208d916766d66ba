"""The walk through the days of a ladder: who is due, who is the strongest, and what follows for the rest."""

from datetime import date

from plugin.domain.reminders import entries
from plugin.domain.reminders.days import ends_before, notice_until, set_day
from plugin.domain.reminders.deadlines import deadline_for
from plugin.domain.reminders.gates import Gates
from plugin.domain.reminders.policy import Anchor, Track
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, Outcome, Reason, ReasonCode
from plugin.domain.reminders.slots import Slot

MOST_LOOKS = 400
"""Days looked at before the rest of a ladder counts as unforeseeable; no policy that passes its lint comes near."""


class Walk:
    """Decides the undecided slots of one ladder: today first, then day by day as a forecast.

    On each day only the strongest step of a track that may go goes; weaker ones whose day has come are superseded
    (catch-up collapse, F52). A step that is held keeps its place as the strongest.
    """

    def __init__(self, asked: Question, slots: list[Slot], gates: Gates) -> None:
        self._asked = asked
        self._slots = slots
        self._gates = gates
        self._moving = [slot for slot in slots if slot.step.anchor is Anchor.LAST_CONTACT]
        self._stalled: list[Slot] = []
        self._floor = 0
        self._floor_from = date.max

    def run(self) -> None:
        """Gives every undecided slot its entry; a repetition past its end gets none."""
        for slot in self._slots:
            if slot.is_requested:
                self._on_request(slot)
        waiting = [slot for slot in self._slots if slot.entry is None and slot.is_undecided]
        self._resume(waiting)
        for _ in range(MOST_LOOKS):
            waiting = [slot for slot in waiting if slot.entry is None and (slot.nominal or self._has_day(slot))]
            day = min((slot.at for slot in waiting if slot.at is not None), default=None)
            if day is None:
                break
            day = max(day, self._asked.today)
            self._decide(day, [slot for slot in reversed(waiting) if slot.at is not None and slot.at <= day])
        for slot in waiting:
            self._leave(slot)

    def _has_day(self, slot: Slot) -> bool:
        """Sets the slot's day once its anchor is known; False for a repetition past the end of its schedule."""
        set_day(slot, self._asked)
        return not ends_before(slot, self._asked)

    def _on_request(self, slot: Slot) -> None:
        """A person asked for it: today, whatever day was planned, and only the firm gates are asked."""
        set_day(slot, self._asked)
        found = self._gates.ask(slot, self._asked.today)
        if not found:
            self._go(slot, self._asked.today)
        elif found[0].outcome in (Outcome.CANCEL, Outcome.SKIP):
            self._refuse(slot, self._asked.today, found)
        else:
            slot.entry = entries.held(self._asked, slot, self._asked.today, found)

    def _resume(self, waiting: list[Slot]) -> None:
        """After a broken promise or plan the ladder resumes at the level a person chose (C22, F45)."""
        chosen = _resumption(self._asked)
        if chosen is None:
            return
        self._floor_from, self._floor = chosen
        top = self._asked.history.top.get(Track.LADDER)
        if top is not None and top[0][0] >= self._floor:
            return
        for slot in waiting:
            if slot.step.track is not Track.LADDER or slot.step.level < self._floor:
                continue
            set_day(slot, self._asked)
            if slot.date is None or slot.date > self._floor_from:
                slot.nominal = slot.nominal or self._floor_from
                slot.date = slot.at = self._floor_from
                slot.reason = ReasonCode.RESUMED
            return

    def _decide(self, day: date, group: list[Slot]) -> None:
        """One day: ``group`` holds everything whose day has come, strongest first."""
        strongest: dict[Track, Slot] = {}
        waiters = []
        for slot in group:
            if self._is_outranked(slot, day, strongest.get(slot.step.track)):
                continue
            found = self._gates.ask(slot, day)
            outcome = found[0].outcome if found else Outcome.PASSES
            if outcome in (Outcome.CANCEL, Outcome.SKIP):
                self._refuse(slot, day, found)
            elif outcome is Outcome.WAIT:
                waiters.append(slot)
            else:
                if not self._is_lost(slot, found):
                    strongest[slot.step.track] = slot
                self._delay(slot, day, found) if found else self._go(slot, day)
        for slot in waiters:
            self._delay(slot, day, self._gates.ask(slot, day))

    def _is_lost(self, slot: Slot, found: tuple[Finding, ...]) -> bool:
        """A notice of an instalment that is held beyond its day: it takes no reminder of an earlier one along."""
        free = entries.free_on(found)
        if slot.step.track is not Track.INSTALMENTS or not slot.step.is_before_due or free is None:
            return False
        return free > notice_until(slot, self._asked)

    def _is_outranked(self, slot: Slot, day: date, strongest: Slot | None) -> bool:
        history, track = self._asked.history, slot.step.track
        top = history.top.get(track)
        if track is Track.LADDER and day >= self._floor_from and slot.step.level < self._floor:
            self._supersede(slot, day, None, Reason(ReasonCode.RESUMED_ABOVE, {"level": self._floor}))
        elif strongest is not None:
            key = strongest.step.key
            self._supersede(slot, day, key, Reason(ReasonCode.STRONGER_DUE, {"stronger": key}))
        elif top is not None and slot.rank < top[0]:
            self._supersede(slot, day, top[1], Reason(ReasonCode.STRONGER_SENT, {"stronger": top[1]}))
        elif (firmer := history.softer_than(slot)) is not None:
            self._supersede(slot, day, firmer, Reason(ReasonCode.SOFTER, {"stronger": firmer}))
        return slot.entry is not None

    def _go(self, slot: Slot, day: date) -> None:
        deadline = self._deadline(slot, day)
        slot.entry = entries.going(self._asked, slot, day, deadline)
        slot.resolved = day
        self._asked.history.foresee(slot, day, deadline)
        for other in self._stalled:
            other.stalled, other.at = (), day
        self._stalled.clear()
        if self._moving and slot.step.reaches_client:
            for other in self._moving:
                if other.entry is None:
                    other.nominal = other.date = other.at = None

    def _delay(self, slot: Slot, day: date, found: tuple[Finding, ...]) -> None:
        """Looks at the slot again when its objections may be gone: on a day, when another step goes, or never."""
        if day == self._asked.today and not slot.held:
            slot.held = found
        elif slot.shift is None:
            slot.shift = found[0].reason
        free = entries.free_on(found)
        if free is not None and free > day:
            slot.at = free
        elif free is None and found[0].outcome is Outcome.WAIT:
            slot.stalled, slot.at = found, None
            self._stalled.append(slot)
        else:
            slot.entry = entries.held(self._asked, slot, day, found)
            slot.resolved = free
            if free is not None:
                self._asked.history.foresee(slot, day, self._deadline(slot, day))

    def _deadline(self, slot: Slot, day: date) -> date | None:
        least = self._asked.facts.least_deadline_days
        return deadline_for(slot.step.ask, day, self._asked.calendar, at_least_days=least)

    def _refuse(self, slot: Slot, day: date, found: tuple[Finding, ...]) -> None:
        slot.entry = entries.refused(self._asked, slot, day, found)
        slot.resolved = day

    def _supersede(self, slot: Slot, day: date, by: str | None, reason: Reason) -> None:
        slot.entry = entries.superseded(self._asked, slot, day, by, reason)
        slot.resolved = day

    def _leave(self, slot: Slot) -> None:
        """What the walk could not date: it waits for another step, or its anchor has no day."""
        if slot.entry is None:
            found = slot.stalled
            day = max(slot.date or self._asked.today, self._asked.today)
            slot.entry = (
                entries.held(self._asked, slot, day, found) if found else entries.without_day(self._asked, slot)
            )


def _resumption(asked: Question) -> tuple[date, int] | None:
    """From which day and level the ladder resumes, if a person chose a level; the later of plan and promise."""
    choices = []
    promise, plan = asked.facts.promise, asked.facts.plan
    if promise is not None and promise.resume_level is not None:
        choices.append((asked.day_after(promise.day), promise.resume_level))
    if plan is not None and plan.broken_on is not None and plan.resume_level is not None:
        choices.append((asked.business_day(plan.broken_on), plan.resume_level))
    return max(choices, default=None)
