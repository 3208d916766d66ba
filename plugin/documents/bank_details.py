"""IBAN and BIC: check digits and form, as published by SWIFT (ISO 13616, ISO 9362); no look-up at a bank."""

from collections.abc import Iterator

from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban

from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import Seller


def is_iban(text: str) -> bool:
    """Whether length, form and check digits are right."""
    return bool(stdnum_iban.is_valid(text))


def compact_iban(text: str) -> str:
    """Without spaces, in capital letters."""
    return str(stdnum_iban.compact(text))


def check_bank_details(seller: Seller) -> Iterator[Finding]:
    """Findings on the seller's account."""
    if seller.iban and not is_iban(seller.iban):
        sentence = (
            f"The IBAN “{seller.iban}” has a typing error (its check digits do not fit). "
            "Correct it in the company profile."
        )
        yield Finding("seller.iban", sentence, "ISO 13616")
    if seller.bic and not stdnum_bic.is_valid(seller.bic):
        sentence = (
            f"The BIC “{seller.bic}” is not 8 or 11 letters and digits in the right places. "
            "Correct it in the company profile."
        )
        yield Finding("seller.bic", sentence, "ISO 9362")
