"""Policies as YAML, to be kept and reviewed like code (U08): written in one fixed form, read without any magic.

Read is plain data only: no aliases, no tags, no duplicate keys, whole numbers in decimal. Every refusal names line and
column, and the step where there is one.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import yaml

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import Policy
from plugin.domain.reminders.policy_json import from_dict, to_dict
from plugin.domain.reminders.policy_lint import check
from plugin.services.policies.versions import newest_policy
from plugin.store.queries.settings import policies
from plugin.store.session import TenantSession

FORMAT = "policies/1"
MOST_BYTES = 256 * 1024
MOST_NODES = 20_000
MOST_POLICIES = 50
DEEPEST = 12
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_PLACE = re.compile(r"steps\[(\d+)\](?:\.(.+))?")
_BOOL, _INT, _NULL = "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null"
_STR, _DATE = "tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"


class _Mark(Protocol):
    """Where something stands, counted from 0."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class WrittenPolicy:
    """A policy as a file says it. ``is_default``: whether the site is to follow it where nothing was chosen."""

    policy: Policy
    is_default: bool


def write_policies(session: TenantSession, names: Sequence[str] = ()) -> str:
    """The newest versions of the site's policies, or of those named, as YAML; the default comes first."""
    rows = [row for row in policies(session) if not names or row.name in names]
    missing = sorted(set(names) - {row.name for row in rows})
    if missing:
        raise InvalidInput(f"There is no policy called {missing[0]!r} here.", field="policy")
    listed = [_written(newest_policy(session, row.id), is_default=row.is_default) for row in rows]
    return str(
        yaml.safe_dump({"dunlin": FORMAT, "policies": listed}, sort_keys=False, allow_unicode=True, width=100, indent=2)
    )


def read_policies(text: str) -> tuple[WrittenPolicy, ...]:
    """What a file says. Raises InvalidInput with line, column and step of the first thing that cannot be taken."""
    root = _root(text)
    data = _Plain().value(root, depth=0)
    if not isinstance(data, dict) or data.get("dunlin") != FORMAT:
        raise _refused(root, f"the file must begin with 'dunlin: {FORMAT}'")
    strange = sorted(str(key) for key in data if key not in ("dunlin", "policies"))
    if strange:
        raise _refused(root, f"the file has the unknown field {strange[0][:40]!r}; known are dunlin and policies")
    listed = data.get("policies")
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST_POLICIES:
        raise _refused(root, f"'policies' must be a list of 1 to {MOST_POLICIES} policies")
    nodes = _items(_field(root, "policies"))
    found = tuple(_policy(one, node) for one, node in zip(listed, nodes, strict=True))
    _require_different(found, nodes)
    return found


def _written(policy: Policy, *, is_default: bool) -> dict[str, object]:
    head: dict[str, object] = {"name": policy.name}
    if is_default:
        head["default"] = True
    return head | to_dict(policy)


def _policy(data: object, node: yaml.Node) -> WrittenPolicy:
    if not isinstance(data, dict):
        raise _refused(node, "a policy must be a block of fields, beginning with its name")
    is_default = data.pop("default", False)
    if not isinstance(is_default, bool):
        raise _refused(_field(node, "default"), "default must be true or false")
    try:
        policy = from_dict(data, policy_id="file", version=1)
        check(policy)
    except InvalidInput as problem:
        raise _refused(_at(node, problem.field or ""), problem.sentence) from None
    return WrittenPolicy(policy, is_default)


def _require_different(found: Sequence[WrittenPolicy], nodes: Sequence[yaml.Node]) -> None:
    seen: set[str] = set()
    defaults = 0
    for one, node in zip(found, nodes, strict=True):
        defaults += one.is_default
        if one.policy.name in seen:
            raise _refused(node, f"there are two policies called {one.policy.name!r}")
        if defaults > 1:
            raise _refused(_field(node, "default"), "only one policy can be the default")
        seen.add(one.policy.name)


def _root(text: str) -> yaml.Node:
    if len(text.encode()) > MOST_BYTES:
        raise InvalidInput(f"The file is larger than {MOST_BYTES // 1024} KB, so it is not read.", field="file")
    try:
        _refuse_aliases(text)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        raise _refusal(mark, f"this is no YAML: {problem.problem or problem.context}") from None
    except (yaml.YAMLError, RecursionError) as problem:
        raise InvalidInput(f"This is no YAML that can be read: {str(problem)[:200]}.", field="file") from None
    if root is None:
        raise InvalidInput("The file is empty.", field="file")
    return root


def _refuse_aliases(text: str) -> None:
    """Before anything is built of them: a few lines of aliases can stand for billions of values. Depth counts too."""
    depth = 0
    for number, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _refusal(event.start_mark, "anchors and aliases are not read; write the value out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if number > MOST_NODES or depth > DEEPEST:
            raise _refusal(event.start_mark, "there is too much here, or it is nested too deep")


class _Plain:
    """Nodes as plain values: text, whole numbers, true and false, nothing, lists and mappings with text as keys."""

    def value(self, node: yaml.Node, *, depth: int) -> object:
        """The value of a node and all below it."""
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, depth))
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self.value(each, depth=depth + 1) for each in node.value]
        return self._scalar(node)

    def _pairs(self, node: yaml.MappingNode, depth: int) -> Iterator[tuple[str, object]]:
        if node.tag != "tag:yaml.org,2002:map":
            raise _refused(node, f"the tag {node.tag} is not read")
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag != _STR:
                raise _refused(key, "a field's name must be a word")
            if key.value in seen:
                raise _refused(key, f"the field {key.value[:40]!r} stands here twice")
            seen.add(key.value)
            yield key.value, self.value(value, depth=depth + 1)

    def _scalar(self, node: yaml.Node) -> object:
        text = str(node.value)
        if node.tag in (_STR, _DATE):
            return text
        if node.tag == _NULL:
            return None
        if node.tag == _BOOL and text in ("true", "false"):
            return text == "true"
        if node.tag == _INT and _WHOLE.fullmatch(text):
            return int(text)
        raise _refused(node, f"{text[:40]!r} is no text, whole number, true or false; put quotes around a text")


def _at(node: yaml.Node, field: str) -> yaml.Node:
    """The node that an error's field such as ``steps[2].guards[0].kind`` is about, or the nearest around it."""
    for name, number in re.findall(r"(\w+)|\[(\d+)\]", field):
        below = _field(node, name) if name else _item(node, int(number))
        if below is node:
            return node
        node = below
    return node


def _field(node: yaml.Node, name: str) -> yaml.Node:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == name:
                found: yaml.Node = value
                return found
    return node


def _item(node: yaml.Node, number: int) -> yaml.Node:
    items = _items(node)
    return items[number] if number < len(items) else node


def _items(node: yaml.Node) -> Sequence[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _refused(node: yaml.Node, what: str) -> InvalidInput:
    return _refusal(node.start_mark, what)


def _refusal(mark: _Mark | None, what: str) -> InvalidInput:
    sentence = what[:1].upper() + what[1:].removesuffix(".") + "."
    if mark is None:
        return InvalidInput(sentence, field="file")
    return InvalidInput(f"Line {mark.line + 1}, column {mark.column + 1}: {sentence}", field="file")
