"""The only place that decides what is sent, when, and why not. Pure: facts in, a whole dated timeline out."""

from datetime import date

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders import entries
from plugin.domain.reminders.days import set_day
from plugin.domain.reminders.facts import InvoiceFacts, StepState
from plugin.domain.reminders.gates import Gates
from plugin.domain.reminders.history import History
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.slots import Slot, lay_out
from plugin.domain.reminders.timeline import Timeline
from plugin.domain.reminders.walk import Walk


def plan(facts: InvoiceFacts, policy: Policy, calendar: BusinessCalendar, today: date) -> Timeline:
    """The whole ladder of one invoice as it stands on ``today``, a civil day in the client's zone.

    Entries up to today are decisions, later ones a forecast that takes it that nothing but time changes. The same
    arguments always give the same answer, and so does any day after an outage: what was missed collapses into the
    strongest step (F09, F52). Never raises for odd facts; a policy is checked when it is saved (``policy_lint``).
    """
    slots = lay_out(policy, facts.records, facts.instalments)
    asked = Question(facts, policy, calendar, today, History(facts, slots))
    for slot in slots:
        if not slot.is_undecided:
            _recall(asked, slot)
    Walk(asked, slots, Gates(asked)).run()
    return Timeline(
        invoice_id=facts.invoice_id,
        policy_id=policy.id,
        policy_version=policy.version,
        today=today,
        entries=tuple(slot.entry for slot in slots if slot.entry is not None),
    )


def _recall(asked: Question, slot: Slot) -> None:
    """A settled slot keeps what the database says. An open task has no day for the next step to count from yet."""
    record = slot.record
    if record is None:
        return
    set_day(slot, asked)
    if record.state is not StepState.OPEN:
        slot.resolved = record.day or slot.date
    slot.entry = entries.recorded(asked, slot, record)
