"""Values as a text sees them: ready to print, and knowing what they were, so that filters can say more."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import islice

from plugin.domain.money import Money
from plugin.formatting import format_date, format_money

MOST_INVOICES = 200
"""A loop in a text runs at most that often; the table of invoices shows all of them."""


class SpokenMoney(str):
    """An amount in the mail's language."""

    __slots__ = ("language", "money")

    def __new__(cls, money: Money, language: str) -> "SpokenMoney":
        """Prints as the currency is written there."""
        currency = money.currency
        shown = format_money(money.minor, currency=currency.code, exponent=currency.exponent, language=language)
        spoken = super().__new__(cls, shown)
        spoken.money, spoken.language = money, language
        return spoken

    money: Money
    language: str


class SpokenDate(str):
    """A civil day in the mail's language."""

    __slots__ = ("day", "language")

    def __new__(cls, day: date, language: str) -> "SpokenDate":
        """Prints with the name of the month."""
        spoken = super().__new__(cls, format_date(day, language=language))
        spoken.day, spoken.language = day, language
        return spoken

    day: date
    language: str


class SpokenNumber(int):
    """A number of days or of things; prints as the bare number."""

    language: str

    def __new__(cls, number: int, language: str) -> "SpokenNumber":
        """Keeps the language for its plural."""
        spoken = super().__new__(cls, number)
        spoken.language = language
        return spoken


Spoken = str | int | None


class SpokenInvoices(tuple[Mapping[str, Spoken], ...]):  # noqa: SLOT001  # a tuple has no room for slots
    """The invoices of a mail: alone they print the mark of the table, in a loop they are rows."""

    mark: str
    language: str

    def __new__(cls, rows: Iterable[Mapping[str, Spoken]], *, mark: str, language: str) -> "SpokenInvoices":
        """Keeps the first rows only, so that no loop runs long."""
        spoken = super().__new__(cls, islice(rows, MOST_INVOICES))
        spoken.mark, spoken.language = mark, language
        return spoken

    def __str__(self) -> str:
        return self.mark
