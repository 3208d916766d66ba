"""Names for what a message is and how its header id is made."""

from collections.abc import Callable
from enum import StrEnum

MessageIds = Callable[[str], str]
"""Gives the Message-ID header for a message row's id; the same row always gets the same one."""


class MessageKind(StrEnum):
    """What a mail is for."""

    INVOICE = "invoice"
    FOLLOW_UP = "follow_up"
    RECEIPT = "receipt"
    STATEMENT = "statement"
    DEBIT_NOTE = "debit_note"


INVOICE_STEP = "issue"
"""The step key under which the mail that brings the invoice is a member of its message."""
RECEIPT_STEP = "receipt"
"""The step key of receipts; the occurrence counts the invoice's payments."""
STATEMENT_STEP = "account_statement"
"""The step key of statements of account; the occurrence counts months (``statements.listed``)."""
DEBIT_NOTE_STEP = "debit_note_"
"""How the step keys of debit notes begin; behind it stands the note's place among those of its invoice."""
ASKS_FOR_MONEY = (MessageKind.FOLLOW_UP.value, MessageKind.STATEMENT.value)
"""Mails that may cross with a payment."""
