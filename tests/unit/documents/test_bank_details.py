"""Check digits of IBAN and BIC, and how an IBAN is printed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.documents.bank_details import check_bank_details
from plugin.documents.renderer import TypstRenderer
from plugin.domain.documents.findings import Severity
from plugin.formatting import spaced_iban
from tests.samples.documents import SELLER, invoice


def mod97_is_one(iban: str) -> bool:
    """ISO 7064 written out: letters count as 10 to 35, the first four characters go to the end."""
    digits = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(digits) % 97 == 1


@given(st.integers(0, 10**18 - 1), st.integers(2, 98))
def test_exactly_one_pair_of_check_digits_is_accepted(account: int, check: int) -> None:
    iban = f"DE{check:02d}{account:018d}"
    found = list(check_bank_details(replace(SELLER, iban=iban)))
    assert (found == []) == mod97_is_one(iban)


@pytest.mark.parametrize("iban", ["DE89370400440532013001", "DE8937040044053201300", "XX89370400440532013000", "hello"])
def test_bad_input_a_mistyped_iban_blocks(iban: str) -> None:
    (finding,) = TypstRenderer().check(invoice(seller=replace(SELLER, iban=iban)))
    assert finding.field == "seller.iban"
    assert finding.severity is Severity.BLOCKS
    assert iban in finding.sentence


@pytest.mark.parametrize("bic", ["COBADE", "COBADEFFXX", "1234DEFF"])
def test_bad_input_a_mistyped_bic_blocks(bic: str) -> None:
    (finding,) = check_bank_details(replace(SELLER, bic=bic))
    assert finding.field == "seller.bic"


def test_ibans_are_printed_in_fours() -> None:
    assert spaced_iban("de89370400440532013000") == "DE89 3704 0044 0532 0130 00"
    assert spaced_iban("DE89 3704 0044 0532 0130 00") == "DE89 3704 0044 0532 0130 00"
    assert spaced_iban("not an iban") == "not an iban"


def test_no_account_is_no_error() -> None:
    assert list(check_bank_details(replace(SELLER, iban="", bic=""))) == []
