"""A logo that a person uploads: looked at before it is decoded, then drawn anew, so that only pixels remain (A65)."""

import io
import struct
from typing import Final

from PIL import Image

from plugin.domain.documents.model import Logo
from plugin.domain.errors import InvalidInput

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_SIDE: Final = 4_000
STORED_SIDE: Final = 1_200
PNG_MAGIC: Final = b"\x89PNG\r\n\x1a\n"
JPEG_MAGIC: Final = b"\xff\xd8\xff"
FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
STANDALONE_MARKERS: Final = frozenset({0x01, *range(0xD0, 0xD8)})


def accept_logo(content: bytes) -> Logo:
    """The upload as a fresh PNG or JPEG of at most 1,200 pixels a side, without metadata.

    Raises ``InvalidInput`` (field ``logo``) for anything but a PNG or JPEG of at most 2 MB and 4,000 pixels a side. The
    size is read from the file's head, so a picture of 30,000 by 30,000 pixels costs nothing.
    """
    if not content:
        raise _refused("The logo file is empty. Choose a PNG or JPEG file.")
    if len(content) > MAX_BYTES:
        raise _refused(f"The logo has {len(content) / 1048576:.1f} MB; at most 2 MB are taken. Save it smaller.")
    kind = _kind(content)
    width, height = _png_size(content) if kind == "PNG" else _jpeg_size(content)
    if width < 1 or height < 1:
        raise _refused("The logo has no pixels. Save it again as PNG or JPEG.")
    if width > MAX_SIDE or height > MAX_SIDE:
        raise _refused(f"The logo has {width} x {height} pixels; at most 4000 a side are taken. Save it smaller.")
    return _redrawn(content, kind)


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, field="logo")


def _kind(content: bytes) -> str:
    if content.startswith(PNG_MAGIC):
        return "PNG"
    if content.startswith(JPEG_MAGIC):
        return "JPEG"
    raise _refused("The logo is neither a PNG nor a JPEG picture, whatever its name says. Save it as PNG or JPEG.")


def _png_size(content: bytes) -> tuple[int, int]:
    if len(content) < 24 or content[12:16] != b"IHDR":
        raise _refused("The logo begins like a PNG, but its head is damaged. Save it again.")
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """The size in the first frame header; every segment before it is stepped over by its length."""
    place = 2
    while place + 9 < len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF or marker in STANDALONE_MARKERS:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in FRAME_MARKERS:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return int(width), int(height)
        place += 2 + int.from_bytes(content[place + 2 : place + 4], "big")
    raise _refused("The logo begins like a JPEG, but its head is damaged. Save it again.")


def _redrawn(content: bytes, kind: str) -> Logo:
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if max(picture.size) > MAX_SIDE:
                raise _refused("The logo's head and body disagree about its size. Save it again.")
            picture.load()
            pixels = picture.convert("RGB" if kind == "JPEG" else "RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError) as error:
        raise _refused("The logo cannot be read to its end. Open it in a picture program and save it again.") from error
    pixels.thumbnail((STORED_SIDE, STORED_SIDE))
    target = io.BytesIO()
    if kind == "JPEG":
        pixels.save(target, "JPEG", quality=90)
        return Logo(media_type="image/jpeg", content=target.getvalue())
    pixels.save(target, "PNG", optimize=True)
    return Logo(media_type="image/png", content=target.getvalue())
