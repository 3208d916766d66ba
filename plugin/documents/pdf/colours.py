"""Any brand colour made usable: legible as text on white, with the right ink upon it (WCAG 2 contrast)."""

import re
from typing import Final

Rgb = tuple[int, int, int]
WHITE: Final[Rgb] = (255, 255, 255)
INK: Final[Rgb] = (17, 24, 39)
DEFAULT: Final = "#1d4ed8"
LEGIBLE: Final = 4.5
TINT_PERCENT: Final = 6
MUDDY: Final = 60


def palette(brand: str) -> dict[str, str]:
    """The colours of a page as ``#rrggbb``: ``brand`` for areas, ``on_brand`` for text on them, ``accent`` for coloured
    text on white, ``tint`` for panels. What is no colour counts as the default blue."""
    base = _parse(brand)
    return {
        "brand": _hex(base),
        "on_brand": _hex(WHITE if contrast(base, WHITE) >= contrast(base, INK) else INK),
        "accent": _hex(_darkened(base)),
        "tint": _hex(_mixed(base, WHITE, TINT_PERCENT)),
    }


def contrast(one: Rgb, other: Rgb) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _darkened(colour: Rgb) -> Rgb:
    """``colour`` mixed with as little ink as makes it legible on a panel; ink itself where that would turn it muddy."""
    panel = _mixed(colour, WHITE, TINT_PERCENT)
    for share in range(100, MUDDY, -5):
        mixed = _mixed(colour, INK, share)
        if contrast(mixed, panel) >= LEGIBLE:
            return mixed
    return INK


def _mixed(colour: Rgb, other: Rgb, share: int) -> Rgb:
    """``share`` percent of ``colour``, the rest ``other``."""
    red, green, blue = ((a * share + b * (100 - share)) // 100 for a, b in zip(colour, other, strict=True))
    return red, green, blue


def _luminance(colour: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _parse(text: str) -> Rgb:
    digits = (text if re.fullmatch("#[0-9a-fA-F]{6}", text) else DEFAULT)[1:]
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
