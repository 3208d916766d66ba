"""Dates that must be there and must follow each other."""

from collections.abc import Iterator

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import InvoiceDocument


def check_dates(document: InvoiceDocument) -> Iterator[Finding]:
    """Findings on due date, period of service and payment dates."""
    yield from _due_date(document)
    period = document.period
    if period is not None and period.end < period.start:
        sentence = f"The period of service ends ({period.end}) before it begins ({period.start}). Swap the two dates."
        yield Finding("period.end", sentence, "BR-29")
    if period is None and any(line.category is TaxCategory.INTRA_COMMUNITY for line in document.tax_lines):
        yield Finding("period", "An intra-community supply needs the date or period of supply. Enter it.", "BR-IC-11")


def _due_date(document: InvoiceDocument) -> Iterator[Finding]:
    if document.due_date is not None and document.due_date < document.issue_date:
        sentence = (
            f"The due date {document.due_date} lies before the issue date {document.issue_date}. Choose a "
            "later due date."
        )
        yield Finding("due_date", sentence, "art. 226")
    owes = document.kind.asks and document.totals.due_minor > 0
    explained = document.due_date or document.terms.days is not None or document.terms.note.strip()
    if owes and not explained:
        sentence = "Something is to be paid, but neither a due date nor payment terms are given. Enter one of them."
        yield Finding("due_date", sentence, "BR-CO-25")
