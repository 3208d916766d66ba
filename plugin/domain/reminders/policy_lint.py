"""What is wrong or doubtful about a ladder, in sentences that name the step (C23, F06, issue "policies")."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import (
    TASK_ASKS,
    Anchor,
    AskKind,
    Channel,
    GuardKind,
    Policy,
    PolicyStep,
    Tone,
    Unit,
)


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


def check(policy: Policy, *, terms_days: int | None = None) -> None:
    """Raises InvalidInput with the first error of ``lint``; call it before a policy is saved."""
    for finding in lint(policy, terms_days=terms_days):
        if finding.severity is Severity.ERROR:
            raise InvalidInput(finding.sentence, field=finding.field or "policy")


def lint(policy: Policy, *, terms_days: int | None = None) -> tuple[LintFinding, ...]:
    """Every remark, in the order of the steps. ``terms_days``: days from issue to due date, where they are known."""
    found = list(_of_policy(policy))
    for place, step in enumerate(policy.steps):
        found += _of_anchor(step, place, terms_days)
        found += _of_ask(step, place)
        found += _of_guards(policy, step, place)
    for place, (one, two) in enumerate(pairwise(policy.steps), start=1):
        found += _of_order(one, two, place)
    return tuple(found)


def _of_policy(policy: Policy) -> Iterator[LintFinding]:
    if not policy.name.strip():
        yield LintFinding(Severity.ERROR, "no_name", "", "The policy needs a name.", "name")
    if not policy.steps:
        yield LintFinding(Severity.ERROR, "no_steps", "", "The policy has no step; add one or turn it off.", "steps")
    seen: set[str] = set()
    for place, step in enumerate(policy.steps):
        if step.key in seen:
            yield _error("double_key", step, place, "key", "uses a key that an earlier step has; choose another")
        seen.add(step.key)
    legal = any(step.channel is Channel.LEGAL_DECISION for step in policy.steps)
    for place, step in enumerate(policy.steps):
        if step.tone is Tone.FINAL and step.channel is Channel.EMAIL and not legal:
            yield _warning(
                "no_human_gate",
                step,
                place,
                "tone",
                "speaks in the final tone, but no step lets a person decide what follows; add a legal decision",
            )


def _of_anchor(step: PolicyStep, place: int, terms_days: int | None) -> Iterator[LintFinding]:
    if step.anchor is Anchor.ISSUE_DATE and step.offset < 0:
        yield _error("before_issue", step, place, "offset", "would go before the invoice is issued; use 0 or more days")
    if step.anchor is Anchor.DUE_DATE and terms_days is not None and _in_days(step) < -terms_days:
        yield _error(
            "before_issue",
            step,
            place,
            "offset",
            f"would go before the invoice is issued, because it is due {terms_days} days after issue",
        )
    if step.anchor is Anchor.PREVIOUS_STEP and place == 0:
        yield _error("no_previous", step, place, "anchor", "counts from a previous step, but it is the first")
    if step.anchor is Anchor.PREVIOUS_STEP and step.offset < 1:
        yield _error("not_after", step, place, "offset", "must come at least 1 day after the previous step")


def _of_ask(step: PolicyStep, place: int) -> Iterator[LintFinding]:
    wanted = TASK_ASKS.get(step.channel)
    if wanted is not None and step.ask.kind is not wanted:
        yield _error("wrong_ask", step, place, "ask", f"is a {step.channel} task and must ask for {wanted}")
    if step.channel is not Channel.EMAIL:
        return
    if step.ask.kind not in (AskKind.PAYMENT, AskKind.DEADLINE):
        yield _error(
            "no_human_gate",
            step,
            place,
            "ask",
            f"is a mail and cannot ask for {step.ask.kind}; a person decides that, so use a task",
        )
    if not step.template:
        yield _error("no_template", step, place, "template", "is a mail without a template; choose one")
    elif "legal" in step.template.casefold():
        yield _error(
            "no_human_gate",
            step,
            place,
            "template",
            "would threaten legal action by itself; use a legal decision task, in which a person decides",
        )
    if not step.recipients:
        yield _error("no_recipients", step, place, "recipients", "is a mail to nobody; choose a role")


def _of_guards(policy: Policy, step: PolicyStep, place: int) -> Iterator[LintFinding]:
    earlier = {other.key: other for other in policy.steps[:place]}
    for number, guard in enumerate(step.guards):
        if guard.kind is not GuardKind.DEADLINE_PASSED:
            continue
        before = earlier.get(guard.step)
        if before is None:
            yield _error(
                "unknown_step",
                step,
                place,
                f"guards[{number}].step",
                f"waits for {guard.step!r}, which is no step before it",
            )
        elif before.ask.kind is not AskKind.DEADLINE:
            yield _warning(
                "no_deadline",
                step,
                place,
                f"guards[{number}].step",
                f"waits for {guard.step!r}, which gives no deadline",
            )


def _of_order(one: PolicyStep, two: PolicyStep, place: int) -> Iterator[LintFinding]:
    """``two`` stands at ``place``, right after ``one``."""
    if two.level <= one.level:
        yield _error("level_order", two, place, "level", f"must have a level above {one.level}, that of {one.key!r}")
    if two.tone.rank < one.tone.rank:
        yield _warning(
            "tone_softens",
            two,
            place,
            "tone",
            f"is {two.tone} after {one.key!r} was {one.tone}; the tone never softens, so it would not go",
        )
    if two.anchor is not one.anchor or two.anchor in (Anchor.PREVIOUS_STEP, Anchor.PROMISE):
        return
    if _in_days(two) <= _in_days(one):
        yield _error("offset_order", two, place, "offset", f"does not come after {one.key!r} and would never go")
    elif one.ask.kind is AskKind.DEADLINE and _in_days(two) - _in_days(one) <= _calendar_days(one.ask.business_days):
        yield _warning(
            "deadline_unreachable",
            two,
            place,
            "offset",
            f"comes before the deadline of {one.key!r} is over and would wait for the day after it",
        )


def _in_days(step: PolicyStep) -> int:
    return _calendar_days(step.offset) if step.unit is Unit.BUSINESS_DAYS else step.offset


def _calendar_days(business_days: int) -> int:
    """The fewest calendar days that many business days take in a week of five."""
    weeks, rest = divmod(abs(business_days), 5)
    return (weeks * 7 + rest) * (1 if business_days >= 0 else -1)


def _error(code: str, step: PolicyStep, place: int, field: str, what: str) -> LintFinding:
    return _remark(Severity.ERROR, code, step, place, field, what)


def _warning(code: str, step: PolicyStep, place: int, field: str, what: str) -> LintFinding:
    return _remark(Severity.WARNING, code, step, place, field, what)


def _remark(severity: Severity, code: str, step: PolicyStep, place: int, field: str, what: str) -> LintFinding:
    sentence = f"Step {place + 1} ({step.key!r}) {what}."
    return LintFinding(severity, code, step.key, sentence, f"steps[{place}].{field}")
