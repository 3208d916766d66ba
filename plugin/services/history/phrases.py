"""Fixed words of the history comment. A phrase says what happened without amounts, names and free text."""

from plugin.domain.reminders.step_names import STEP_NAMES

PHRASES = {
    "issued": "Invoice issued",
    "sent": "Sent",
    "delivered": "Delivered",
    "bounced": "Could not be delivered",
    "viewed": "Viewed by the client",
    "replied": "The client replied",
    "call": "Phone call",
    "promise": "The client promised to pay",
    "promise_broken": "A promise to pay was not kept",
    "dispute": "Disputed",
    "dispute_settled": "Dispute settled",
    "paused": "Paused",
    "resumed": "Resumed",
    "payment": "Payment received",
    "reversal": "Payment reversed",
    "crossed": "Crossed with a payment",
    "paid": "Paid",
    "credited": "Credited",
    "written_off": "Written off",
    "write_off_undone": "Write-off taken back",
    "skipped": "Skipped",
    "failed": "Failed",
    "plan": "Payment plan",
    "debit_note": "Debit note",
    "handed_over": "Handed over",
    "note": "Noted",
}
STEPS = {
    **STEP_NAMES,
    "": "",
    "issue": "Invoice",
    "receipt": "Receipt",
    "account_statement": "Statement of account",
    "fix": "Obstacle",
    "reply": "Answer of the client",
    "next": "Next action",
    "end_of_schedule": "End of the schedule",
}
CHANNELS = {"": "", "email": "E-mail", "call": "Phone", "plan_offer": "Task", "legal_decision": "Task", "jira": "Jira"}
