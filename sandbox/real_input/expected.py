"""What the invoices must say, worked out from the file with decimals: none of Dunlin's code takes part.

15 minutes up for each entry, a price by person, a line for each task and price, 20 % tax once on the net, halves up.
"""

import csv
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

TAX_PERCENT = 20
CENT = Decimal("0.01")
LONG_SECONDS = 24 * 3600


@dataclass
class ExpectedInvoice:
    """One project and month; money as decimals of a euro."""

    seconds_billed: int = 0
    lines: dict[tuple[str, Decimal], Decimal] = field(default_factory=dict)

    @property
    def net(self) -> Decimal:
        return sum((_cents(hours * price) for (_, price), hours in self.lines.items()), Decimal(0))

    @property
    def tax(self) -> Decimal:
        return _cents(self.net * TAX_PERCENT / 100)


@dataclass
class Expected:
    """The whole file; invoices by project key and first day of the month."""

    entries: int = 0
    seconds: int = 0
    dated: int = 0
    seconds_dated: int = 0
    long_entries: int = 0
    last_day: date = date.min
    projects: Counter[str] = field(default_factory=Counter)
    people: dict[str, set[str]] = field(default_factory=dict)
    invoices: dict[tuple[str, date], ExpectedInvoice] = field(default_factory=dict)

    @property
    def seconds_billed(self) -> int:
        return sum(invoice.seconds_billed for invoice in self.invoices.values())


def price_of(developer: str) -> Decimal:
    """Euro per hour: another one for each person, with odd cents so that rounding shows."""
    return Decimal("70.00") + Decimal("1.37") * int(developer)


def read_expected(path: Path, *, projects: Container[str] | None = None) -> Expected:
    """Reads the file once."""
    expected = Expected()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if projects is None or row["project"].strip() in projects:
                _add(expected, row)
    return expected


def _add(expected: Expected, row: dict[str, str]) -> None:
    project, developer = row["project"].strip(), row["developer"].strip()
    seconds = int((Decimal(row["hours_actual"]) * 3600).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    expected.entries += 1
    expected.seconds += seconds
    expected.long_entries += seconds > LONG_SECONDS
    expected.projects[project] += 1
    expected.people.setdefault(project, set()).add(developer)
    if not row["started_on"].strip():
        return
    day = date.fromisoformat(row["started_on"].strip())
    expected.dated += 1
    expected.seconds_dated += seconds
    expected.last_day = max(expected.last_day, day)
    invoice = expected.invoices.setdefault((project, day.replace(day=1)), ExpectedInvoice())
    quarters = -(-seconds // 900)
    invoice.seconds_billed += quarters * 900
    line = (row["task"].strip(), price_of(developer))
    invoice.lines[line] = invoice.lines.get(line, Decimal(0)) + Decimal(quarters) / 4


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)
