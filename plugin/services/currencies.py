"""Currencies with their minor digits, from ISO's own list; the domain gets them as values."""

from functools import cache

from iso4217 import Currency as IsoCurrency

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Currency


@cache
def currency_of(code: str) -> Currency:
    """The currency with its exponent (EUR 2, JPY 0, KWD 3). InvalidInput names a code that ISO 4217 does not know."""
    try:
        found = IsoCurrency(code.strip().upper())
    except ValueError:
        raise InvalidInput(
            f"{code[:10]!r} is no currency that can be billed in; use a code such as EUR.", field="currency"
        ) from None
    if found.exponent is None:
        raise InvalidInput(f"{code!r} has no minor units in ISO 4217, so it cannot be billed in.", field="currency")
    return Currency(found.code, found.exponent)
