"""Page data: everything that the layout prints, as ready-made texts in one JSON value."""

import base64
import io

from PIL import Image

from plugin.documents.pdf.colours import palette
from plugin.documents.pdf.particulars import headline, meta, reference, title
from plugin.documents.pdf.parties import address_field, footer, letterhead
from plugin.documents.pdf.payment import payment_panel, remarks
from plugin.documents.pdf.printable import Json, prepared
from plugin.documents.pdf.rows import columns, groups
from plugin.documents.pdf.sums import sums
from plugin.documents.pdf.writer import Writer
from plugin.domain.documents.model import InvoiceDocument, Logo


def page_data(document: InvoiceDocument) -> Json:
    """What ``templates/invoice/invoice.typ`` reads. The layout computes nothing and formats nothing."""
    writer = Writer.of(document)
    return prepared(
        {
            "language": document.language.value,
            "title": title(writer),
            "reference": reference(writer),
            "number": document.number or "",
            "draft": writer.words("title.draft") if document.number is None else "",
            "colours": {**palette(document.brand.colour)},
            "logo": _logo(document.brand.logo, writer),
            "letterhead": letterhead(writer),
            "address": address_field(writer),
            "meta": [*meta(writer)],
            "headline": headline(writer),
            "introduction": document.introduction,
            "columns": columns(writer),
            "groups": [*groups(writer)],
            "sums": sums(writer),
            "payment": payment_panel(writer),
            "remarks": remarks(writer),
            "footer": footer(writer),
            "page_of": writer.words("footer.page", page="{page}", pages="{pages}"),
        }
    )


def _logo(logo: Logo | None, writer: Writer) -> Json:
    """The picture inside a drawing, since Typst takes texts only; its pixels stay as they are."""
    if logo is None:
        return None
    with Image.open(io.BytesIO(logo.content), formats=["PNG", "JPEG"]) as picture:
        width, height = picture.size
    address = f"data:{logo.media_type};base64,{base64.b64encode(logo.content).decode('ascii')}"
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{width}" height="{height}"><image width="{width}" height="{height}" xlink:href="{address}"/></svg>'
    )
    alt = writer.words("footer.logo_alt", name=writer.document.seller.name)
    return {"svg": drawing, "alt": alt, "wide": width > 3 * height}
