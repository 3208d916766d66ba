"""Users' texts in Liquid: a closed list of names, filters and tags, bounded in size and time. Nothing here runs code.

python-liquid's own limits leave holes (ranges piped to filters, chained ``replace``), so what could grow is left out:
a text is scanned, parsed and walked before it is kept, and what passes costs a bounded number of steps.
"""

from collections.abc import Mapping
from functools import cache

from liquid import Environment, StrictUndefined
from liquid.exceptions import LiquidError
from liquid.template import BoundTemplate

from plugin.domain.errors import InvalidInput
from plugin.services.texts.check import Checker
from plugin.services.texts.filters import FILTERS
from plugin.services.texts.scan import refused, scan
from plugin.services.texts.spoken import MOST_INVOICES

LONGEST_RESULT = 50_000
TAGS = ("if", "unless", "case", "for", "comment", "raw", "illegal", "content", "output", "statement")


class _Bounded(Environment):
    """Stops what would run long even with the few tags that are left."""

    context_depth_limit = 10
    loop_iteration_limit = MOST_INVOICES
    local_namespace_limit = 20_000
    output_stream_limit = LONGEST_RESULT


@cache
def _environment(*, escapes: bool) -> Environment:
    environment = _Bounded(undefined=StrictUndefined, autoescape=escapes)
    environment.filters = {name: one.apply for name, one in FILTERS.items()}
    environment.tags = {name: tag for name, tag in environment.tags.items() if name in TAGS}
    return environment


def check_text(source: str, *, field: str) -> None:
    """Refuses a text that names something unknown or does not parse, with line and column (F05).

    Raises InvalidInput for unknown variables, filters and tags, filters that do not fit, other loops than one over the
    invoices, nesting, and for texts over 20,000 characters.
    """
    Checker(_parse(source, field=field, escapes=False), source, field=field).check()


def fill(source: str, values: Mapping[str, object], *, field: str = "body") -> str:
    """The text with its variables filled in. Values are ready to print; an empty one counts as false."""
    return _filled(source, values, field=field, escapes=False)


def fill_html(source: str, values: Mapping[str, object]) -> str:
    """The same for markup: values are escaped, the text around them is not."""
    return _filled(source, values, field="html", escapes=True)


def _filled(source: str, values: Mapping[str, object], *, field: str, escapes: bool) -> str:
    try:
        result: str = _parse(source, field=field, escapes=escapes).render(
            **{name: value or None for name, value in values.items()}
        )
    except LiquidError as problem:
        raise _refused(problem, source, field=field) from problem
    return result


def _parse(source: str, *, field: str, escapes: bool) -> BoundTemplate:
    scan(source, field=field)
    try:
        return _environment(escapes=escapes).from_string(source)
    except LiquidError as problem:
        raise _refused(problem, source, field=field) from problem
    except RecursionError as problem:
        raise InvalidInput("This text stands too deep in itself; simplify its conditions.", field=field) from problem


def _refused(problem: LiquidError, source: str, *, field: str) -> InvalidInput:
    sentence = f"{problem.message or 'this is not a valid text'}."
    if problem.token is None:
        return InvalidInput(sentence, field=field)
    index = problem.token.start_index
    return refused(source, index if index >= 0 else len(source), sentence, field=field)
