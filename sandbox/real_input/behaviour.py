"""How real customers paid: terms, days to settle and disputes, from an accounts-receivable history (CSV)."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One invoice of the history. Days count from its issue date."""

    terms_days: int
    days_to_settle: int
    disputed: bool


def read_behaviour(path: Path) -> Iterator[Behaviour]:
    """The rows in the order of the file. Raises ValueError with the line number for a row that cannot be read."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            try:
                issued, due, settled = (_day(row[name]) for name in ("InvoiceDate", "DueDate", "SettledDate"))
                days = int(row["DaysToSettle"])
            except (KeyError, ValueError) as error:
                raise ValueError(f"line {line} of {path.name}: {error}") from error
            if (settled - issued).days != days:
                raise ValueError(f"line {line} of {path.name}: DaysToSettle is {days}, but {settled} - {issued} is not")
            yield Behaviour((due - issued).days, days, row["Disputed"].strip() == "Yes")


def _day(text: str) -> date:
    """Month/day/year."""
    return datetime.strptime(text.strip(), "%m/%d/%Y").replace(tzinfo=UTC).date()
