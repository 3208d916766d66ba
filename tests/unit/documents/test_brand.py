"""Colours that stay legible whatever the brand, and the logo on the page."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from plugin.documents.logo import accept_logo
from plugin.documents.pdf.colours import palette
from plugin.documents.renderer import TypstRenderer
from plugin.domain.documents.model import Brand
from tests.samples.documents import invoice
from tests.samples.pdf import pictures_of

colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def luminance(colour: str) -> float:
    """WCAG 2.2, written down a second time."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@given(colours)
def test_req_F47_text_is_legible_with_any_brand_colour(colour: str) -> None:
    page = palette(colour)
    assert page["brand"] == colour
    assert contrast(page["accent"], "#ffffff") >= 4.5
    assert contrast(page["accent"], page["tint"]) >= 4.5
    assert contrast(page["on_brand"], page["brand"]) >= 4.0
    assert contrast("#565e6c", page["tint"]) >= 4.5


@pytest.mark.parametrize("colour", ["", "red", "#12345", "#1234567", "#12345g", 'rgb("0")'])
def test_what_is_no_colour_counts_as_the_default(colour: str) -> None:
    assert palette(colour) == palette("#1d4ed8")


def logo_of(red: int, *, kind: str = "PNG") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (400, 100), (red, 0, 0)).save(target, kind)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_req_F47_the_logo_is_on_the_page_in_its_place_and_colour(kind: str) -> None:
    brand = Brand(colour="#0f766e", logo=accept_logo(logo_of(220, kind=kind)))
    page = next(pictures_of(TypstRenderer().render(invoice(brand=brand)).content))
    millimetre = page.width / 210
    red, green, blue = page.getpixel((int(35 * millimetre), int(23 * millimetre)))[:3]  # type: ignore[index]
    assert abs(red - 220) < 5
    assert max(green, blue) < 5
    assert page.getpixel((int(100 * millimetre), int(1 * millimetre)))[:3] == (15, 118, 110)  # type: ignore[index]
