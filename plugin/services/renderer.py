"""What the services ask of a renderer; ``plugin/documents/renderer.py`` is the one that makes PDFs."""

from dataclasses import dataclass
from typing import Protocol

from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import InvoiceDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedDocument:
    """A finished file. ``sha256`` is the hexadecimal digest of ``content``."""

    content: bytes
    sha256: str
    media_type: str
    file_name: str


class Renderer(Protocol):
    """Turns the document model into a file. The same document gives the same bytes for ever."""

    def check(self, document: InvoiceDocument) -> list[Finding]:
        """What only the renderer can see; asked before a number is given, beside ``plugin.domain.documents.checks``.

        Bank details with wrong check digits block; characters without a glyph warn (they would print as U+FFFD).
        """
        ...

    def render(self, document: InvoiceDocument) -> RenderedDocument:
        """Raises ``Permanent`` where the document cannot be made; no retry helps then."""
        ...
