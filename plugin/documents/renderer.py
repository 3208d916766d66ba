"""The renderer that the services get: the document model as a PDF made by Typst."""

import hashlib
import re
from typing import Final

import structlog

from plugin.documents.bank_details import check_bank_details
from plugin.documents.pdf.compiler import compile_pdf, forget_large_document
from plugin.documents.pdf.page import page_data
from plugin.documents.pdf.printable import unprintable_characters
from plugin.domain.documents.findings import Finding, Severity
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.documents.text_checks import texts_of
from plugin.services.renderer import RenderedDocument

MEDIA_TYPE: Final = "application/pdf"
SHOWN: Final = 5
log = structlog.get_logger(__name__)


class TypstRenderer:
    """Implements ``plugin.services.renderer.Renderer``. Safe to share: each thread has a compiler of its own."""

    def check(self, document: InvoiceDocument) -> list[Finding]:
        """Bank details with typing errors (they block), and characters that would print as � (they warn)."""
        return [*check_bank_details(document.seller), *_unprintable(document)]

    def render(self, document: InvoiceDocument) -> RenderedDocument:
        """The PDF. Raises ``Permanent`` where Typst refuses the document."""
        compiled = compile_pdf(page_data(document), issued=document.issue_date)
        forget_large_document(len(document.lines))
        for warning in compiled.warnings:
            log.warning("typst_warning", warning=warning)
        return RenderedDocument(
            content=compiled.content,
            sha256=hashlib.sha256(compiled.content).hexdigest(),
            media_type=MEDIA_TYPE,
            file_name=file_name(document),
        )


def file_name(document: InvoiceDocument) -> str:
    """``invoice-INV-2026-0042.pdf``: ASCII letters, digits, dots, dashes and underscores, whatever the number is."""
    number = re.sub(r"[^A-Za-z0-9._-]+", "-", document.number or "draft").strip("-.")
    return f"{document.kind.value.replace('_', '-')}-{number or 'document'}.pdf"


def _unprintable(document: InvoiceDocument) -> list[Finding]:
    found: list[Finding] = []
    for path, text in texts_of(document):
        missing = unprintable_characters(text)
        if missing:
            shown = ", ".join(f"“{character}” (U+{ord(character):04X})" for character in missing[:SHOWN])
            sentence = f"No font is there for {shown}; it would print as �. Replace it."
            found.append(Finding(path, sentence, "glyph", Severity.WARNS))
    return found
