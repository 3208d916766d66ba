"""Short forms for the steps of the policies that come with the product."""

from plugin.domain.reminders.policy import (
    TASK_ASKS,
    Anchor,
    Ask,
    AskKind,
    Channel,
    Guard,
    GuardKind,
    PolicyStep,
    Role,
    Tone,
    Unit,
)

NO_REPLY = Guard(GuardKind.NO_REPLY)


def mail_step(
    key: str,
    level: int,
    offset: int,
    tone: Tone,
    *,
    template: str = "",
    deadline: int = 0,
    recipients: tuple[Role, ...] = (Role.BILLING,),
) -> PolicyStep:
    """A mail ``offset`` days from the due date; ``deadline`` in business days from the day it leaves, 0 for none.

    After the due date it stops for a reply (F44). ``template`` is the key where none is given.
    """
    return PolicyStep(
        key=key,
        level=level,
        anchor=Anchor.DUE_DATE,
        offset=offset,
        channel=Channel.EMAIL,
        tone=tone,
        template=template or key,
        recipients=recipients,
        guards=(NO_REPLY,) if offset > 0 else (),
        ask=Ask(AskKind.DEADLINE, deadline) if deadline else Ask(),
    )


def task_step(
    key: str, level: int, offset: int, channel: Channel, tone: Tone, *, after_deadline_of: str = ""
) -> PolicyStep:
    """A task for a person; ``after_deadline_of`` names the step whose deadline must be over first."""
    passed = (Guard(GuardKind.DEADLINE_PASSED, step=after_deadline_of),) if after_deadline_of else ()
    return PolicyStep(
        key=key,
        level=level,
        anchor=Anchor.DUE_DATE,
        offset=offset,
        channel=channel,
        tone=tone,
        template=key,
        guards=(*passed, NO_REPLY),
        ask=Ask(TASK_ASKS[channel]),
    )


def instalment_steps(level: int, *, after: int = 2) -> tuple[PolicyStep, PolicyStep]:
    """What an agreed plan is reminded of (F45): 3 days before each instalment, and ``after`` business days behind it.

    Two business days end before the four days of grace that a plan has by default, so a friendly word comes before
    it is broken. ``level`` is that of the first; they stand on a track of their own, beside the ladder.
    """
    soon = PolicyStep(
        key="instalment_soon",
        level=level,
        anchor=Anchor.INSTALMENT,
        offset=-3,
        channel=Channel.EMAIL,
        tone=Tone.FRIENDLY,
        template="instalment",
    )
    late = PolicyStep(
        key="instalment_late",
        level=level + 1,
        anchor=Anchor.INSTALMENT,
        offset=after,
        unit=Unit.BUSINESS_DAYS,
        channel=Channel.EMAIL,
        tone=Tone.FRIENDLY,
        template="instalment",
        guards=(NO_REPLY,),
    )
    return soon, late
