"""Instalments as people type them: so many from a day on, or each with its day and amount on a line."""

from collections.abc import Sequence
from datetime import date

import msgspec

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.domain.payments.instalments import Part, Rhythm, split
from plugin.services.currencies import currency_of
from plugin.store.tables.invoices import Invoice

DEFAULTS = {"count": "", "first_on": "", "rhythm": Rhythm.MONTH.value, "parts": ""}
RHYTHMS = [(Rhythm.MONTH.value, "A month"), (Rhythm.FORTNIGHT.value, "Two weeks"), (Rhythm.WEEK.value, "A week")]


class PartsForm(msgspec.Struct):
    """``parts`` counts where something is typed there."""

    count: int = 0
    first_on: date | None = None
    rhythm: str = Rhythm.MONTH.value
    parts: str = ""


def parts_of_form(form: PartsForm, invoice: Invoice) -> Sequence[Part]:
    """The parts, or none where nothing was typed. InvalidInput names the field and the line."""
    if form.parts.strip():
        return [_line(number, text, invoice) for number, text in enumerate(form.parts.strip().splitlines(), 1)]
    if not form.count:
        return ()
    if form.first_on is None:
        raise InvalidInput("Enter the day of the first instalment.", field="first_on")
    if form.rhythm not in list(Rhythm):
        raise InvalidInput("Choose how far the instalments lie apart.", field="rhythm")
    amount = Money(invoice.balance_minor, currency_of(invoice.currency))
    return split(amount, count=form.count, first=form.first_on, rhythm=Rhythm(form.rhythm))


def _line(number: int, text: str, invoice: Invoice) -> Part:
    day, _, amount = text.strip().partition(" ")
    try:
        return Part(date.fromisoformat(day), Money.parse(amount.strip(), currency_of(invoice.currency)))
    except (InvalidInput, ValueError):
        raise InvalidInput(
            f"Line {number}: write a day and an amount, such as 2026-12-01 400.00.", field="parts"
        ) from None
