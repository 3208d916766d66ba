"""A letter as PDF: the same parts give the same bytes."""

from plugin.documents.pdf.compiler import compile_pdf
from plugin.documents.pdf.places import LETTER
from plugin.documents.pdf.printable import prepared
from plugin.formatting import format_date
from plugin.services.letters.parts import LetterParts


def letter_pdf(letter: LetterParts) -> bytes:
    """The PDF. Raises ``Permanent`` where Typst refuses it."""
    data = prepared(
        {
            "language": letter.language,
            "sender": letter.sender,
            "subject": letter.subject,
            "return_address": ", ".join([letter.sender, *_lines(letter.sender_address)]),
            "address": [*_lines(letter.address)],
            "day": format_date(letter.day, language=letter.language),
            "paragraphs": [[*block.split("\n")] for block in letter.text.split("\n\n") if block.strip()],
        }
    )
    return compile_pdf(data, issued=letter.day, entry=LETTER).content


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
