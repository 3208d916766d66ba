"""I4: numbers of each series without gap or double, given only to issued documents."""

import re
import string
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select

from plugin.services.verify.finding import VerifyFinding
from plugin.store.session import TenantSession
from plugin.store.tables.company import NumberSeries
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote

MOST = 20
"""Gaps named of one run; the first say enough."""
COUNTED = ("draft", "submitted", "approved")


def number_findings(session: TenantSession) -> Iterator[VerifyFinding]:
    """Looks for doubles and gaps in every series, and for numbers on what was never issued."""
    for series in session.scalars(select(NumberSeries).order_by(NumberSeries.key)):
        issued = list(_given(session, series.key))
        yield from _doubles(series, [number for number, _ in issued])
        yield from _gaps(series, issued)
    drafts = select(Invoice.id).where(Invoice.state.in_(COUNTED), Invoice.number.is_not(None))
    for invoice_id in session.scalars(drafts):
        yield VerifyFinding("I4", f"Draft {invoice_id} has a number though it is not issued.")


def _given(session: TenantSession, series: str) -> Iterator[tuple[str, date | None]]:
    """Numbers with their days; what was cancelled keeps its number (L23)."""
    invoices = select(Invoice.number, Invoice.issued_on).where(
        Invoice.tenant_id == session.tenant_id, Invoice.series == series, Invoice.issued_on.is_not(None)
    )
    notes = select(DebitNote.number, DebitNote.issued_on).where(
        DebitNote.tenant_id == session.tenant_id, DebitNote.series == series
    )
    for query in (invoices, notes):
        for number, issued_on in session.execute(query):
            yield number or "", issued_on


def _doubles(series: NumberSeries, numbers: list[str]) -> Iterator[VerifyFinding]:
    for number, count in Counter(numbers).items():
        if count > 1 or not number:
            yield VerifyFinding("I4", f"Series {series.key}: number {number or '(none)'} stands on {count} documents.")


def _gaps(series: NumberSeries, issued: Sequence[tuple[str, date | None]]) -> Iterator[VerifyFinding]:
    """Every count between the lowest and the highest of a year is there; numbers of an older pattern are left out."""
    counts = _reader(series.pattern)
    runs: dict[int, set[int]] = defaultdict(set)
    for number, issued_on in issued:
        found = counts.fullmatch(number)
        if found is not None and issued_on is not None:
            runs[issued_on.year].add(int(found[1]))
    for year, known in sorted(runs.items()):
        last = max(series.last, *known) if year == series.year else max(known)
        for count in sorted(set(range(min(known), last + 1)) - known)[:MOST]:
            yield VerifyFinding("I4", f"Series {series.key}: number {count} of {year} was never issued.")


def _reader(pattern: str) -> re.Pattern[str]:
    """An expression whose group is the count in numbers of a pattern such as ``INV-{year}-{number:04d}``."""
    groups = {"number": r"(\d+)", "year": r"\d{4}", None: ""}
    return re.compile(
        "".join(re.escape(literal) + groups[name] for literal, name, _, _ in string.Formatter().parse(pattern))
    )
