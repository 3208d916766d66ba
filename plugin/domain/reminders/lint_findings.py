"""What the lint of a ladder says: remarks that name the step and the field of the form."""

from dataclasses import dataclass
from enum import StrEnum

from plugin.domain.reminders.policy import PolicyStep


class Severity(StrEnum):
    """An error keeps a policy from being saved; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One remark. ``step``: the key it is about, empty for the whole policy; ``field``: where a form can point."""

    severity: Severity
    code: str
    step: str
    sentence: str
    field: str = ""


def error(code: str, step: PolicyStep, place: int, field: str, what: str) -> LintFinding:
    """An error about ``field`` of the step at ``place`` (from 0); ``what`` goes on after the step's name."""
    return _remark(Severity.ERROR, code, step, place, field, what)


def warning(code: str, step: PolicyStep, place: int, field: str, what: str) -> LintFinding:
    """The same as a warning."""
    return _remark(Severity.WARNING, code, step, place, field, what)


def _remark(severity: Severity, code: str, step: PolicyStep, place: int, field: str, what: str) -> LintFinding:
    sentence = f"Step {place + 1} ({step.key!r}) {what}."
    return LintFinding(severity, code, step.key, sentence, f"steps[{place}].{field}")
