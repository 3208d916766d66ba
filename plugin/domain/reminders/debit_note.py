"""The mail of a debit note: a person's demand, so courtesy waits are not asked, and every firm gate is."""

from datetime import date

from plugin.domain.calendar import BusinessCalendar
from plugin.domain.reminders.facts import InvoiceFacts
from plugin.domain.reminders.gates import GATES, deciding_first
from plugin.domain.reminders.history import History
from plugin.domain.reminders.policy import Anchor, Channel, Policy, PolicyStep, Tone
from plugin.domain.reminders.question import Question
from plugin.domain.reminders.reasons import Finding, GateName
from plugin.domain.reminders.slots import Slot

DEBIT_NOTE = PolicyStep(
    key="debit_note",
    level=0,
    anchor=Anchor.ISSUE_DATE,
    offset=0,
    channel=Channel.EMAIL,
    tone=Tone.NEUTRAL,
    template="debit_note",
)
_LEFT_OUT = frozenset({GateName.STATE, GateName.BALANCE})
"""Interest is owed after the invoice was paid; what became of the invoice is asked of the note itself (C33)."""


def objection(facts: InvoiceFacts, policy: Policy, calendar: BusinessCalendar, today: date) -> Finding | None:
    """What keeps the mail from leaving today, as for a step that a person sends now; None where nothing does."""
    asked = Question(facts, policy, calendar, today, History(facts, [])).about(Slot(DEBIT_NOTE, 1, None), today)
    asks = [gate.ask for gate in GATES if not gate.courtesy and gate.name not in _LEFT_OUT]
    return next(iter(deciding_first(found for ask in asks if (found := ask(asked)) is not None)), None)
