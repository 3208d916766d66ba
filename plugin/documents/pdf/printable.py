"""Text made fit for paper: what no font can draw, what steers direction, and words too long for a column."""

import unicodedata
from typing import Final

from plugin.documents.pdf.fonts import REPLACEMENT
from plugin.documents.pdf.substitutes import drawn, stand_in
from plugin.domain.documents.text_checks import clean_text

RAW_KEYS: Final = ("url", "svg")
"""Keys of page data that are addresses or drawings of our own making and stay as they are."""

LONG_WORD: Final = 24
LONG_ADDRESS: Final = 40
PIECE: Final = 12
BREAK: Final = "\u200b"

Json = str | int | bool | None | list["Json"] | dict[str, "Json"]


def printable(text: str) -> str:
    """``text`` as it can be printed.

    Control and bidi characters go, tabs become spaces, a character without a glyph gives way to what means the same
    or to U+FFFD, and words of more than 24 characters (40 for mail and web addresses) may break every 12, so that they
    stay in their column.
    """
    lines = drawn(_cleaned(text)).split("\n")
    return "\n".join(" ".join(map(_breakable, line.split(" "))) for line in lines)


def unprintable_characters(text: str) -> list[str]:
    """The characters of ``text`` that would print as U+FFFD, each once, in order of appearance."""
    signs = dict.fromkeys(_cleaned(text))
    return [sign for sign in signs if sign != REPLACEMENT and stand_in(sign) == REPLACEMENT]


def prepared(data: Json) -> Json:
    """Page data with every text made printable, apart from drawings and addresses."""
    if isinstance(data, str):
        return printable(data)
    if isinstance(data, list):
        return [prepared(item) for item in data]
    if isinstance(data, dict):
        return {key: value if key in RAW_KEYS else prepared(value) for key, value in data.items()}
    return data


def _cleaned(text: str) -> str:
    return clean_text(text.replace("\t", " "))


def _breakable(word: str) -> str:
    if len(word) <= (LONG_ADDRESS if "@" in word or "/" in word else LONG_WORD):
        return word
    pieces: list[str] = []
    since_break = 0
    for character in word:
        if since_break >= PIECE and _may_stand_first(character) and not pieces[-1].endswith("\u200d"):
            pieces.append(BREAK)
            since_break = 0
        pieces.append(character)
        since_break += 1
    return "".join(pieces)


def _may_stand_first(character: str) -> bool:
    """Whether a break before ``character`` keeps what people see as one sign together."""
    is_skin_tone = "\U0001f3fb" <= character <= "\U0001f3ff"
    return not is_skin_tone and unicodedata.category(character) not in {"Mn", "Mc", "Me", "Cf"}
