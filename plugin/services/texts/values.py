"""What a mail text may speak of. Everything else is an unknown name and refused when a text is saved."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plugin.domain.documents.model import Language
from plugin.domain.late_payment.claim import Claim
from plugin.domain.money import Money

TEMPLATES = (
    "invoice",
    "notice",
    "friendly",
    "reminder",
    "second",
    "final",
    "receipt",
    "promise_broken",
    "instalment",
    "plan_broken",
    "debit_notice",
    "statement",
    "debit_note",
)
"""The texts that exist; a policy step names one of them, and those of ``BY_THEMSELVES`` leave without a step."""
BY_THEMSELVES = ("invoice", "receipt", "statement", "debit_note")
LANGUAGES = tuple(language.value for language in Language)


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoiceValues:
    """One invoice as a mail names it. Days are civil days; ``amount_due`` is what is asked for now.

    ``credited``: credit notes, which lower it beside what was ``paid``; None for none.
    """

    number: str
    issued_on: date
    due_on: date
    days_late: int
    gross: Money
    paid: Money
    amount_due: Money
    credited: Money | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SellerValues:
    """Who writes, and where to pay."""

    name: str
    phone: str
    email: str
    iban: str
    bic: str
    bank_name: str
    address: str
    footer: str
    colour: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimValues:
    """What the law gives for one late invoice, where the step states it; a claim beside the amount, never in it."""

    number: str
    claim: Claim


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalmentValues:
    """The instalment that a mail asks for: ``amount`` is what is open of it; ``days_late`` counts from its own day."""

    number: int
    count: int
    due_on: date
    amount: Money
    days_late: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteValues:
    """The debit note that a mail brings; ``amount`` is all that it asks for, beside the invoice."""

    number: str
    amount: Money
    due_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementValues:
    """What changed since the last statement; ``since`` None: there was none. The open invoices stand in the table."""

    since: date | None
    previous: Money
    billed: Money
    received: Money


class LinkLabel(StrEnum):
    """What a link of a mail is for; its words stand in ``templates/email/texts/`` for each language."""

    VIEW = "view"
    ALREADY_PAID = "already_paid"
    WRONG_CONTACT = "wrong_contact"
    QUERY = "query"
    PROMISE = "promise"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Link:
    """One link under a mail: its label, and the whole address (https)."""

    label: LinkLabel
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MailValues:
    """Everything one mail is about. ``invoices`` stand oldest first; the first one leads.

    ``beside``: invoices that came along and are not due yet; ``total_due`` leaves them out. ``reminded``: a reminder
    of each of ``invoices`` left before, so that the words may refer to it.
    ``reference``: what the payer is to write, where it is not the numbers of the invoices.
    ``links`` are shown as a quiet row under the text, in this order; none: no row.
    """

    client_name: str
    contact_name: str
    invoices: tuple[InvoiceValues, ...]
    total_due: Money
    deadline: date | None
    received: Money | None
    day: date
    tone: str
    seller: SellerValues
    links: tuple[Link, ...] = ()
    beside: tuple[InvoiceValues, ...] = ()
    reminded: bool = False
    claims: tuple[ClaimValues, ...] = ()
    promised_on: date | None = None
    instalment: InstalmentValues | None = None
    statement: StatementValues | None = None
    note: NoteValues | None = None
    reference: str = ""
