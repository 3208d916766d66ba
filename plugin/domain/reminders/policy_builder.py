"""Short forms for the rungs of the ladders that come with the product; all count from the due date."""

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
