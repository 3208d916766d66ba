"""I4: numbers of each series without gap or double, given only to issued documents."""

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from plugin.services.verify.finding import VerifyFinding
from plugin.store.session import TenantSession
from plugin.store.tables.company import NumberSeries
from plugin.store.tables.invoices import Invoice

COUNTED = ("draft", "submitted", "approved")


def number_findings(session: TenantSession) -> Iterator[VerifyFinding]:
    """Compares how many documents a series issued in its present year with the count it stands at."""
    for series in session.scalars(select(NumberSeries).order_by(NumberSeries.key)):
        issued = session.scalars(
            select(Invoice).where(Invoice.series == series.key, Invoice.issued_on.is_not(None))
        ).all()
        yield from _doubles(series, [invoice.number or "" for invoice in issued])
        tails = {
            _tail(invoice.number) for invoice in issued if invoice.issued_on and invoice.issued_on.year == series.year
        }
        known = tails - {None}
        if known:
            first = min(number for number in known if number is not None)
            missing = sorted(set(range(first, series.last + 1)) - known)
            for number in missing[:20]:
                yield VerifyFinding("I4", f"Series {series.key}: number {number} of {series.year} was never issued.")
    drafts = select(Invoice.id).where(Invoice.state.in_(COUNTED), Invoice.number.is_not(None))
    for invoice_id in session.scalars(drafts):
        yield VerifyFinding("I4", f"Draft {invoice_id} has a number though it is not issued.")


def _doubles(series: NumberSeries, numbers: list[str]) -> Iterator[VerifyFinding]:
    for number, count in Counter(numbers).items():
        if count > 1 or not number:
            yield VerifyFinding("I4", f"Series {series.key}: number {number or '(none)'} stands on {count} documents.")


def _tail(number: str | None) -> int | None:
    """The count at the end of a number such as INV-2026-0042."""
    digits = ""
    for character in reversed(number or ""):
        if not character.isdigit():
            break
        digits = character + digits
    return int(digits) if digits else None
