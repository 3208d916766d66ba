"""Who writes to whom: letterhead, address field, footer."""

from plugin.documents.pdf.printable import Json
from plugin.documents.pdf.writer import Writer
from plugin.domain.documents.model import Address


def letterhead(writer: Writer) -> Json:
    """The seller's name and how to reach it."""
    seller = writer.document.seller
    contact = (seller.contact_name, seller.email, seller.phone, seller.website)
    return {"name": seller.name, "contact": [*filter(None, contact)]}


def address_field(writer: Writer) -> Json:
    """The window: a small line with the sender, then the buyer. The country stands there when it is a foreign one."""
    seller, buyer = writer.document.seller, writer.document.buyer
    sender = " · ".join(filter(None, (seller.name, *_streets(seller.address), _city(seller.address))))
    attention = writer.words("meta.attention", name=buyer.contact_name) if buyer.contact_name else ""
    lines = [attention, *_streets(buyer.address), _city(buyer.address)]
    if buyer.address.country != seller.address.country:
        lines.append(writer.country(buyer.address.country))
    return {"sender": sender, "name": buyer.name, "lines": [*filter(None, lines)]}


def footer(writer: Writer) -> Json:
    """Three columns with what the law wants to know of the seller."""
    seller, words = writer.document.seller, writer.words
    identity = [
        f"{words('footer.vat')} {seller.vat_id}" if seller.vat_id else "",
        f"{words('footer.tax_number')} {seller.tax_number}" if seller.tax_number else "",
        seller.registration,
    ]
    place = [seller.name, *_streets(seller.address), _city(seller.address), writer.country(seller.address.country)]
    return [
        [*filter(None, place)],
        [*filter(None, identity)],
        [*filter(None, (seller.email, seller.phone, seller.website, *seller.footer.split("\n")))],
    ]


def _streets(address: Address) -> tuple[str, ...]:
    return tuple(part for line in address.lines for part in line.split("\n") if part.strip())


def _city(address: Address) -> str:
    return " ".join(filter(None, (address.postcode, address.city)))
