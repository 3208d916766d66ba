"""Small shapes and conversions that several answers of Jira share."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct

from plugin.domain.errors import InvalidInput
from plugin.jira.errors import unreadable
from plugin.jira.operations import Operation

LONGEST_ID = 18
"""Digits that always fit into Jira's 64 bits."""


class Account(Struct, rename="camel", frozen=True):
    """The part of a person that stands beside what they did."""

    account_id: str | None = None


def instant(text: str, operation: Operation) -> datetime:
    """An aware instant from Jira's ``2026-01-31T12:00:00.000+0200``. Anything else makes the whole answer unusable."""
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise unreadable(operation, operation.thing, "an instant that is none") from None
    if parsed.tzinfo is None:
        raise unreadable(operation, operation.thing, "an instant without a time zone")
    return parsed


def number_in_link(link: str, parameter: str) -> int | None:
    """A number from the query of a link that Jira gave. The rest of the link is never used: it may lead elsewhere."""
    values = parse_qs(urlsplit(link).query).get(parameter, [])
    return int(values[0]) if len(values) == 1 and values[0].isascii() and values[0].isdigit() else None


def numbers(ids: Sequence[str]) -> list[int]:
    """Ids as the numbers that some operations want. Raises InvalidInput for what is no id of Jira."""
    odd = [one for one in ids if not (one.isascii() and one.isdigit() and len(one) <= LONGEST_ID)]
    if odd:
        raise InvalidInput(f"'{odd[0][:40]}' is no id of Jira; nothing was asked.")
    return [int(one) for one in ids]
