"""What the steps of a ladder are called wherever a person reads of them: reasons, mails' history, pages."""

from collections.abc import Mapping

STEP_NAMES: Mapping[str, str] = {
    "notice": "Notice before the due date",
    "friendly": "Friendly reminder",
    "call": "Phone call",
    "second": "Second reminder",
    "plan_offer": "Offer of a payment plan",
    "final": "Final notice",
    "legal": "Legal decision",
    "reminder": "Reminder",
    "promise_broken": "After a broken promise",
    "instalment": "Instalment of a plan",
    "instalment_soon": "Notice of an instalment",
    "instalment_late": "Reminder of an instalment",
    "plan_broken": "After a broken plan",
    "debit_notice": "Notice before a debit",
}
"""By the key that the presets and the shipped texts give them."""
_TONES = {"friendly": "Friendly reminder", "neutral": "Reminder", "firm": "Firm reminder", "final": "Final notice"}


def step_name(key: str) -> str:
    """The name of a step that ours know; a step with a key of a policy's own is called by that key."""
    return STEP_NAMES.get(key, key)


def mail_name(key: str, tone: str = "") -> str:
    """What the mail of a step is called; one with a key of a policy's own goes by its tone."""
    return STEP_NAMES.get(key) or _TONES.get(tone, "Reminder")
