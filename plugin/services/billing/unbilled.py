"""What a project has that is not billed: the preview of a draft with live totals. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from plugin.domain.billing.draft import BillingRules, Draft, build_draft
from plugin.services.billing.facts import claims_on, worklog_facts
from plugin.services.billing.rules import billing_rules
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A draft as it would become, with the rules it was made by."""

    draft: Draft
    rules: BillingRules


def preview_draft(
    session: TenantSession,
    project: Project,
    client: Client,
    *,
    since: date | None,
    until: date,
    today: date,
    people: Mapping[str, str] | None = None,
) -> Preview:
    """The draft of a project's open time from ``since`` to ``until`` (the seller's civil days, inclusive).

    ``today`` is the seller's civil day; time after it is listed, not billed.
    """
    rules = billing_rules(session, project, client, people=people)
    facts = worklog_facts(session, project, since=since, until=until)
    claimed = claims_on(session, facts)
    open_facts = [fact for fact in facts if fact.worklog_id not in claimed]
    return Preview(draft=build_draft(open_facts, rules=rules, today=today, claimed=claimed), rules=rules)
