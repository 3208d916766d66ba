"""A65: what passes for a logo. Hostile files are made here byte by byte."""

import io
import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from plugin.documents.logo import accept_logo
from plugin.domain.errors import InvalidInput


def picture(kind: str, *, size: tuple[int, int] = (300, 100), mode: str = "RGB") -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, 7 if mode in {"1", "L", "P"} else None).save(target, kind)
    return target.getvalue()


def png(width: int, height: int, body: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_req_F47_png_and_jpeg_are_taken_and_redrawn(kind: str) -> None:
    logo = accept_logo(picture(kind))
    assert logo.media_type == f"image/{kind.lower()}"
    with Image.open(io.BytesIO(logo.content)) as result:
        assert result.format == kind
        assert result.size == (300, 100)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_pixel_is_taken(mode: str) -> None:
    assert accept_logo(picture("PNG", mode=mode)).media_type == "image/png"


def test_a_cmyk_jpeg_becomes_rgb() -> None:
    with Image.open(io.BytesIO(accept_logo(picture("JPEG", mode="CMYK")).content)) as result:
        assert result.mode == "RGB"


def test_a_large_logo_is_stored_smaller_in_proportion() -> None:
    with Image.open(io.BytesIO(accept_logo(picture("PNG", size=(4000, 1000))).content)) as result:
        assert result.size == (1200, 300)


def test_metadata_and_what_hangs_behind_the_picture_are_gone() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "secret-place")
    target = io.BytesIO()
    Image.new("RGB", (20, 20)).save(target, "PNG", pnginfo=info)
    polyglot = target.getvalue() + b"<script>alert(1)</script>PK\x03\x04"
    clean = accept_logo(polyglot).content
    assert b"secret-place" not in clean
    assert b"<script>" not in clean
    assert b"PK\x03\x04" not in clean


def test_attack_A65_30000_by_30000_pixels_are_refused_without_decoding() -> None:
    bomb = png(30_000, 30_000, bytes(3_751 * 30_000))
    assert len(bomb) < 200_000
    tracemalloc.start()
    with pytest.raises(InvalidInput, match="30000 x 30000 pixels; at most 4000 a side") as refused:
        accept_logo(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.field == "logo"
    assert peak < 1_000_000


def test_attack_A65_a_jpeg_head_that_claims_65000_pixels_is_refused() -> None:
    jpeg = bytearray(picture("JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 65_000, 65_000)
    with pytest.raises(InvalidInput, match="65000 x 65000 pixels"):
        accept_logo(bytes(jpeg))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "neither a PNG nor a JPEG"),
        (b"GIF89a" + bytes(50), "neither a PNG nor a JPEG"),
        (b"PK\x03\x04" + bytes(50), "neither a PNG nor a JPEG"),
        (b"\x89PNG\r\n\x1a\n", "head is damaged"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "head is damaged"),
        (b"\xff\xd8\xff\xe0", "head is damaged"),
        (b"\xff\xd8\xff" + b"\xff" * 100, "head is damaged"),
        (png(0, 10, b""), "no pixels"),
        (png(100, 100, b"short"), "cannot be read"),
        (picture("PNG")[:-40], "cannot be read"),
        (picture("JPEG")[:300], "cannot be read"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2 * 1024 * 1024), "at most 2 MB"),
    ],
)
def test_attack_A65_everything_else_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        accept_logo(content)
    assert refused.value.field == "logo"


@given(st.binary(max_size=400), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", picture("JPEG")[:180]]))
def test_attack_A65_noise_is_refused_never_a_crash(noise: bytes, head: bytes) -> None:
    with pytest.raises(InvalidInput):
        accept_logo(head + noise)
