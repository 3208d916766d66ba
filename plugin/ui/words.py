"""The words, tones and icons in which pages show states. English only for now; the formats follow the person."""

from typing import NamedTuple

from plugin.domain.reminders.policy import Channel
from plugin.domain.reminders.step_names import mail_name
from plugin.domain.reminders.timeline import Verdict
from plugin.services.follow_ups.task_words import TITLES as TASK_TITLES

TEXTS = {
    "invoice": "New invoice",
    "notice": "Notice before the due date (friendly)",
    "friendly": "Friendly reminder (friendly)",
    "reminder": "Reminder (neutral)",
    "second": "Second reminder with a deadline (firm)",
    "final": "Final notice (final)",
    "receipt": "Receipt for a payment",
    "promise_broken": "A promised payment did not come (neutral)",
    "instalment": "Instalment of a payment plan (friendly)",
    "plan_broken": "A payment plan was broken (firm)",
    "debit_notice": "Notice before a direct debit (friendly)",
    "statement": "Statement of account",
    "debit_note": "Debit note for late payment",
}
"""The mail texts, with the tone in which each is written."""


class Words(NamedTuple):
    """A short word and the tone of its lozenge."""

    text: str
    tone: str = "neutral"


INVOICE = {
    "draft": Words("Draft"),
    "submitted": Words("Submitted"),
    "approved": Words("Approved", "info"),
    "issued": Words("Open", "info"),
    "part_paid": Words("Part paid", "warning"),
    "paid": Words("Paid", "success"),
    "credited": Words("Credited", "discovery"),
    "written_off": Words("Written off"),
    "overdue": Words("Overdue", "danger"),
}

VERDICT = {
    Verdict.PLANNED: Words("Planned"),
    Verdict.DUE: Words("Due now", "info"),
    Verdict.HELD: Words("Waiting", "warning"),
    Verdict.SENT: Words("Sent", "success"),
    Verdict.DONE: Words("Done", "success"),
    Verdict.SKIPPED: Words("Skipped"),
    Verdict.SUPERSEDED: Words("Superseded"),
    Verdict.CANCELLED: Words("Cancelled"),
    Verdict.OPEN: Words("Task open", "info"),
    Verdict.IN_FLIGHT: Words("Sending", "info"),
    Verdict.PARKED: Words("Needs you", "danger"),
    Verdict.FAILED: Words("Failed", "danger"),
}

HOLD = {
    "paused": Words("Paused", "warning"),
    "disputed": Words("Disputed", "danger"),
    "promised": Words("Payment promised", "info"),
    "in_plan": Words("In a payment plan", "info"),
    "obstacle": Words("Something to mend", "warning"),
    "handed_over": Words("Handed over", "discovery"),
}

CHANNEL = {
    Channel.EMAIL: "mail",
    Channel.CALL: "call",
    Channel.PLAN_OFFER: "plan",
    Channel.LEGAL_DECISION: "legal",
    Channel.JIRA: "issue",
    Channel.WEBHOOK: "webhook",
    Channel.LETTER: "letter",
}
"""The names by which the macro of a step knows its icon."""
CHANNEL_ICON = {
    "mail": "email",
    "call": "phone",
    "plan": "calendar",
    "legal": "scales",
    "issue": "comment",
    "webhook": "send",
    "letter": "note",
}
TONE = {"friendly": "success", "neutral": "info", "firm": "warning", "final": "danger"}

EVENT = {
    "issued": ("file", "info"),
    "sent": ("send", "info"),
    "delivered": ("email", ""),
    "bounced": ("error", "danger"),
    "viewed": ("eye-open", ""),
    "replied": ("comment", "info"),
    "call": ("phone", ""),
    "promise": ("clock", "info"),
    "promise_broken": ("warning", "warning"),
    "dispute": ("scales", "danger"),
    "dispute_settled": ("check-circle", "success"),
    "paused": ("video-pause", "warning"),
    "resumed": ("video-play", ""),
    "payment": ("cash", "success"),
    "reversal": ("undo", "warning"),
    "crossed": ("warning", "warning"),
    "paid": ("check-circle", "success"),
    "credited": ("undo", "discovery"),
    "written_off": ("minus", ""),
    "write_off_undone": ("undo", "warning"),
    "skipped": ("minus", ""),
    "failed": ("error", "danger"),
    "plan": ("calendar", "info"),
    "debit_note": ("file", "warning"),
    "handed_over": ("scales", "discovery"),
    "note": ("note", ""),
}
"""Icon and tone of a line of history."""

INBOUND = {
    "reply": Words("Reply", "info"),
    "auto_reply": Words("Written by a robot"),
    "bounce": Words("Came back", "danger"),
    "unknown": Words("From a stranger"),
}
COMPLAINT = Words("Reported as unwanted", "danger")
ANSWER = {
    "already_paid": Words("Says it is paid", "success"),
    "wrong_contact": Words("Wrong contact", "warning"),
    "query": Words("Question", "danger"),
    "promise": Words("Promise", "info"),
    "promise_again": Words("Promises another day", "warning"),
    "plan": Words("Wants instalments", "warning"),
}
"""What a client said, on the page behind a mail or by mail."""

PAYMENT = {
    "payment": Words("Payment", "success"),
    "reversal": Words("Taken back", "warning"),
    "credit": Words("Credit", "discovery"),
    "write_off": Words("Written off"),
}


def title_of_step(key: str, channel: str, tone: str) -> str:
    """What a step of the ladder is called."""
    return TASK_TITLES.get(channel) or mail_name(key, tone)
