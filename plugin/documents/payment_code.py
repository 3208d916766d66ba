"""The EPC QR code ("Girocode"): a banking app fills in the SEPA transfer from it (EPC069-12, version 2)."""

import io
from decimal import Decimal
from typing import Final

from segno.helpers import make_epc_qr
from stdnum import iso11649

from plugin.documents.bank_details import compact_iban, is_iban
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.documents.text_checks import clean_text

MAX_NAME: Final = 70
MAX_TEXT: Final = 140
MAX_MINOR: Final = 99_999_999_999
MAX_PAYLOAD: Final = 331
# fmt: off
SEPA: Final = frozenset((
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR",
    "GB", "GI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD",
    "ME", "MK", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
))
# fmt: on
"""Countries of the SEPA schemes (EPC409-09)."""


def payment_code_svg(document: InvoiceDocument) -> str | None:
    """The code as an SVG drawing, or ``None`` where no SEPA transfer in euro is asked for."""
    due = document.totals.due_minor
    if not document.kind.asks or document.number is None or document.currency != "EUR":
        return None
    if not 1 <= due <= MAX_MINOR or document.exponent != 2 or not is_iban(document.seller.iban):
        return None
    iban = compact_iban(document.seller.iban)
    if iban[:2] not in SEPA:
        return None
    return _svg(document, iban, Decimal((0, tuple(map(int, str(due))), -2)))


def payment_reference(document: InvoiceDocument) -> str:
    """What the payer is to write: the agreed reference, else the number."""
    return _one_line(document.payment_reference or document.number or "")


def _svg(document: InvoiceDocument, iban: str, amount: Decimal) -> str | None:
    seller = document.seller
    name = _one_line(seller.account_holder or seller.name)[:MAX_NAME].strip()
    reference = payment_reference(document)
    structured = reference.replace(" ", "") if iso11649.is_valid(reference) else None
    unstructured = None if structured else reference[:MAX_TEXT]
    if not name or not reference or len(f"{name}{reference}".encode()) > MAX_PAYLOAD - 100:
        return None
    bic = seller.bic.replace(" ", "")
    code = make_epc_qr(
        name,
        iban,
        amount,
        text=unstructured,
        reference=structured,
        bic=bic if len(bic) in {8, 11} else None,
        encoding="utf-8",
    )
    target = io.BytesIO()
    code.save(target, kind="svg", border=0, xmldecl=False, svgns=True, scale=4)
    return target.getvalue().decode("ascii")


def _one_line(text: str) -> str:
    """Without line ends and control characters, which would shift the fields of the code."""
    return " ".join(clean_text(text).split())
