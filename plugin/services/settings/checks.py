"""Checks that several settings share: each refuses with a sentence and the field it is about."""

import re
from datetime import time
from zoneinfo import available_timezones

from stdnum import bic as bic_number
from stdnum import iban as iban_number
from stdnum.eu import vat as eu_vat

from plugin.domain.documents.model import Language
from plugin.domain.errors import InvalidInput
from plugin.services.calendars import countries

LANGUAGES = tuple(language.value for language in Language)
LONGEST = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def clean_line(text: str, *, field: str, longest: int = 255) -> str:
    """One line without control characters. A line break in a name would end up in mail headers and bank codes."""
    line = text.strip()
    if "\n" in line or "\r" in line or _CONTROL.search(line):
        raise InvalidInput("Write this on one line, without control characters.", field=field)
    if len(line) > longest:
        raise InvalidInput(f"This is longer than {longest} characters; shorten it.", field=field)
    return line


def clean_block(text: str, *, field: str, longest: int = LONGEST) -> str:
    """Several lines without control characters, line ends made ``\\n``."""
    block = text.strip().replace("\r\n", "\n").replace("\r", "\n")
    if _CONTROL.search(block.replace("\n", "").replace("\t", "")):
        raise InvalidInput("Remove the control characters; they cannot be printed.", field=field)
    if len(block) > longest:
        raise InvalidInput(f"This is longer than {longest} characters; shorten it.", field=field)
    return block


def required(text: str, *, field: str, what: str) -> str:
    """The text, or a sentence that asks for it."""
    if not text:
        raise InvalidInput(f"Enter {what}.", field=field)
    return text


def check_country(code: str, *, field: str = "country") -> str:
    """An ISO 3166-1 alpha-2 code that calendars exist for."""
    upper = code.strip().upper()
    if upper not in countries():
        raise InvalidInput("Choose a country; it decides tax rules and holidays.", field=field)
    return upper


def check_zone(zone: str, *, field: str = "zone") -> str:
    """An IANA time zone."""
    if zone not in available_timezones():
        raise InvalidInput(f"{zone[:40]!r} is no time zone; choose one such as Europe/Berlin.", field=field)
    return zone


def check_language(code: str, *, field: str = "language") -> str:
    """A language that documents and mails exist in."""
    if code not in LANGUAGES:
        raise InvalidInput(f"Documents exist in {', '.join(LANGUAGES)}; choose one of them.", field=field)
    return code


def check_iban(text: str, *, field: str = "iban") -> str:
    """An IBAN with right check digits, without spaces; empty is allowed."""
    compact = iban_number.compact(text.strip()) if text.strip() else ""
    if compact and not iban_number.is_valid(compact):
        raise InvalidInput(
            "This IBAN is mistyped: its check digits do not fit. Compare it with your bank's.", field=field
        )
    return str(compact)


def check_bic(text: str, *, field: str = "bic") -> str:
    """A BIC of 8 or 11 characters; empty is allowed."""
    compact = text.strip().replace(" ", "").upper()
    if compact and not bic_number.is_valid(compact):
        raise InvalidInput("This BIC is mistyped; it has 8 or 11 letters and digits.", field=field)
    return compact


def check_vat_id(text: str, *, country: str, field: str = "vat_id") -> str:
    """A VAT id with its country prefix; inside the EU its form is checked, never looked up (BR-CO-09)."""
    compact = clean_line(text, field=field, longest=32).replace(" ", "").upper()
    if not compact:
        return ""
    if not compact[:2].isalpha():
        raise InvalidInput("A VAT id begins with its country, such as DE123456789.", field=field)
    if _in_eu(country) and not eu_vat.is_valid(compact):
        raise InvalidInput("This VAT id is mistyped: its form or check digit does not fit.", field=field)
    return compact


def check_colour(text: str, *, field: str = "colour") -> str:
    """A colour as ``#rrggbb``."""
    if not _COLOUR.fullmatch(text.strip()):
        raise InvalidInput("Write the colour as # and six digits, such as #0055CC.", field=field)
    return text.strip()


def check_window(start: time, end: time) -> tuple[time, time]:
    """Hours of a day in which mail may leave; the end comes after the start."""
    if start >= end:
        raise InvalidInput("The send window must end after it begins.", field="window_end")
    return start, end


def check_range(value: int, *, field: str, low: int, high: int) -> int:
    """A whole number between two bounds, both allowed."""
    if not low <= value <= high:
        raise InvalidInput(f"Enter a number from {low} to {high}.", field=field)
    return value


def _in_eu(country: str) -> bool:
    return country.lower() in eu_vat.MEMBER_STATES or country == "GR"
