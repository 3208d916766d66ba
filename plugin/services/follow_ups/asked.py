"""What a mail asks for and says besides, by its steps: the amount, a claim by law, a promise, an instalment."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.domain.reminders.facts import FIRST_RESEND
from plugin.domain.reminders.policy import Anchor, PolicyStep
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.amounts import amount_named
from plugin.services.follow_ups.members import Member
from plugin.services.follow_ups.policies import read_policy
from plugin.services.plans.rows import parts_of, plans_of, standing_of
from plugin.services.texts.from_rows import claims_on
from plugin.services.texts.values import ClaimValues, InstalmentValues
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Hold
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyVersion


def asked_of(session: TenantSession, member: Member) -> Money:
    """A step about an instalment names what is open of the plan by then, as the planner said; any other as ever."""
    if _is_of_plan(rule_of(session, member)):
        return Money(member.row.amount_minor, currency_of(member.invoice.currency))
    return amount_named(session, member)


def rule_of(session: TenantSession, member: Member) -> PolicyStep | None:
    """The policy's rule behind a member's step; None for mails that no step sends, or where the rule is gone."""
    if member.step is None:
        return None
    version = session.get(PolicyVersion, (session.tenant_id, member.step.policy_version_id))
    if version is None:
        return None
    try:
        return read_policy(version).step(member.step.step_key)
    except InvalidInput:
        return None


def claims_of(session: TenantSession, members: Sequence[Member], *, day: date) -> tuple[ClaimValues, ...]:
    """The claims of the invoices whose own step states one; where the law gives none, the mail is silent (F24)."""
    stating = {
        member.invoice.id: member.invoice
        for member in members
        if (rule := rule_of(session, member)) is not None and rule.states_claim
    }
    return claims_on(session, list(stating.values()), day=day)


def promised_on(session: TenantSession, invoice: Invoice) -> date | None:
    """The day on which the client wanted to pay, by the newest promise."""
    query = select(Hold.until).where(Hold.invoice_id == invoice.id, Hold.kind == "promised")
    return session.scalars(query.order_by(Hold.created_at.desc(), Hold.id).limit(1)).first()


def instalment_of(
    session: TenantSession, invoice: Invoice, *, number: int | None, day: date
) -> InstalmentValues | None:
    """An instalment of the plan that was accepted last; without a number the oldest that is open. None without a plan.

    ``number`` counts through all plans of the invoice, as the planner's occurrences do; what a mail says begins with 1
    in each. A person's resend is about the last that is due by ``day``.
    """
    accepted = [plan for plan in reversed(plans_of(session, invoice.id)) if plan.accepted_at is not None]
    if not accepted:
        return None
    *before, plan = accepted
    parts = standing_of(session, invoice, plan)
    if number is None:
        place = next((place for place, one in enumerate(parts, start=1) if one.open.minor > 0), len(parts))
    elif number >= FIRST_RESEND:
        place = max(sum(one.part.due_on <= day for one in parts), 1)
    else:
        place = number - sum(len(parts_of(session, earlier, invoice.currency)) for earlier in before)
    if not 1 <= place <= len(parts):
        return None
    one = parts[place - 1]
    late = max((day - one.part.due_on).days, 0) if one.open.minor > 0 else 0
    return InstalmentValues(number=place, count=len(parts), due_on=one.part.due_on, amount=one.open, days_late=late)


def instalment_asked(session: TenantSession, member: Member, *, day: date) -> InstalmentValues | None:
    """What the mail of a step says of the plan: its own instalment, or the one that is open."""
    of_plan = _is_of_plan(rule_of(session, member))
    return instalment_of(session, member.invoice, number=member.row.occurrence if of_plan else None, day=day)


def instalment_alone(session: TenantSession, member: Member, *, day: date) -> InstalmentValues | None:
    """The instalment that a step is about; None for any other step, also while a plan runs."""
    return instalment_asked(session, member, day=day) if _is_of_plan(rule_of(session, member)) else None


def _is_of_plan(rule: PolicyStep | None) -> bool:
    return rule is not None and rule.anchor is Anchor.INSTALMENT
