"""May this document be issued? Mandatory content (VAT Directive art. 226), arithmetic (I7), tax rules, clean text."""

from plugin.domain.documents.arithmetic_checks import check_arithmetic
from plugin.domain.documents.content_checks import check_content
from plugin.domain.documents.date_checks import check_dates
from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.documents.tax_checks import check_tax
from plugin.domain.documents.text_checks import check_text

__all__ = ["Finding", "check"]


def check(document: InvoiceDocument) -> list[Finding]:
    """All that forbids issuing ``document``, in the order of the page; an empty list means it may be issued.

    The number is not asked for: a document is checked before it gets one (L21).
    """
    return [
        *check_content(document),
        *check_dates(document),
        *check_tax(document),
        *check_arithmetic(document),
        *check_text(document),
    ]
