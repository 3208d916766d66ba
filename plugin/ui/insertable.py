"""What may be filled into a text, as pages offer it beside the text: names, parts of an invoice, filters."""

from typing import Final

from plugin.services.texts.filters import FILTERS
from plugin.services.texts.names import INVOICE_PARTS, NAMES, Name, NameKind

LOOP: Final = "{% for invoice in invoices %}{{ invoice.number }}: {{ invoice.amount_due }}\n{% endfor %}"
BLOCKS = (NameKind.INVOICES, NameKind.BLOCK)


def to_insert() -> dict[str, object]:
    """The values of ``ui/parts/text_names.html``: what to write, and what it says."""
    return {
        "names": [_insertable(name, about) for name, about in NAMES.items()],
        "parts": [(f"{{{{ invoice.{part} }}}}", about.meaning) for part, about in INVOICE_PARTS.items()],
        "loop": LOOP,
        "filters": [(name, one.meaning, one.words) for name, one in FILTERS.items()],
    }


def _insertable(name: str, about: Name) -> tuple[str, str]:
    """A block stands alone in its paragraph."""
    mark = f"{{{{ {name} }}}}"
    return (f"\n\n{mark}\n\n" if about.kind in BLOCKS else mark), about.meaning
