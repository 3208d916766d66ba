"""What a form of the signed page says, checked against the invoices it is about."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plugin.domain.billing.tax import with_tax
from plugin.domain.documents.model import Line
from plugin.domain.documents.text_checks import clean_text
from plugin.domain.errors import InvalidInput
from plugin.domain.money import Currency, Money
from plugin.services.addresses import check_address
from plugin.services.answers.opened import Bill, Opened

LONGEST_TEXT = 2_000
LONGEST_LINE = 140
PROMISE_DAYS = 30
"""How far ahead a day may be promised, or a first instalment put: after that a person has to agree."""
LONGEST_BACK = 366
PARTS = (2, 3, 4)
GAPS = re.compile(r"[\s'\u2019]")
CURRENCY = re.compile(r"^(?:[A-Za-z]{1,3}|[€$£¥])|(?:[A-Za-z]{1,3}|[€$£¥])$")


class AnswerKind(StrEnum):
    """The forms of the page."""

    ALREADY_PAID = "already_paid"
    WRONG_CONTACT = "wrong_contact"
    QUERY = "query"
    PROMISE = "promise"
    PLAN = "plan"


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A filled-in form, as text where it was typed. ``bills`` are places in the mail, from 1; empty: all open ones.

    ``line`` is the position of an invoice line, 0 for the whole invoice.
    """

    kind: AnswerKind
    bills: tuple[int, ...] = ()
    day: date | None = None
    amount: str = ""
    reference: str = ""
    name: str = ""
    email: str = ""
    text: str = ""
    line: int = 0
    parts: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is meant for one invoice. ``amount`` is what was paid, or what is contested (None: all of it)."""

    bill: Bill
    kind: AnswerKind
    name: str
    text: str
    day: date | None = None
    amount: Money | None = None
    reference: str = ""
    email: str = ""
    line: int = 0
    parts: int = 0


def answers_of(opened: Opened, said: Said) -> list[Answer]:
    """One answer for each invoice it is about. InvalidInput names the field; the page has words of its own for each."""
    bills = _bills(opened, said)
    text = _block(said.text)
    if said.kind is AnswerKind.QUERY and not text:
        raise InvalidInput("Say what is not right.", field="text")
    if said.kind is AnswerKind.WRONG_CONTACT and not (said.name.strip() or said.email.strip() or text):
        raise InvalidInput("Say who is the right person.", field="name")
    day = _day(opened, said)
    if said.kind is AnswerKind.PLAN and said.parts not in PARTS:
        raise InvalidInput("Choose two to four instalments.", field="parts")
    email = check_address(said.email, field="email") if said.email.strip() else ""
    return [
        Answer(
            bill=bill,
            kind=said.kind,
            name=_line(said.name),
            text=text,
            day=day,
            amount=_amount(bill, said) if len(bills) == 1 else None,
            reference=_line(said.reference),
            email=email,
            line=said.line,
            parts=said.parts,
        )
        for bill in bills
    ]


def line_gross(line: Line, currency: Currency) -> Money:
    """What is contested when the client contests the line."""
    return Money(with_tax(line.amount_minor, line.tax_basis_points), currency)


def read_amount(text: str, currency: Currency) -> Money:
    """An amount as people type it in any of our languages: the last sign before one or two digits is the decimal one.

    "1.234,50 €", "1,234.50", "1 234,5" and "1234" are read; InvalidInput for anything else.
    """
    bare = CURRENCY.sub("", GAPS.sub("", text))
    found = re.fullmatch(r"(\d{1,9}|\d{1,3}(?:[.,]\d{3}){1,3})(?:[.,](\d{1,2}))?", bare)
    if found is None:
        raise InvalidInput("Enter an amount, such as 1234.50.", field="amount")
    whole, decimals = re.sub(r"[.,]", "", found[1]), found[2] or "0"
    return Money.parse(f"{whole}.{decimals}", currency)


def _bills(opened: Opened, said: Said) -> tuple[Bill, ...]:
    open_bills = opened.open_bills
    if not open_bills:
        raise InvalidInput("Nothing is owed any more.", field="bills")
    if not said.bills:
        return open_bills
    chosen = tuple(bill for place, bill in enumerate(opened.bills, start=1) if place in said.bills and bill.is_open)
    if len(chosen) != len(set(said.bills)):
        raise InvalidInput("Choose the invoice.", field="bills")
    return chosen


def _day(opened: Opened, said: Said) -> date | None:
    today = opened.today
    match said.kind:
        case AnswerKind.ALREADY_PAID:
            first, last = today - timedelta(days=LONGEST_BACK), today
        case AnswerKind.PROMISE | AnswerKind.PLAN:
            first, last = today, today + timedelta(days=PROMISE_DAYS)
        case _:
            return None
    if said.day is None or not first <= said.day <= last:
        raise InvalidInput(f"Enter a day from {first} to {last}.", field="day")
    return said.day


def _amount(bill: Bill, said: Said) -> Money | None:
    """What was paid (any amount above zero), or what is contested: the amount typed, else the line, else all."""
    currency = bill.balance.currency
    if said.kind not in (AnswerKind.ALREADY_PAID, AnswerKind.QUERY):
        return None
    amount: Money | None = None
    if said.amount.strip():
        amount = read_amount(said.amount, currency)
    elif said.kind is AnswerKind.QUERY and said.line:
        line = next((one for one in bill.document.lines if one.position == said.line), None)
        if line is None:
            raise InvalidInput("Choose the line.", field="line")
        amount = line_gross(line, currency)
    if amount is None:
        return None
    if amount.minor <= 0:
        raise InvalidInput("The amount must be above zero.", field="amount")
    if said.kind is AnswerKind.ALREADY_PAID:
        return amount
    # Contesting more than is open contests all of it.
    return amount if amount < bill.balance else None


def _block(text: str) -> str:
    block = clean_text(text).strip()
    if len(block) > LONGEST_TEXT:
        raise InvalidInput(f"This is longer than {LONGEST_TEXT} signs.", field="text")
    return block


def _line(text: str) -> str:
    """One line, cut: a name or a bank's reference is no place for a letter."""
    return " ".join(clean_text(text).split())[:LONGEST_LINE]
