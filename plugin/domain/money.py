"""Money as integer minor units with a currency. Decimals exist at the edge only, floats nowhere.

Half-up rounding (ties away from zero) happens once per amount; EN 16931 and docs say where.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from plugin.domain.errors import InvalidInput

MAX_MINOR = 10**15
"""Largest amount either way, in minor units: fits every database integer and no invoice reaches it."""
MAX_DECIMALS = 60
"""Decimals a number may carry; keeps ``1e-999999`` from eating memory."""

_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")


def is_whole(value: object) -> bool:
    """Whether a value is a whole number and no truth value: what minor units and counts have to be at run time."""
    return isinstance(value, int) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code and the number of its minor digits (EUR 2, JPY 0, BHD 3), given by the caller as values."""

    code: str
    exponent: int

    def __post_init__(self) -> None:
        if len(self.code) != 3 or not self.code.isascii() or not self.code.isalpha() or not self.code.isupper():
            raise InvalidInput(f"{self.code!r} is no currency code; use three capital letters such as EUR.")
        if not is_whole(self.exponent) or not 0 <= self.exponent <= 4:
            raise InvalidInput(f"{self.code} cannot have {self.exponent!r} minor digits; ISO 4217 knows 0 to 4.")

    def __str__(self) -> str:
        return self.code


def half_up(value: Decimal | Fraction | int) -> int:
    """The nearest integer, ties away from zero (0.5 -> 1, -0.5 -> -1). Exact: no decimal context takes part.

    Raises InvalidInput for floats, NaN, Infinity and magnitudes no amount has (law.md L33).
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | Fraction | int):
        raise InvalidInput(f"{value!r} is not an exact number; give a whole number or a decimal, never a float.")
    if isinstance(value, Decimal):
        value = exact(value)
    numerator, denominator = value.as_integer_ratio()
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def exact(value: Decimal | int | str) -> Fraction:
    """A typed or stored number as an exact fraction. Text is plain digits with at most one point, as people write it.

    InvalidInput for floats, NaN, Infinity, Decimal("1e400"), Decimal("1e-400"), and for texts such as 1e2, 1_0 or "١٢",
    which Python reads as numbers and nobody means as amounts.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise InvalidInput(f"{value!r} is not an exact number; give a whole number or a decimal, never a float.")
    if isinstance(value, str) and not _PLAIN.fullmatch(value.strip()):
        raise InvalidInput(f"{value[:40]!r} is not a number; write it like 1234.50.")
    number = Decimal(value)
    if not number.is_finite():
        raise InvalidInput(f"{str(value)[:40]!r} is not a finite number; write it like 1234.50.")
    if not number:
        return Fraction(0)
    if number.adjusted() > 18:
        raise InvalidInput(f"{str(value)[:40]!r} is too large; no amount has more than 18 digits before the point.")
    if int(number.as_tuple().exponent) < -MAX_DECIMALS:
        raise InvalidInput(f"{str(value)[:40]!r} has more than {MAX_DECIMALS} decimals; round it first.")
    return Fraction(number)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: ``minor`` units (cents for EUR) of a currency. Adding two currencies is an error, never a guess."""

    minor: int
    currency: Currency

    def __post_init__(self) -> None:
        if not is_whole(self.minor):
            raise InvalidInput(f"{self.minor!r} is no amount; minor units are whole numbers.")
        if abs(self.minor) > MAX_MINOR:
            raise InvalidInput(f"An amount of {len(str(abs(self.minor)))} digits is too large; check the figures.")

    @classmethod
    def zero(cls, currency: Currency) -> Self:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, value: Decimal | int | str, currency: Currency) -> Self:
        """Exact conversion from major units ("12.34" EUR -> 1234). InvalidInput where decimals would be lost."""
        minor = exact(value) * 10**currency.exponent
        if minor.denominator != 1:
            raise InvalidInput(f"{value} has more decimals than {currency.code} knows ({currency.exponent}); round it.")
        return cls(minor.numerator, currency)

    @classmethod
    def rounded(cls, value: Decimal | Fraction, currency: Currency) -> Self:
        """Conversion from major units with one half-up rounding."""
        major = exact(value) if isinstance(value, Decimal) else value
        return cls(half_up(major * 10**currency.exponent), currency)

    def to_decimal(self) -> Decimal:
        """Major units with exactly the currency's decimals (1230 -> Decimal("12.30"))."""
        digits = tuple(int(digit) for digit in str(abs(self.minor)))
        return Decimal((int(self.minor < 0), digits, -self.currency.exponent))

    def __add__(self, other: Self) -> Self:
        self._same_currency(other)
        return type(self)(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> Self:
        self._same_currency(other)
        return type(self)(self.minor - other.minor, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        self._same_currency(other)
        return self.minor < other.minor

    def __le__(self, other: Self) -> bool:
        self._same_currency(other)
        return self.minor <= other.minor

    def __gt__(self, other: Self) -> bool:
        return other < self

    def __ge__(self, other: Self) -> bool:
        return other <= self

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.to_decimal():f} {self.currency.code}"

    def times(self, factor: Decimal | Fraction | int) -> Self:
        """This amount times an exact factor, rounded half-up once. Floats, NaN and Infinity are refused."""
        exact_factor = factor if isinstance(factor, Fraction) else exact(factor)
        return type(self)(half_up(self.minor * exact_factor), self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise InvalidInput(
                f"{self.currency.code} and {other.currency.code} cannot be added or compared; convert one first."
            )


def total(amounts: Iterable[Money], currency: Currency) -> Money:
    """The sum of amounts of one currency; nothing sums to zero of it."""
    minor = 0
    for amount in amounts:
        if amount.currency != currency:
            raise InvalidInput(f"{amount} cannot be added to a sum in {currency.code}; convert it first.")
        minor += amount.minor
    return Money(minor, currency)
