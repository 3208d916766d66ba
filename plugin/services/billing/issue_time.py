"""The time of one issue that is on no invoice and no draft yet, and what it is worth by the rates in force."""

from dataclasses import dataclass
from datetime import date

from plugin.domain.billing.draft import build_draft
from plugin.domain.errors import InvalidInput
from plugin.domain.money import Money
from plugin.services.billing.facts import claims_on, issue_facts
from plugin.services.billing.rules import billing_rules
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project


@dataclass(frozen=True, kw_only=True, slots=True)
class IssueTime:
    """``seconds`` logged and open; ``value`` is the net amount of what can be billed, None where nobody is billed.

    ``listed``: sentences about time that cannot be billed as it stands.
    """

    seconds: int
    value: Money | None = None
    listed: tuple[str, ...] = ()


def issue_time(session: TenantSession, project: Project, issue_id: str, *, today: date) -> IssueTime:
    """What an invoice made now would bill of this issue. ``today`` is the seller's civil day."""
    facts = issue_facts(session, project, issue_id)
    claimed = claims_on(session, facts)
    unbilled = [fact for fact in facts if fact.worklog_id not in claimed]
    seconds = sum(max(fact.seconds, 0) for fact in unbilled if not fact.hidden)
    client = session.get(Client, (session.tenant_id, project.client_id)) if project.client_id else None
    if client is None or not unbilled:
        return IssueTime(seconds=seconds)
    try:
        rules = billing_rules(session, project, client)
    except InvalidInput as problem:
        return IssueTime(seconds=seconds, listed=(problem.sentence,))
    draft = build_draft(unbilled, rules=rules, today=today)
    return IssueTime(
        seconds=seconds,
        value=Money(draft.totals.net, draft.currency),
        listed=tuple(entry.sentence for entry in draft.listed),
    )
