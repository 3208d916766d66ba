"""JSON from strangers: no duplicate keys, no NaN, no bottomless nesting, no endless numbers."""

import json
from typing import NoReturn

from plugin.domain.errors import InvalidInput


def parse_object(text: bytes, *, limit: int) -> dict[str, object]:
    """The JSON object in at most ``limit`` bytes of UTF-8. Raises InvalidInput for anything else."""
    if len(text) > limit:
        raise InvalidInput(f"The body has {len(text)} bytes, more than the {limit} that are read; nothing was changed.")
    try:
        value = json.loads(text.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The body is not acceptable JSON ({type(error).__name__}); nothing was changed.") from None
    if not isinstance(value, dict):
        raise InvalidInput("The body is not a JSON object; nothing was changed.")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key appears twice")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
