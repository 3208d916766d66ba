"""One document's way of writing: its language, its currency, its words."""

from dataclasses import dataclass
from datetime import date

from plugin.catalogue import Catalogue, Place, catalogue
from plugin.domain.documents.model import InvoiceDocument
from plugin.formatting import (
    country_name,
    format_amount,
    format_date,
    format_money,
    format_percent,
    format_period,
    format_quantity,
)


@dataclass(frozen=True, slots=True)
class Writer:
    """Formats values for ``document``; ``words`` is the catalogue of its language."""

    document: InvoiceDocument
    words: Catalogue

    @classmethod
    def of(cls, document: InvoiceDocument) -> "Writer":
        """The writer for a document."""
        return cls(document, catalogue(Place.PAPER, document.language.value))

    def money(self, minor: int) -> str:
        """With the currency's sign."""
        document = self.document
        return format_money(
            minor, currency=document.currency, exponent=document.exponent, language=document.language.value
        )

    def amount(self, minor: int) -> str:
        """The number alone, for columns whose head names the currency."""
        return format_amount(minor, exponent=self.document.exponent, language=self.document.language.value)

    def quantity(self, hundredths: int) -> str:
        """With two decimals."""
        return format_quantity(hundredths, language=self.document.language.value)

    def percent(self, basis_points: int) -> str:
        """A tax rate."""
        return format_percent(basis_points, language=self.document.language.value)

    def day(self, day: date) -> str:
        """A civil day in words."""
        return format_date(day, language=self.document.language.value)

    def days(self, start: date, end: date) -> str:
        """A period in words."""
        return format_period(start, end, language=self.document.language.value)

    def country(self, code: str) -> str:
        """The name of a country."""
        return country_name(code, language=self.document.language.value)
