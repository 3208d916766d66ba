"""What a parsed text may consist of: known names with filters that fit, and short loops over the invoices only."""

from collections.abc import Mapping

from liquid import RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, KeywordArgument, Path, PositionalArgument, StringLiteral
from liquid.builtin.expressions.filtered import Filter
from liquid.builtin.expressions.logical import (
    ContainsExpression,
    GeExpression,
    GtExpression,
    LeExpression,
    LtExpression,
)
from liquid.builtin.expressions.primitive import Blank, Empty, FloatLiteral, IntegerLiteral, RangeLiteral
from liquid.builtin.tags.for_tag import ForNode
from liquid.expression import Expression
from liquid.template import BoundTemplate

from plugin.domain.errors import InvalidInput
from plugin.services.texts.filters import FILTERS
from plugin.services.texts.names import INVOICE_PARTS, LOOP_PARTS, NAMES, NameKind
from plugin.services.texts.scan import refused

MOST_IN_LOOPS = 100
ORDERED = (LtExpression, LeExpression, GtExpression, GeExpression)
NUMBERS = (NameKind.DAYS, NameKind.NUMBER)
Scope = Mapping[str, Mapping[str, NameKind] | None]
"""Names that a loop adds, with the kinds of their parts."""


class Checker:
    """Walks one parsed text; raises InvalidInput with line and column for the first thing that is not allowed."""

    def __init__(self, template: BoundTemplate, source: str, *, field: str) -> None:
        self._source, self._field = source, field
        self._context = RenderContext(template)
        self._nodes = template.nodes
        self._in_loops = 0

    def check(self) -> None:
        """Looks at everything once."""
        for node in self._nodes:
            self._node(node, {})

    def _node(self, node: Node, scope: Scope) -> None:
        if scope:
            self._in_loops += 1
            if self._in_loops > MOST_IN_LOOPS:
                raise self._refused(node.token.start_index, "loops hold too much; shorten them")
        if isinstance(node, ForNode):
            self._loop(node, scope)
            return
        for expression in node.expressions():
            self._expression(expression, scope)
        for child in node.children(self._context):
            self._node(child, scope)

    def _loop(self, node: ForNode, scope: Scope) -> None:
        start = node.token.start_index
        if scope:
            raise self._refused(start, "a loop cannot stand inside of a loop")
        loop = node.expression
        if not isinstance(loop.iterable, Path) or loop.iterable.path != ["invoices"]:
            raise self._refused(start, "a loop runs over 'invoices' only")
        if any(part is not None for part in (loop.limit, loop.offset, loop.cols)):
            raise self._refused(start, "a loop takes no limit or offset")
        parts = {name: part.kind for name, part in INVOICE_PARTS.items()}
        of_loop = dict.fromkeys(LOOP_PARTS, NameKind.NUMBER)
        for child in node.children(self._context):
            self._node(child, {loop.identifier: parts, "forloop": of_loop})

    def _expression(self, expression: Expression, scope: Scope) -> None:
        if isinstance(expression, RangeLiteral):
            raise self._refused(expression.token.start_index, "ranges of numbers are not allowed")
        if isinstance(expression, Path):
            self._kind(expression, scope)
            return
        if isinstance(expression, ORDERED):
            self._compared(expression, scope)
        if isinstance(expression, ContainsExpression) and self._value_kind(expression.left, scope) not in (
            NameKind.TEXT,
            None,
        ):
            raise self._refused(expression.token.start_index, "'contains' looks into words only")
        if isinstance(expression, FilteredExpression):
            self._expression(expression.left, scope)
            self._filters(expression, scope)
            return
        for child in expression.children():
            self._expression(child, scope)

    def _kind(self, path: Path, scope: Scope) -> NameKind:
        """The kind of a name, or of the part of a loop's invoice."""
        start, segments = path.token.start_index, path.path
        head = segments[0]
        if isinstance(head, str) and head in scope:
            return self._part(path, scope[head] or {})
        if not isinstance(head, str) or head not in NAMES:
            known = ", ".join(sorted(NAMES))
            raise self._refused(start, f"there is no variable {str(path)!r}. Known: {known}")
        if len(segments) > 1:
            raise self._refused(start, f"{head!r} has no parts; write it alone")
        return NAMES[head].kind

    def _part(self, path: Path, parts: Mapping[str, NameKind]) -> NameKind:
        start, segments = path.token.start_index, path.path
        if len(segments) != 2 or not isinstance(segments[1], str) or segments[1] not in parts:
            known = ", ".join(f"{segments[0]}.{part}" for part in parts)
            raise self._refused(start, f"there is no {str(path)!r}. Known: {known}")
        return parts[segments[1]]

    def _value_kind(self, expression: Expression, scope: Scope) -> NameKind | None:
        """None for something written out, such as a quoted word."""
        if isinstance(expression, Path):
            return self._kind(expression, scope)
        return NameKind.NUMBER if isinstance(expression, IntegerLiteral | FloatLiteral) else None

    def _compared(self, expression: Expression, scope: Scope) -> None:
        for side in expression.children():
            if isinstance(side, Empty | Blank) or self._value_kind(side, scope) not in NUMBERS:
                raise self._refused(expression.token.start_index, "only numbers can be larger or smaller")

    def _filters(self, expression: FilteredExpression, scope: Scope) -> None:
        kind = self._value_kind(expression.left, scope) or NameKind.TEXT
        for one in expression.filters or ():
            known = FILTERS.get(one.name)
            if known is None:
                raise self._refused(
                    one.token.start_index, f"there is no filter {one.name!r}. Known are {', '.join(FILTERS)}"
                )
            if kind not in known.fits:
                fits = ", ".join(sorted(kind.value for kind in known.fits))
                raise self._refused(one.token.start_index, f"{one.name!r} fits {fits}; this is {kind.value}")
            self._arguments(one)
            kind = NameKind.TEXT

    def _arguments(self, used: Filter) -> None:
        known = FILTERS[used.name]
        if known.forms:
            self._forms(used, known.forms)
            return
        values = [
            argument.value.value
            for argument in used.args
            if isinstance(argument, PositionalArgument) and isinstance(argument.value, StringLiteral)
        ]
        good = len(values) == len(used.args) and len(values) <= 1
        if known.takes_text and good and len(values) == 1:
            return
        if not known.takes_text and good and all(value in known.words for value in values):
            return
        takes = "one quoted text" if known.takes_text else " or ".join(known.words) or "nothing"
        raise self._refused(used.token.start_index, f"{used.name!r} takes {takes} behind its colon")

    def _forms(self, used: Filter, forms: tuple[str, ...]) -> None:
        named = [
            argument.name
            for argument in used.args
            if isinstance(argument, KeywordArgument) and isinstance(argument.value, StringLiteral)
        ]
        known = len(named) == len(used.args) and len(set(named)) == len(named) and set(named) <= set(forms)
        if known and forms[-1] in named:
            return
        takes = f"quoted texts named {', '.join(forms)} behind its colon; {forms[-1]} has to be there"
        raise self._refused(used.token.start_index, f"{used.name!r} takes {takes}")

    def _refused(self, index: int, sentence: str) -> InvalidInput:
        return refused(self._source, index, f"{sentence}.", field=self._field)
