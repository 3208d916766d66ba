"""What stands in for signs that no shipped font has: first the same meaning in other signs, at last U+FFFD."""

import unicodedata
from functools import lru_cache
from typing import Final

from plugin.documents.pdf.fonts import REPLACEMENT, drawable

SAME_MEANING: Final = {
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "≈": "~",
    "⇒": "=>",
    "⇔": "<=>",
    "✓": "✔",
    "✗": "✖",
    "✘": "✖",
    "★": "⭐",
    "☐": "[ ]",
    "☒": "[x]",
    "◦": "•",
    "●": "•",
    "■": "▪",
    "►": "▶",
    "➜": "→",
    "➤": "→",
    "│": "|",
    "─": "–",
}
MARKS: Final = frozenset({"Mn", "Mc", "Me"})
EMOJI_MARKS: Final = frozenset("\ufe0e\ufe0f\u20e3")


def drawn(text: str) -> str:
    """``text`` in drawable signs only.

    Accents upon anything but letters go: no font places them, and Typst would refuse.
    """
    kept: list[str] = []
    after_letter = True
    for sign in text:
        category = unicodedata.category(sign)
        if category in MARKS:
            if not after_letter and sign not in EMOJI_MARKS:
                continue
        elif category != "Cf":
            after_letter = category.startswith("L") or sign == " "
        kept.append(stand_in(sign))
    return "".join(kept)


@lru_cache(maxsize=4096)
def stand_in(sign: str) -> str:
    """The sign itself where a font has it, else what means the same; fullwidth and styled letters become plain."""
    known = drawable()
    if sign in known:
        return sign
    for other in (SAME_MEANING.get(sign, ""), unicodedata.normalize("NFKC", sign)):
        if other and all(part in known for part in other):
            return other
    return REPLACEMENT
