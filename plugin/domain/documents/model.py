"""The document model: everything an issued invoice, credit note or receipt says, as values.

Rendering (PDF now, CII and UBL later) knows this and never the database. Amounts are integer minor units of
``currency``; BT and BG numbers are those of EN 16931. The exponent is a value: this package imports no table of them.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.billing.totals import AdjustmentKind


class DocumentKind(StrEnum):
    """What the paper is. A credit note says positive amounts and names the invoice it corrects (L38).

    A debit note (UNCL1001 383) claims what the law gives for the late payment of the invoice that it names (L14).
    """

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    DEBIT_NOTE = "debit_note"

    @property
    def asks(self) -> bool:
        """Whether the reader is to pay what it says."""
        return self in (DocumentKind.INVOICE, DocumentKind.DEBIT_NOTE)


class Language(StrEnum):
    """The languages the labels exist in (ISO 639-1)."""

    EN = "en"
    DE = "de"
    FR = "fr"
    ES = "es"
    IT = "it"
    NL = "nl"
    PT = "pt"
    PL = "pl"
    CS = "cs"
    SV = "sv"
    DA = "da"
    FI = "fi"


class Unit(StrEnum):
    """Units of measure (UN/ECE recommendation 20) that lines are counted in."""

    HOUR = "HUR"
    DAY = "DAY"
    PIECE = "C62"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Street lines, then post code and city where they are known apart; ``country`` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """Who bills (BG-4). ``vat_id`` carries its country prefix; ``tax_number`` is the national one (BT-32)."""

    name: str
    address: Address
    vat_id: str = ""
    tax_number: str = ""
    registration: str = ""
    contact_name: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    iban: str = ""
    bic: str = ""
    bank_name: str = ""
    account_holder: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who is billed (BG-7). ``reference`` is what the client asked to see on the invoice (BT-10), ``order`` BT-13."""

    name: str
    address: Address
    contact_name: str = ""
    vat_id: str = ""
    legal_id: str = ""
    reference: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Civil days of the service, both inclusive (BG-14)."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """When and how to pay: ``days`` after the issue date, and a sentence of its own where one is agreed (BT-20)."""

    days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row (BG-25). ``quantity_hundredths`` × ``unit_price_minor`` ÷ 100, half up, is ``amount_minor`` (I7).

    ``tax_basis_points`` is the rate in hundredths of a percent (1900 is 19 %).
    """

    position: int
    description: str
    quantity_hundredths: int
    unit: Unit
    unit_price_minor: int
    amount_minor: int
    tax_category: TaxCategory
    tax_basis_points: int
    detail: str = ""
    issue_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A discount or surcharge on the whole document (BG-20, BG-21); ``amount_minor`` is above zero either way."""

    kind: AdjustmentKind
    reason: str
    amount_minor: int
    tax_category: TaxCategory
    tax_basis_points: int

    @property
    def signed_minor(self) -> int:
        """What it adds to the net."""
        return -self.amount_minor if self.kind is AdjustmentKind.ALLOWANCE else self.amount_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """One group of the tax breakdown (BG-23), unique by category and rate; the tax is rounded once a group (L32)."""

    category: TaxCategory
    basis_points: int
    base_minor: int
    tax_minor: int
    exemption_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """BT-109, 110, 112, 113, 115 and 114: net = lines + adjustments, due = gross - prepaid + rounding."""

    net_minor: int
    tax_minor: int
    gross_minor: int
    prepaid_minor: int
    due_minor: int
    rounding_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Money that came before this document was written; the sum of all is ``Totals.prepaid_minor``."""

    received_on: date
    amount_minor: int
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalTax:
    """The tax total in the seller's national currency where the invoice is in another one (L27; BT-6, BT-111).

    ``rate`` is the printed decimal number of units of the document currency for one unit of ``currency``, as text.
    """

    currency: str
    exponent: int
    tax_minor: int
    rate: str
    rate_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceding:
    """The invoice that a credit note corrects, a receipt confirms, a debit note is about (BG-3)."""

    number: str
    issue_date: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture that ``plugin/documents/logo.py`` has checked and re-encoded."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What makes the paper the seller's own: accent colour as ``#rrggbb`` and a logo."""

    colour: str = "#1d4ed8"
    logo: Logo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceDocument:
    """One document, whole. ``number`` is ``None`` until it is issued; a draft prints as such.

    ``payment_reference`` is what the payer is to write (BT-83); the number stands in where it is empty.
    """

    kind: DocumentKind
    number: str | None
    issue_date: date
    due_date: date | None
    language: Language
    currency: str
    exponent: int
    seller: Seller
    buyer: Buyer
    lines: tuple[Line, ...]
    tax_lines: tuple[TaxLine, ...]
    totals: Totals
    adjustments: tuple[Adjustment, ...] = ()
    period: Period | None = None
    terms: Terms = field(default_factory=Terms)
    payments: tuple[Payment, ...] = ()
    preceding: Preceding | None = None
    national_tax: NationalTax | None = None
    payment_reference: str = ""
    project_name: str = ""
    introduction: str = ""
    notes: tuple[str, ...] = ()
    brand: Brand = field(default_factory=Brand)
    jira_base_url: str = ""
