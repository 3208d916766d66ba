"""Which text a mail speaks in: that of its strongest step, unless that is not true of all it speaks of."""

from collections.abc import Iterable
from enum import IntEnum
from types import MappingProxyType

from plugin.domain.reminders.policy import Tone
from plugin.domain.reminders.timeline import Entry


class Stage(IntEnum):
    """How an invoice stands on the day of a mail. The words of a mail are about its furthest stage only."""

    AHEAD = 0
    DUE_TODAY = 1
    LATE = 2


OF_ONE = frozenset({"instalment", "plan_broken"})
"""Texts about one agreement: two invoices, even with a plan each, cannot share them."""
OF_A_KIND = frozenset({"promise_broken", "debit_notice"})
"""Texts that several invoices share only where they were meant for each of them."""
ANYWAY = MappingProxyType(
    {Tone.FRIENDLY: "friendly", Tone.NEUTRAL: "reminder", Tone.FIRM: "second", Tone.FINAL: "final"}
)
"""What is true of any late invoice, by tone."""
SOON = "notice"
OF_LATENESS = frozenset(ANYWAY.values())
"""Texts that call an invoice late, which it is not before its day, whatever day its step was put on."""


def text_for(lead: Entry, stage: Stage, asked: Iterable[Entry]) -> str:
    """``asked``: the entries the words are about, the lead among them; two of one invoice count once."""
    if stage is Stage.AHEAD and lead.template in OF_LATENESS:
        return SOON
    others = [entry for entry in asked if entry.invoice_id != lead.invoice_id]
    if not others:
        return lead.template
    is_shared = lead.template not in OF_ONE and all(entry.template == lead.template for entry in others)
    if is_shared or lead.template not in OF_ONE | OF_A_KIND:
        return lead.template
    return SOON if stage is Stage.AHEAD else ANYWAY[lead.tone]
