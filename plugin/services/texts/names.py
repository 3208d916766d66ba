"""The closed list of what a mail text may fill in, with kind and meaning; everything else is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class NameKind(StrEnum):
    """What a name stands for; it decides the filters that fit."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    DAYS = "days"
    NUMBER = "number"
    INVOICES = "invoices"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Name:
    """One name: its kind and what it says, for the person who writes a text."""

    kind: NameKind
    meaning: str


NAMES: Mapping[str, Name] = {
    "client": Name(NameKind.TEXT, "The client"),
    "contact": Name(NameKind.TEXT, "The person who gets the mail, if known"),
    "number": Name(NameKind.TEXT, "Number of the oldest invoice"),
    "numbers": Name(NameKind.TEXT, "All numbers"),
    "count": Name(NameKind.NUMBER, "How many invoices, if several"),
    "due_date": Name(NameKind.DATE, "Due date of the oldest invoice"),
    "days_late": Name(NameKind.DAYS, "Days late, if it is late"),
    "total_due": Name(NameKind.MONEY, "What is to be paid now, if anything"),
    "reminded": Name(NameKind.TEXT, "Filled if a reminder of each of these invoices left before"),
    "received": Name(NameKind.MONEY, "The payment that a receipt confirms"),
    "deadline": Name(NameKind.DATE, "The last day to pay, if the step names one"),
    "seller": Name(NameKind.TEXT, "Your company"),
    "phone": Name(NameKind.TEXT, "Your phone number"),
    "email": Name(NameKind.TEXT, "Your mail address"),
    "promised_date": Name(NameKind.DATE, "The day on which the client wanted to pay"),
    "instalment_number": Name(NameKind.NUMBER, "Which instalment of the plan"),
    "instalment_count": Name(NameKind.NUMBER, "How many instalments the plan has"),
    "instalment_amount": Name(NameKind.MONEY, "What is open of this instalment"),
    "instalment_date": Name(NameKind.DATE, "The day by which the instalment is to be paid"),
    "instalment_days_late": Name(NameKind.DAYS, "Days since then, if it is late"),
    "previous_balance": Name(NameKind.MONEY, "Open at the last statement"),
    "billed_since": Name(NameKind.MONEY, "Billed since the last statement"),
    "received_since": Name(NameKind.MONEY, "Received since the last statement"),
    "statement_since": Name(NameKind.DATE, "Day of the last statement, if there was one"),
    "interest_to_date": Name(NameKind.MONEY, "Interest for late payment, if the step states a claim"),
    "fixed_sum": Name(NameKind.MONEY, "The law's fixed sum, if the step states a claim"),
    "claim_formula": Name(NameKind.TEXT, "How the interest is computed"),
    "note_number": Name(NameKind.TEXT, "Number of the debit note"),
    "note_amount": Name(NameKind.MONEY, "What the debit note asks for"),
    "note_due_date": Name(NameKind.DATE, "The day by which the debit note is to be paid"),
    "invoices": Name(NameKind.INVOICES, "The table of invoices; alone in a paragraph"),
    "payment_details": Name(NameKind.BLOCK, "How to pay; alone in a paragraph"),
}

INVOICE_PARTS: Mapping[str, Name] = {
    "number": Name(NameKind.TEXT, "Its number"),
    "issued_date": Name(NameKind.DATE, "Its date"),
    "due_date": Name(NameKind.DATE, "Its due date"),
    "days_late": Name(NameKind.DAYS, "Days late, if it is late"),
    "amount_due": Name(NameKind.MONEY, "What is to be paid now"),
    "total": Name(NameKind.MONEY, "Its whole amount"),
    "paid": Name(NameKind.MONEY, "What was paid of it, if anything"),
}
"""What a loop over ``invoices`` may say of each: ``{% for invoice in invoices %}{{ invoice.number }}{% endfor %}``."""

LOOP_PARTS = ("first", "last", "index", "length")
"""What ``forloop`` says inside of a loop."""
