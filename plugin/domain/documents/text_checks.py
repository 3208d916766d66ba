"""Text that paper and XML can carry: no control characters, no halves of characters (XML 1.0, section 2.2)."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import InvoiceDocument

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0d\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")


def clean_text(text: str) -> str:
    """``text`` without what ``check_text`` refuses; every line end becomes ``\\n``. For text that enters the house."""
    return BIDI_CONTROLS.sub("", FORBIDDEN.sub("", LINE_ENDS.sub("\n", text)))


def check_text(document: InvoiceDocument) -> Iterator[Finding]:
    """Findings on every text of the document that holds a forbidden character."""
    for path, text in texts_of(document):
        found = FORBIDDEN.search(text) or BIDI_CONTROLS.search(text)
        if found is not None:
            code = f"U+{ord(found.group()):04X}"
            sentence = (
                f"The text holds the invisible control character {code} at place {found.start() + 1}. Type "
                "the text anew."
            )
            yield Finding(path, sentence, "XML 1.0")


def texts_of(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string inside a model value with its path, depth first in the order of the fields."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts_of(item, f"{path}[{index}]")
    elif is_dataclass(value):
        prefix = f"{path}." if path else ""
        for entry in fields(value):
            yield from texts_of(getattr(value, entry.name), f"{prefix}{entry.name}")
