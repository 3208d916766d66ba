"""The lint's remarks about one step by itself: its day, what it asks for, what it does, its text."""

from collections.abc import Collection, Iterator

from plugin.domain.reminders.lint_findings import LintFinding, error, warning
from plugin.domain.reminders.policy import (
    TASK_ASKS,
    ActionKind,
    Anchor,
    AskKind,
    Attachment,
    Channel,
    GuardKind,
    Policy,
    PolicyStep,
    Unit,
)

FROM_SOMETHING_PAST = {Anchor.PREVIOUS_STEP: "the previous step", Anchor.LAST_CONTACT: "the last contact"}


def of_day(policy: Policy, step: PolicyStep, place: int, terms_days: int | None) -> Iterator[LintFinding]:
    """Never before issue, and an anchor that has a day."""
    if step.anchor is Anchor.ISSUE_DATE and step.offset < 0:
        yield error("before_issue", step, place, "offset", "would go before the invoice is issued; use 0 or more days")
    if step.anchor is Anchor.DUE_DATE and terms_days is not None and in_days(step) < -terms_days:
        what = f"would go before the invoice is issued, because it is due {terms_days} days after issue"
        yield error("before_issue", step, place, "offset", what)
    ladder = [other for other in policy.steps[:place] if other.anchor is not Anchor.INSTALMENT]
    if step.anchor is Anchor.PREVIOUS_STEP and not ladder:
        yield error("no_previous", step, place, "anchor", "counts from a previous step, but it is the first")
    if step.anchor in FROM_SOMETHING_PAST and step.offset < 1:
        what = f"must come at least 1 day after {FROM_SOMETHING_PAST[step.anchor]}"
        yield error("not_after", step, place, "offset", what)
    if step.anchor is Anchor.ABSOLUTE and step.on is None:
        yield error("no_date", step, place, "on", "goes on a day of the calendar, but none is given; enter one")
    if step.anchor is not Anchor.ABSOLUTE and step.on is not None:
        yield error("odd_date", step, place, "on", f"names a day of the calendar, but counts from {step.anchor}")


def of_instalments(step: PolicyStep, place: int) -> Iterator[LintFinding]:
    """A reminder of an instalment asks for it, once for each."""
    if step.anchor is not Anchor.INSTALMENT:
        return
    if step.ask.kind is not AskKind.PAYMENT:
        yield error("instalment_ask", step, place, "ask", "is about an instalment and must ask for its payment")
    if step.channel.is_task:
        what = f"is about an instalment and cannot be a {step.channel} task; use a mail or a letter"
        yield error("instalment_task", step, place, "channel", what)
    if step.repetition is not None:
        what = "comes once for each instalment and cannot be repeated beyond that"
        yield error("instalment_repeats", step, place, "repetition", what)


def of_ask(step: PolicyStep, place: int) -> Iterator[LintFinding]:
    """A task asks for what it is; what leaves by itself never threatens."""
    wanted = TASK_ASKS.get(step.channel)
    if wanted is not None:
        if step.ask.kind is not wanted and step.anchor is not Anchor.INSTALMENT:
            yield error("wrong_ask", step, place, "ask", f"is a {step.channel} task and must ask for {wanted}")
        return
    noun = "mail" if step.channel is Channel.EMAIL else f"step of the channel {step.channel}"
    if step.ask.kind not in (AskKind.PAYMENT, AskKind.DEADLINE):
        what = f"is a {noun} and cannot ask for {step.ask.kind}; a person decides that, so use a task"
        yield error("no_human_gate", step, place, "ask", what)
    if "legal" in step.template.casefold():
        what = "would threaten legal action by itself; use a legal decision task, in which a person decides"
        yield error("no_human_gate", step, place, "template", what)
    if step.channel.has_text and not step.template:
        yield error("no_template", step, place, "template", f"is a {noun} without a template; choose one")
    if step.channel is Channel.EMAIL and not step.recipients:
        yield error("no_recipients", step, place, "recipients", "is a mail to nobody; choose a role")


def of_action(step: PolicyStep, place: int) -> Iterator[LintFinding]:
    """A step in Jira says what it does, a webhook whom it calls, and no other step has an action."""
    action = step.action
    if step.channel not in (Channel.JIRA, Channel.WEBHOOK):
        if action is not None:
            what = f"is a step of the channel {step.channel}, which has no action"
            yield error("odd_action", step, place, "action", what)
        return
    if action is None:
        yield error("no_action", step, place, "action", f"does not say what it does; choose {_choices(step.channel)}")
        return
    if (action.kind is ActionKind.WEBHOOK) is not (step.channel is Channel.WEBHOOK):
        what = f"cannot do {action.kind} on the channel {step.channel}; choose {_choices(step.channel)}"
        yield error("wrong_action", step, place, "action", what)
    elif action.kind.needs_target and not action.target.strip():
        wanted = "webhook target" if action.kind is ActionKind.WEBHOOK else "status to move the issue to"
        yield error("no_target", step, place, "action", f"names no {wanted}; choose one")


def of_claim(step: PolicyStep, place: int) -> Iterator[LintFinding]:
    """Interest and fixed sum are owed from the day after the due date, and stated to the client only."""
    if not step.states_claim:
        return
    if not step.channel.has_text:
        yield error("odd_claim", step, place, "states_claim", "states a claim, but has no text; use a mail or a letter")
    elif step.is_before_due or (step.anchor is Anchor.DUE_DATE and step.offset == 0):
        what = "states interest before the invoice is overdue; move it behind the due date"
        yield error("claim_too_early", step, place, "states_claim", what)


def of_text(
    step: PolicyStep, place: int, texts: Collection[tuple[str, str]], languages: Collection[str]
) -> Iterator[LintFinding]:
    """There is a text in every language in use; another language than those falls back to English."""
    if not step.channel.has_text or not step.template:
        return
    known = {language for template, language in texts if template == step.template}
    if not known:
        yield error("no_text", step, place, "template", f"uses the text {step.template!r}, which does not exist")
        return
    missing = sorted(set(languages) - known)
    if missing:
        what = f"has no text in {', '.join(missing)}; those clients would read it in another language"
        yield warning("missing_language", step, place, "template", what)


def of_client(step: PolicyStep, place: int) -> Iterator[LintFinding]:
    """What the client reads waits where it has replied, and brings what there is (F44)."""
    if not step.channel.has_text or not step.reaches_client:
        return
    if not step.is_before_due and all(guard.kind is not GuardKind.NO_REPLY for guard in step.guards):
        what = "would go although the client has replied; add the condition that it waits for a person then"
        yield warning("reply_ignored", step, place, "guards", what)
    if Attachment.XML in step.attachments:
        what = "attaches the invoice as XML, which Dunlin does not make yet; it goes along once there is one"
        yield warning("no_xml", step, place, "attachments", what)


def of_guards(policy: Policy, step: PolicyStep, place: int) -> Iterator[LintFinding]:
    """Conditions that can come true."""
    earlier = {other.key: other for other in policy.steps[:place]}
    for number, guard in enumerate(step.guards):
        if guard.at_least is not None and guard.at_most is not None and guard.at_least > guard.at_most:
            what = f"is for at least {guard.at_least} % and at most {guard.at_most} % paid on time, which nobody is"
            yield error("no_such_share", step, place, f"guards[{number}].at_most", what)
        if guard.kind is not GuardKind.DEADLINE_PASSED:
            continue
        before = earlier.get(guard.step)
        field = f"guards[{number}].step"
        if before is None:
            yield error("unknown_step", step, place, field, f"waits for {guard.step!r}, which is no step before it")
        elif before.ask.kind is not AskKind.DEADLINE:
            yield warning("no_deadline", step, place, field, f"waits for {guard.step!r}, which gives no deadline")


def in_days(step: PolicyStep) -> int:
    """The offset in calendar days, at the least."""
    return calendar_days(step.offset) if step.unit is Unit.BUSINESS_DAYS else step.offset


def calendar_days(business_days: int) -> int:
    """The fewest calendar days that many business days take in a week of five."""
    weeks, rest = divmod(abs(business_days), 5)
    return (weeks * 7 + rest) * (1 if business_days >= 0 else -1)


def _choices(channel: Channel) -> str:
    if channel is Channel.WEBHOOK:
        return "the target to call"
    return "a comment, a mention, a notification or a transition"
