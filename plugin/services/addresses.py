"""Mail addresses that people type: exactly one, of a form that every mail server takes (A55, A56)."""

import re

from plugin.domain.errors import InvalidInput

LONGEST = 254
LONGEST_LOCAL = 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)")


def check_address(text: str, *, field: str = "email") -> str:
    """The address with its domain in small letters. Raises InvalidInput unless ``text`` is one plain ``name@domain``.

    Names, lists, groups, quotes and control characters are refused; so are signs beyond ASCII, since not every mail
    server takes them: better now than when an invoice is due.
    """
    address = text.strip(" ")
    if not address:
        raise InvalidInput("Enter a mail address, such as billing@example.com.", field=field)
    if not address.isprintable():
        raise InvalidInput("The address holds a line break or another invisible sign; type it again.", field=field)
    if not address.isascii():
        raise InvalidInput(
            "The address holds letters that not every mail server can handle; ask for one in plain letters, "
            "or write the part after the @ in its xn-- form.",
            field=field,
        )
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise InvalidInput("Enter exactly one mail address without a name, such as billing@example.com.", field=field)
    if len(address) > LONGEST or len(found[1]) > LONGEST_LOCAL:
        raise InvalidInput("The address is longer than mail servers allow (64 signs before the @).", field=field)
    return f"{found[1]}@{found[2].lower()}"
