"""The ladder a site starts with (DESIGN.md "The life of a follow-up")."""

from plugin.domain.reminders.policy import Channel, Policy, PolicyStep, Role, Tone
from plugin.domain.reminders.policy_builder import instalment_steps, mail_step, task_step

DEADLINE_BUSINESS_DAYS = 7


def default_policy() -> Policy:
    """The ladder, and beside it the reminders of a payment plan's instalments, which act only while one runs."""
    return Policy(id="default", version=1, name="Standard", steps=(*default_ladder(), *instalment_steps(8)))


def default_ladder() -> tuple[PolicyStep, ...]:
    """In days from the due date: -3 notice, +3 friendly, +10 call, +14 second, +24 plan, +35 final, +45 legal."""
    both = (Role.BILLING, Role.SPONSOR)
    return (
        mail_step("notice", 1, -3, Tone.FRIENDLY),
        mail_step("friendly", 2, 3, Tone.FRIENDLY),
        task_step("call", 3, 10, Channel.CALL, Tone.NEUTRAL),
        mail_step("second", 4, 14, Tone.FIRM, deadline=DEADLINE_BUSINESS_DAYS),
        task_step("plan_offer", 5, 24, Channel.PLAN_OFFER, Tone.FIRM),
        mail_step("final", 6, 35, Tone.FINAL, deadline=DEADLINE_BUSINESS_DAYS, recipients=both),
        task_step("legal", 7, 45, Channel.LEGAL_DECISION, Tone.FINAL, after_deadline_of="final"),
    )
