"""Ladders to begin with, for kinds of clients; a site copies one and changes it. Days count from the due date.

All but the one for automatic debit also remind of the instalments of a plan that was agreed.
"""

from collections.abc import Mapping

from plugin.domain.reminders.policy import Channel, Policy, PolicyStep, Role, Tone
from plugin.domain.reminders.policy_builder import instalment_steps, mail_step, task_step
from plugin.domain.reminders.policy_default import default_policy

_BOTH = (Role.BILLING, Role.SPONSOR)


def presets() -> Mapping[str, Policy]:
    """By their id, the default first."""
    found = (default_policy(), _gentle(), _strict(), _public_sector(), _retainer(), _autopay())
    return {policy.id: policy for policy in found}


def _gentle() -> Policy:
    """For a client whom one mail too many would cost: later, neutral at most, and a talk before anything else."""
    return _preset(
        "gentle",
        "Gentle",
        mail_step("notice", 1, -3, Tone.FRIENDLY),
        mail_step("friendly", 2, 5, Tone.FRIENDLY),
        task_step("call", 3, 18, Channel.CALL, Tone.NEUTRAL),
        mail_step("second", 4, 28, Tone.NEUTRAL, deadline=10),
        task_step("plan_offer", 5, 49, Channel.PLAN_OFFER, Tone.NEUTRAL),
        *instalment_steps(6),
    )


def _strict() -> Policy:
    """For a client who paid late before: earlier and closer together, still with a person before the last word."""
    return _preset(
        "strict",
        "Strict",
        mail_step("notice", 1, -5, Tone.FRIENDLY),
        mail_step("friendly", 2, 1, Tone.NEUTRAL),
        task_step("call", 3, 5, Channel.CALL, Tone.NEUTRAL),
        mail_step("second", 4, 8, Tone.FIRM, deadline=5, recipients=_BOTH),
        mail_step("final", 5, 20, Tone.FINAL, deadline=5, recipients=_BOTH),
        task_step("legal", 6, 30, Channel.LEGAL_DECISION, Tone.FINAL, after_deadline_of="final"),
        *instalment_steps(7, after=1),
    )


def _public_sector() -> Policy:
    """For an authority, whose legal term is 30 days (Directive 2011/7/EU art. 4): time to find the file."""
    return _preset(
        "public-sector",
        "Public sector",
        mail_step("notice", 1, -7, Tone.FRIENDLY),
        mail_step("friendly", 2, 10, Tone.FRIENDLY),
        task_step("call", 3, 21, Channel.CALL, Tone.NEUTRAL),
        mail_step("second", 4, 35, Tone.FIRM, deadline=10, recipients=_BOTH),
        mail_step("final", 5, 60, Tone.FINAL, deadline=10, recipients=_BOTH),
        task_step("legal", 6, 80, Channel.LEGAL_DECISION, Tone.FINAL, after_deadline_of="final"),
        *instalment_steps(7),
    )


def _retainer() -> Policy:
    """For a client billed every month: one reminder, then the account manager's call; the next invoice is near."""
    return _preset(
        "retainer",
        "Retainer client",
        mail_step("friendly", 1, 5, Tone.FRIENDLY),
        task_step("call", 2, 12, Channel.CALL, Tone.NEUTRAL),
        mail_step("second", 3, 25, Tone.NEUTRAL, deadline=7),
        *instalment_steps(4),
    )


def _autopay() -> Policy:
    """For automatic debit: the notice before it is all that leaves (F18)."""
    return _preset(
        "autopay", "Notice before automatic debit", mail_step("notice", 1, -5, Tone.FRIENDLY, template="debit_notice")
    )


def _preset(key: str, name: str, *steps: PolicyStep) -> Policy:
    return Policy(id=key, version=1, name=name, steps=steps)
