"""What ``plan`` answers: a dated entry with verdict and reason for every step, and the gates behind each verdict."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from plugin.domain.money import Money
from plugin.domain.reminders.facts import Recipient, StepRef
from plugin.domain.reminders.policy import Ask, Channel, Tone
from plugin.domain.reminders.reasons import Finding, GateName, Outcome, Reason
from plugin.domain.reminders.sentences import sentence


class Verdict(StrEnum):
    """What becomes of a step. PLANNED, DUE, HELD are open; the rest is settled or in somebody's hands."""

    PLANNED = "planned"
    DUE = "due"
    HELD = "held"
    SENT = "sent"
    DONE = "done"
    SKIPPED = "skipped"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"
    OPEN = "open"
    IN_FLIGHT = "in_flight"
    PARKED = "parked"
    FAILED = "failed"


class GateLine(NamedTuple):
    """One row of "why / why not": the gate, what it said, and whether it decided."""

    name: GateName
    outcome: Outcome
    sentence: str
    decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One step, one occurrence.

    ``nominal``: anchor plus offset; ``day``: when it went, goes, or is expected to go (None: no day known).
    ``settled``: the verdict stands already in the database. ``findings``: every gate that objected, the deciding one
    first. ``until``: first day on which a held step is looked at again; ``until_at`` the instant, where it is a matter
    of hours. ``amount``: what to ask for (balance less disputed), ``pay_by``: when that is or was to be paid.
    ``deadline``: what the step gives or gave. ``superseded_by``: the step that went, goes or will go instead.
    """

    invoice_id: str
    key: str
    occurrence: int
    level: int
    channel: Channel
    tone: Tone
    template: str
    ask: Ask
    nominal: date | None
    day: date | None
    verdict: Verdict
    reason: Reason
    settled: bool = False
    findings: tuple[Finding, ...] = ()
    until: date | None = None
    until_at: datetime | None = None
    recipients: tuple[Recipient, ...] = ()
    amount: Money | None = None
    pay_by: date | None = None
    deadline: date | None = None
    superseded_by: str | None = None

    @property
    def ref(self) -> StepRef:
        """What names it in records and contacts."""
        return StepRef(self.invoice_id, self.key, self.occurrence)

    @property
    def sentence(self) -> str:
        """The reason, for a person."""
        return sentence(self.reason)

    @property
    def gates(self) -> tuple[GateLine, ...]:
        """Every gate in its order, with what it said; empty for a step that is settled."""
        return tuple(self._gate_lines()) if not self.settled else ()

    def _gate_lines(self) -> Iterator[GateLine]:
        objections = {finding.gate: finding for finding in self.findings}
        deciding = self.findings[0].gate if self.findings else None
        for name in GateName:
            found = objections.get(name)
            outcome = found.outcome if found else Outcome.PASSES
            yield GateLine(name, outcome, sentence(found.reason) if found else "", name is deciding)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The whole ladder of one invoice as of ``today``: past, present and forecast, in the policy's order."""

    invoice_id: str
    policy_id: str
    policy_version: int
    today: date
    entries: tuple[Entry, ...]

    @property
    def due(self) -> tuple[Entry, ...]:
        """What goes now: at most one step of a track, and whatever a person asked for."""
        return tuple(entry for entry in self.entries if entry.verdict is Verdict.DUE)

    @property
    def next(self) -> Entry | None:
        """The next entry that is due, held or planned with a day; None when nothing is left."""
        waiting = (Verdict.DUE, Verdict.HELD, Verdict.PLANNED)
        dated = [entry for entry in self.entries if entry.verdict in waiting and entry.day is not None]
        return min(dated, key=lambda entry: (entry.day or date.max, entry.level), default=None)

    @property
    def next_look(self) -> date | None:
        """The next day after today on which the passing of time alone may change a verdict; None: no such day."""
        days = [day for entry in self.entries if not entry.settled for day in (entry.day, entry.until)]
        return min((day for day in days if day is not None and day > self.today), default=None)

    def entry(self, key: str, occurrence: int = 1) -> Entry | None:
        """The entry of one step, or None when the policy has no such step."""
        for entry in self.entries:
            if entry.key == key and entry.occurrence == occurrence:
                return entry
        return None
