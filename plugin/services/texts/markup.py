"""A wording's own HTML: only the tags and attributes of a plain letter are kept, whatever was written or filled in."""

import re

import nh3
from markupsafe import Markup

from plugin.services.texts.fillings import INVOICES, PAYMENT

TAGS = frozenset(
    {"a", "b", "br", "em", "h2", "h3", "hr", "i", "li", "ol", "p", "strong", "table", "tbody", "td", "th", "thead"}
    | {"tr", "ul", "u", "div", "span"}
)
ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan"}, "th": {"colspan", "scope"}}
SCHEMES = {"https", "mailto", "tel"}
_PIECES = re.compile(f"(?:<p>\\s*)?({INVOICES}|{PAYMENT})(?:\\s*</p>)?")


def pieces(html: str) -> list[Markup]:
    """The cleaned markup, cut at the marks of table and payment details; the marks stand between the pieces."""
    cleaned = nh3.clean(
        html, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    # nh3 has just made it safe: this is the one place where markup of a person reaches a mail.
    return [Markup(piece) for piece in _PIECES.split(cleaned) if piece.strip()]  # noqa: S704
