"""What differs between two versions of a policy, as sentences and as a table: steps added, removed, moved, changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from plugin.domain.reminders.policy import Policy, PolicyStep
from plugin.domain.reminders.policy_words import fields_in_words, settings_in_words, step_in_words


class ChangeKind(StrEnum):
    """What happened to a step, or to the policy itself (``SETTING``)."""

    SETTING = "setting"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One row. ``step``: the key, empty for a setting; ``field`` empty for a whole step; the texts are in words."""

    kind: ChangeKind
    step: str
    field: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The change for a person."""
        match self.kind:
            case ChangeKind.ADDED:
                return f"Step {self.step!r} is new. {self.after}"
            case ChangeKind.REMOVED:
                return f"Step {self.step!r} is gone. It was: {self.before}"
            case ChangeKind.MOVED:
                return f"Step {self.step!r} now comes {self.after}, no longer {self.before}."
            case ChangeKind.SETTING:
                return f"The policy's {self.field} was {self.before!r} and is {self.after!r}."
            case ChangeKind.CHANGED:
                return f"Step {self.step!r}: {self.field} was {self.before!r} and is {self.after!r}."


@dataclass(frozen=True, slots=True)
class PolicyDiff:
    """All changes, those of the policy first, then step by step in the order of the newer version."""

    changes: tuple[Change, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """One sentence a change; that nothing changed is a sentence too."""
        return tuple(change.sentence for change in self.changes) or ("Nothing differs.",)

    def __bool__(self) -> bool:
        return bool(self.changes)


def policy_diff(before: Policy | None, after: Policy) -> PolicyDiff:
    """Compares by the keys of steps; what only counts levels anew is no change. ``before`` None: all is new.

    Empty exactly when both say the same, apart from id, version and the numbers of the levels.
    """
    if before is None:
        return PolicyDiff(tuple(_added(step) for step in after.steps))
    old, new = _by_key(before), _by_key(after)
    changes = list(_settings(before, after))
    moved = dict(_moved(before, after))
    for key, step in new.items():
        if key not in old:
            changes.append(_added(step))
            continue
        if key in moved:
            changes.append(moved[key])
        changes.extend(_fields(old[key], step))
    changes.extend(
        Change(ChangeKind.REMOVED, key, "", step_in_words(step), "") for key, step in old.items() if key not in new
    )
    return PolicyDiff(tuple(changes))


def _by_key(policy: Policy) -> dict[str, PolicyStep]:
    return {step.key: step for step in policy.steps}


def _added(step: PolicyStep) -> Change:
    return Change(ChangeKind.ADDED, step.key, "", "", step_in_words(step))


def _settings(before: Policy, after: Policy) -> Iterator[Change]:
    old, new = settings_in_words(before), settings_in_words(after)
    for name, value in new.items():
        if old[name] != value:
            yield Change(ChangeKind.SETTING, "", name, old[name], value)


def _fields(before: PolicyStep, after: PolicyStep) -> Iterator[Change]:
    old, new = fields_in_words(before), fields_in_words(after)
    # The tone is a word of what a mail or letter is; it is said once, where it stands for itself.
    same_kind = before.channel is after.channel and before.action == after.action
    for name, value in new.items():
        if old[name] != value and not (name == "what" and same_kind):
            yield Change(ChangeKind.CHANGED, after.key, name, old[name], value)


def _moved(before: Policy, after: Policy) -> Iterator[tuple[str, Change]]:
    """Of the steps that both have, those that must be taken out to leave the others in one order."""
    old = [key for key in _by_key(before) if key in _by_key(after)]
    new = [key for key in _by_key(after) if key in _by_key(before)]
    stayed = {
        key
        for block in SequenceMatcher(a=old, b=new, autojunk=False).get_matching_blocks()
        for key in new[block.b : block.b + block.size]
    }
    for key in new:
        if key not in stayed:
            yield key, Change(ChangeKind.MOVED, key, "place", _after(key, old), _after(key, new))


def _after(key: str, order: list[str]) -> str:
    place = order.index(key)
    return f"after {order[place - 1]!r}" if place else "first"
