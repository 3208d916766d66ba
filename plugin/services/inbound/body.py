"""The words of a mail: its plain part, or what its HTML says, without what it quotes of ours."""

import re
from email.message import Message
from html.parser import HTMLParser

from plugin.domain.documents.text_checks import clean_text

MOST_BYTES = 200_000
LONGEST = 4_000
BLOCKS = ("p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote")
SILENT = ("script", "style", "head", "title")
INTRODUCES_QUOTE = re.compile(
    r"^\s*(?:"
    r"(?:on|am|le|el)\b.{0,200}(?:wrote|schrieb|a écrit|escribió)\b.{0,80}:"
    r"|-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original)\s*-{2,}"
    r"|_{10,}"
    r")\s*$",
    re.IGNORECASE,
)
FROM_LINE = re.compile(r"^\s*\*?(?:from|von|de)\*?\s*:\s*\S.{0,200}$", re.IGNORECASE)
NEXT_LINE = re.compile(r"^\s*\*?(?:sent|gesendet|datum|date|envoyé|enviado|fecha|to|an|à|para)\*?\s*:", re.IGNORECASE)


def text_of(message: Message) -> str:
    """The words that somebody wrote, cut to a few thousand signs; empty where there are none to be read."""
    plain = _part(message, "text/plain")
    words = plain if plain.strip() else _spoken(_part(message, "text/html"))
    return without_quotes(clean_text(words))[:LONGEST]


def without_quotes(text: str) -> str:
    """The text above the first quoted mail; lines that begin with ``>`` are left out wherever they stand."""
    kept: list[str] = []
    lines = text.split("\n")
    for place, line in enumerate(lines):
        below = lines[place + 1] if place + 1 < len(lines) else ""
        together = f"{line.rstrip()} {below.strip()}"
        if INTRODUCES_QUOTE.match(line) or (line.strip() and INTRODUCES_QUOTE.match(together)):
            break
        if FROM_LINE.match(line) and NEXT_LINE.match(below):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _part(message: Message, kind: str) -> str:
    """The first part of a kind that is no attachment."""
    for part in message.walk():
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            return _decoded(part)
    return ""


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    body = payload[:MOST_BYTES] if isinstance(payload, bytes) else b""
    charset = part.get_content_charset() or "utf-8"
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's
        self._silent += tag in SILENT
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in SILENT))

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(" ".join(data.split()) if data.strip() else " ")


def _spoken(html: str) -> str:
    """The words of an HTML part. Nothing of it is ever shown as HTML."""
    reader = _Words()
    reader.feed(html)
    return "".join(reader.words)
