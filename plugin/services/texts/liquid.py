"""Users' texts in Liquid: a closed list of names, filters and tags, bounded in size and time. Nothing here runs code.

python-liquid's own limits leave holes (ranges piped to filters, chained ``replace``), so what could grow is left out.
"""

from collections.abc import Mapping
from functools import cache

from liquid import Environment, StrictUndefined
from liquid.exceptions import LiquidError
from liquid.span import Span
from liquid.template import BoundTemplate

from plugin.domain.errors import InvalidInput
from plugin.services.texts.values import NAMES

LONGEST_SOURCE = 20_000
LONGEST_RESULT = 50_000
FILTERS = ("capitalize", "downcase", "upcase", "strip", "default", "size")
TAGS = ("if", "unless", "case", "comment", "raw", "illegal", "content", "output", "statement")


class _Bounded(Environment):
    """Stops what would run long even with the few tags that are left."""

    context_depth_limit = 10
    loop_iteration_limit = 2_000
    local_namespace_limit = 20_000
    output_stream_limit = LONGEST_RESULT


@cache
def _environment() -> Environment:
    environment = _Bounded(undefined=StrictUndefined)
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    environment.tags = {name: tag for name, tag in environment.tags.items() if name in TAGS}
    return environment


def check_text(source: str, *, field: str) -> None:
    """Refuses a text that names something unknown or does not parse, with line and column (F05).

    Raises InvalidInput for unknown variables, filters and tags, and for texts over 20,000 characters.
    """
    found = _parse(source, field=field).analyze()
    for name, spots in found.filters.items():
        if name not in FILTERS:
            raise InvalidInput(
                f"{_place(spots[0], source)}: there is no filter {name!r}. Known are {', '.join(FILTERS)}.",
                field=field,
            )
    for name, places in found.globals.items():
        if name not in NAMES:
            full = ".".join(str(segment) for segment in places[0].segments)
            raise InvalidInput(
                f"{_place(places[0].span, source)}: there is no variable {full!r}. Known: {', '.join(sorted(NAMES))}.",
                field=field,
            )
        if any(len(place.segments) > 1 for place in places):
            place = next(place for place in places if len(place.segments) > 1)
            raise InvalidInput(f"{_place(place.span, source)}: {name!r} has no parts; write it alone.", field=field)


def _place(span: Span, source: str) -> str:
    """Where in the text, as people count: lines and columns from one."""
    line, column = span.line_col(source)
    return f"Line {line}, column {column + 1}"


def fill(source: str, values: Mapping[str, str], *, field: str = "body") -> str:
    """The text with its variables filled in. Values are ready-made strings; an empty one counts as false."""
    try:
        result: str = _parse(source, field=field).render(**{name: value or None for name, value in values.items()})
    except LiquidError as problem:
        raise _refused(problem, field=field) from problem
    return result


def _parse(source: str, *, field: str) -> BoundTemplate:
    if len(source) > LONGEST_SOURCE:
        raise InvalidInput(f"This text is longer than {LONGEST_SOURCE} characters; shorten it.", field=field)
    try:
        return _environment().from_string(source)
    except LiquidError as problem:
        raise _refused(problem, field=field) from problem


def _refused(problem: LiquidError, *, field: str) -> InvalidInput:
    place = problem.context()
    where = f"Line {place[0]}, column {place[1] + 1}: " if place else ""
    return InvalidInput(f"{where}{problem.message or 'this is not a valid text'}.", field=field)
