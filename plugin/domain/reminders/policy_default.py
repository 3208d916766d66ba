"""The ladder a site starts with (DESIGN.md "The life of a follow-up")."""

from plugin.domain.reminders.policy import (
    Anchor,
    Ask,
    AskKind,
    Channel,
    Guard,
    GuardKind,
    Policy,
    PolicyStep,
    Role,
    Tone,
)

NO_REPLY = Guard(GuardKind.NO_REPLY)
DEADLINE_BUSINESS_DAYS = 7


def default_policy() -> Policy:
    """In days from the due date: -3 notice, +3 friendly, +10 call, +14 second, +24 plan, +35 final, +45 legal."""
    return Policy(
        id="default",
        version=1,
        name="Standard",
        steps=(
            _mail("notice", 1, -3, Tone.FRIENDLY),
            _mail("friendly", 2, 3, Tone.FRIENDLY, guards=(NO_REPLY,)),
            _task("call", 3, 10, Channel.CALL, Tone.NEUTRAL, asks=AskKind.CALL),
            _mail("second", 4, 14, Tone.FIRM, guards=(NO_REPLY,), deadline=DEADLINE_BUSINESS_DAYS),
            _task("plan_offer", 5, 24, Channel.PLAN_OFFER, Tone.FIRM, asks=AskKind.PLAN),
            _mail(
                "final",
                6,
                35,
                Tone.FINAL,
                guards=(NO_REPLY,),
                deadline=DEADLINE_BUSINESS_DAYS,
                recipients=(Role.BILLING, Role.SPONSOR),
            ),
            _task(
                "legal",
                7,
                45,
                Channel.LEGAL_DECISION,
                Tone.FINAL,
                asks=AskKind.LEGAL_DECISION,
                guards=(Guard(GuardKind.DEADLINE_PASSED, step="final"), NO_REPLY),
            ),
        ),
    )


def _mail(
    key: str,
    level: int,
    offset: int,
    tone: Tone,
    *,
    guards: tuple[Guard, ...] = (),
    deadline: int = 0,
    recipients: tuple[Role, ...] = (Role.BILLING,),
) -> PolicyStep:
    return PolicyStep(
        key=key,
        level=level,
        anchor=Anchor.DUE_DATE,
        offset=offset,
        channel=Channel.EMAIL,
        tone=tone,
        template=key,
        recipients=recipients,
        guards=guards,
        ask=Ask(AskKind.DEADLINE, deadline) if deadline else Ask(),
    )


def _task(
    key: str,
    level: int,
    offset: int,
    channel: Channel,
    tone: Tone,
    *,
    asks: AskKind,
    guards: tuple[Guard, ...] = (NO_REPLY,),
) -> PolicyStep:
    return PolicyStep(
        key=key,
        level=level,
        anchor=Anchor.DUE_DATE,
        offset=offset,
        channel=channel,
        tone=tone,
        template=key,
        guards=guards,
        ask=Ask(asks),
    )
