"""What is wrong or doubtful about a ladder, in sentences that name the step (C23, F06, issue "policies")."""

from collections.abc import Collection, Iterator
from itertools import pairwise

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.lint_findings import LintFinding, Severity, error, warning
from plugin.domain.reminders.policy import Anchor, AskKind, Channel, Policy, PolicyStep, Tone, Track
from plugin.domain.reminders.policy_lint_steps import (
    calendar_days,
    in_days,
    of_action,
    of_ask,
    of_claim,
    of_client,
    of_day,
    of_guards,
    of_instalments,
    of_text,
)

NOT_COMPARED = frozenset({Anchor.PREVIOUS_STEP, Anchor.PROMISE, Anchor.LAST_CONTACT})
"""Each step counts from a day of its own, so offsets say nothing about the order."""


def check(
    policy: Policy,
    *,
    terms_days: int | None = None,
    texts: Collection[tuple[str, str]] | None = None,
    languages: Collection[str] = (),
) -> None:
    """Raises InvalidInput with the first error of ``lint``; call it before a policy is saved."""
    for finding in lint(policy, terms_days=terms_days, texts=texts, languages=languages):
        if finding.severity is Severity.ERROR:
            raise InvalidInput(finding.sentence, field=finding.field or "policy")


def lint(
    policy: Policy,
    *,
    terms_days: int | None = None,
    texts: Collection[tuple[str, str]] | None = None,
    languages: Collection[str] = (),
) -> tuple[LintFinding, ...]:
    """Every remark, in the order of the steps.

    ``terms_days``: days from issue to due date, where they are known. ``texts``: the (template, language) pairs that
    exist, None to leave texts unjudged; ``languages``: those that clients read.
    """
    found = list(_of_policy(policy))
    for place, step in enumerate(policy.steps):
        found += of_day(policy, step, place, terms_days)
        found += of_instalments(step, place)
        found += of_ask(step, place)
        found += of_action(step, place)
        found += of_claim(step, place)
        found += of_client(step, place)
        found += of_guards(policy, step, place)
        if texts is not None:
            found += of_text(step, place, texts, languages)
    for place, (one, two) in enumerate(pairwise(policy.steps), start=1):
        if two.level <= one.level:
            what = f"must have a level above {one.level}, that of {one.key!r}"
            found.append(error("level_order", two, place, "level", what))
    for track in Track:
        steps = [(place, step) for place, step in enumerate(policy.steps) if step.track is track]
        for (_, one), (place, two) in pairwise(steps):
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
            yield error("double_key", step, place, "key", "uses a key that an earlier step has; choose another")
        seen.add(step.key)
    legal = any(step.channel is Channel.LEGAL_DECISION for step in policy.steps)
    for place, step in enumerate(policy.steps):
        if step.tone is Tone.FINAL and step.channel.has_text and not legal:
            what = "speaks in the final tone, but no step lets a person decide what follows; add a legal decision"
            yield warning("no_human_gate", step, place, "tone", what)


def _of_order(one: PolicyStep, two: PolicyStep, place: int) -> Iterator[LintFinding]:
    """``two`` stands at ``place``, the next of its track after ``one``."""
    if two.tone.rank < one.tone.rank and two.track is not Track.INSIDE:
        what = f"is {two.tone} after {one.key!r} was {one.tone}; the tone never softens, so it would not go"
        yield warning("tone_softens", two, place, "tone", what)
    gap = _days_between(one, two)
    if gap is None:
        return
    if gap <= 0:
        # In Jira two things may happen on one day, and nobody outranks anybody at the client.
        if two.anchor is not Anchor.PREVIOUS_STEP and two.track is not Track.INSIDE:
            yield error("offset_order", two, place, "offset", f"does not come after {one.key!r} and would never go")
    elif one.ask.kind is AskKind.DEADLINE and gap <= calendar_days(one.ask.business_days):
        what = f"comes before the deadline of {one.key!r} is over and would wait for the day after it"
        yield warning("deadline_unreachable", two, place, "offset", what)


def _days_between(one: PolicyStep, two: PolicyStep) -> int | None:
    """The days from one step to the next, where their offsets tell."""
    if two.anchor is Anchor.PREVIOUS_STEP:
        return in_days(two)
    if two.anchor is not one.anchor or two.anchor in NOT_COMPARED:
        return None
    if two.anchor is Anchor.ABSOLUTE:
        if one.on is None or two.on is None:
            return None
        return (two.on - one.on).days + in_days(two) - in_days(one)
    return in_days(two) - in_days(one)
