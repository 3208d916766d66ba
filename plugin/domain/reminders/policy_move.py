"""What moving an invoice to another policy or version would change: each step before and after, and what goes today."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import InvoiceFacts, StepState
from plugin.domain.reminders.plan import plan
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.slots import UNDECIDED
from plugin.domain.reminders.timeline import Entry, Timeline, Verdict

NO_STEP = "no_step"
"""The reason with which a step ends that the invoice's policy does not have any more."""
WAITING = (Verdict.PLANNED, Verdict.HELD, Verdict.DUE)


@dataclass(frozen=True, slots=True)
class StepChange:
    """One step, one occurrence; a day is None where the step is not in that ladder, or has no day yet.

    ``before`` and ``after``: the verdicts, None where the ladder does not have the step.
    """

    key: str
    occurrence: int
    day_before: date | None
    day_after: date | None
    before: Verdict | None
    after: Verdict | None

    @property
    def changes(self) -> bool:
        """Whether anything about it becomes different."""
        return (self.day_before, self.before) != (self.day_after, self.after)


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceMove:
    """``steps``: in the order of the new ladder, those that fall away last. ``goes_today``: keys of what is due now.

    ``today``: the client's civil day for which this is said.
    """

    invoice_id: str
    number: str
    client_id: str
    client_name: str
    today: date
    steps: tuple[StepChange, ...]
    next_before: date | None
    next_after: date | None
    goes_today: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether any step becomes different."""
        return any(step.changes for step in self.steps)


def facts_under(facts: InvoiceFacts, policy: Policy) -> InvoiceFacts:
    """The facts without what the policy in force before had planned or called off, and the other one has as a step."""
    keys = {step.key for step in policy.steps}
    kept = tuple(
        record
        for record in facts.records
        if not (record.state is StepState.CANCELLED and record.reason_code == NO_STEP and record.key in keys)
        and not (record.state in UNDECIDED and record.key not in keys)
    )
    return replace(facts, records=kept)


def compare_move(
    facts: InvoiceFacts, now_follows: Policy, to_follow: Policy, calendar: BusinessCalendar, today: date
) -> InvoiceMove:
    """Both ladders as the planner lays them out on ``today``, the client's civil day."""
    before = plan(facts, now_follows, calendar, today)
    after = plan(facts_under(facts, to_follow), to_follow, calendar, today)
    return InvoiceMove(
        invoice_id=facts.invoice_id,
        number=facts.number,
        client_id=facts.client_id,
        client_name=facts.client_name,
        today=today,
        steps=tuple(_steps(before, after)),
        next_before=_next_contact(before),
        next_after=_next_contact(after),
        goes_today=tuple(entry.key for entry in after.due),
    )


def _steps(before: Timeline, after: Timeline) -> Iterator[StepChange]:
    old = {(entry.key, entry.occurrence): entry for entry in before.entries}
    new = {(entry.key, entry.occurrence): entry for entry in after.entries}
    for name in (*new, *(name for name in old if name not in new)):
        yield _change(name, old.get(name), new.get(name))


def _change(name: tuple[str, int], old: Entry | None, new: Entry | None) -> StepChange:
    return StepChange(
        *name,
        day_before=old.day if old else None,
        day_after=new.day if new else None,
        before=old.verdict if old else None,
        after=new.verdict if new else None,
    )


def _next_contact(timeline: Timeline) -> date | None:
    days = [
        entry.day
        for entry in timeline.entries
        if entry.verdict in WAITING and entry.channel.reaches_client and entry.day is not None
    ]
    return min(days, default=None)
