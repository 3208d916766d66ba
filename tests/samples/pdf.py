"""Reading PDFs back with readers that had no part in making them: PDFium for text and pixels, qpdf for structure."""

import io
from collections.abc import Iterator

import pikepdf
import pypdfium2
from PIL import Image


def pages_of(content: bytes) -> list[str]:
    """The text of each page, line ends as spaces, and without the marks where a long word may break."""
    with pypdfium2.PdfDocument(content) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [" ".join(text.replace("\u200b", "").replace("\ufffe", "").split()) for text in texts]


def text_of(content: bytes) -> str:
    """All pages, one after the other."""
    return " ".join(pages_of(content))


def pictures_of(content: bytes, *, scale: float = 2.0) -> Iterator[Image.Image]:
    """Each page as a picture."""
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            yield page.render(scale=scale).to_pil()


def links_of(content: bytes) -> list[str]:
    """The addresses of all links, in order."""
    with pikepdf.open(io.BytesIO(content)) as document:
        return [
            str(annotation.A.URI)
            for page in document.pages
            for annotation in page.obj.get("/Annots", pikepdf.Array())
            if "/URI" in annotation.get("/A", {})
        ]


def font_names_of(content: bytes) -> set[str]:
    """The names of all fonts, without the subset's prefix."""
    with pikepdf.open(io.BytesIO(content)) as document:
        names = {
            str(item.BaseFont)
            for item in document.objects
            if isinstance(item, pikepdf.Dictionary) and "/BaseFont" in item
        }
    return {name.split("+")[-1].lstrip("/") for name in names}
