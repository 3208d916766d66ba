"""Whether what a policy's steps use outside is there: webhook targets, statuses in Jira, texts of letters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plugin.domain.errors import DunlinError, InvalidInput
from plugin.domain.reminders.lint_findings import LintFinding, Severity
from plugin.domain.reminders.policy import ActionKind, Policy, PolicyStep
from plugin.services.effects.step_channel import StepChannel
from plugin.services.follow_ups.step_effects import KINDS
from plugin.services.jira_gateway import JiraGateway
from plugin.store.session import TenantSession


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """``rooms``: those of the channels, by kind of effect. ``statuses``: the names that Jira knows, in small letters;
    None where it was not asked, or did not answer: then nothing is said about them.
    """

    rooms: Mapping[str, StepChannel]
    statuses: frozenset[str] | None = None


def outside_findings(session: TenantSession, policy: Policy, outside: Outside) -> tuple[LintFinding, ...]:
    """An error for each step that could not be carried out."""
    return tuple(_findings(session, policy, outside))


def require_outside(session: TenantSession, policy: Policy, outside: Outside) -> None:
    """Raises InvalidInput with the first of these errors; call it before a policy comes into force."""
    for finding in _findings(session, policy, outside):
        raise InvalidInput(finding.sentence, field=finding.field)


def statuses_of(jira: JiraGateway, policy: Policy) -> frozenset[str] | None:
    """The statuses of the site, asked for only where a step moves an issue; None where Jira does not answer."""
    if not any(_moves(step) for step in policy.steps):
        return None
    try:
        return frozenset(name.casefold() for name in jira.statuses())
    except DunlinError:
        return None


def _findings(session: TenantSession, policy: Policy, outside: Outside) -> Iterator[LintFinding]:
    for place, step in enumerate(policy.steps):
        if not step.channel.is_effect:
            continue
        try:
            outside.rooms[KINDS[step.channel]].check(session, step)
        except InvalidInput as problem:
            yield _error(step, place, problem.field or "channel", problem.sentence)
            continue
        target = step.action.target.strip() if step.action is not None else ""
        if _moves(step) and outside.statuses is not None and target.casefold() not in outside.statuses:
            yield _error(
                step, place, "target", f"Step {step.key} moves the issue to {target}, a status that Jira lacks."
            )


def _moves(step: PolicyStep) -> bool:
    return step.action is not None and step.action.kind is ActionKind.TRANSITION


def _error(step: PolicyStep, place: int, field: str, sentence: str) -> LintFinding:
    return LintFinding(Severity.ERROR, "outside", step.key, sentence, f"steps[{place}].{field}")
