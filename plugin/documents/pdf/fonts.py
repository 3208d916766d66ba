"""The shipped fonts (Noto, OFL) and the characters they can draw. The machine's own fonts are never used."""

import unicodedata
from functools import cache
from typing import Final

import typst
from fontTools.ttLib import TTFont

from plugin.documents.pdf.places import FONTS

NEVER: Final = frozenset({"Cc", "Cs", "Co"})
"""Categories that PDF/A forbids even where a font has a glyph: controls, surrogates, private use."""
REPLACEMENT: Final = "\ufffd"
INVISIBLE: Final = frozenset("\n\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f")
"""Characters without a glyph of their own that every font accepts."""


@cache
def fonts() -> typst.Fonts:
    """The font set of this process; reading the folder takes some 20 ms, once."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])


@cache
def drawable() -> frozenset[str]:
    """Every character that at least one shipped font can draw (some 9,000), read from the fonts' own tables."""
    found: set[int] = set()
    for path in sorted(FONTS.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(sign for sign in map(chr, found) if unicodedata.category(sign) not in NEVER) | INVISIBLE
