"""Gathers what decides how one client's time becomes lines: rates, roles, tax, rounding, grouping, labels."""

from collections.abc import Mapping

from sqlalchemy import select

from plugin.domain.billing.draft import BillingRules
from plugin.domain.billing.grouping import Grouping, Labels
from plugin.domain.billing.rates import RateCard, RateLevel, RateRule
from plugin.domain.billing.rounding import RoundingMode, RoundingPolicy, RoundingUnit
from plugin.domain.billing.tax import TaxCategory, TaxRate, TaxRules
from plugin.domain.errors import InvalidInput
from plugin.services.billing.wording import wording_for
from plugin.services.currencies import currency_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.jira_facts import JiraIssue, PersonRole
from plugin.store.tables.rates import Rate


def billing_rules(
    session: TenantSession, project: Project, client: Client, *, people: Mapping[str, str] | None = None
) -> BillingRules:
    """The rules for a project billed to a client. ``people`` maps account ids to the labels that lines may show."""
    return BillingRules(
        currency=currency_of(client.currency),
        rates=rate_card(session),
        tax=TaxRules(TaxRate(TaxCategory(client.tax_category), client.tax_rate_bp)),
        client_id=client.id,
        rounding=rounding_policy(project),
        grouping=Grouping(project.grouping),
        roles={row.account_id: (row.role,) for row in session.scalars(select(PersonRole))},
        labels=Labels(
            people=dict(people or {}),
            epics=_epic_names(session) if project.grouping == Grouping.EPIC else {},
            wording=wording_for(client.language),
        ),
    )


def rounding_policy(project: Project) -> RoundingPolicy:
    """The project's rounding as the domain knows it."""
    return RoundingPolicy(
        RoundingUnit(project.rounding_unit),
        RoundingMode(project.rounding_mode),
        project.rounding_minutes,
        project.minimum_minutes,
    )


def rate_card(session: TenantSession) -> RateCard:
    """All rates of the tenant, checked for overlap. A rate of a project that is gone applies to nothing."""
    keys = dict(session.execute(select(Project.id, Project.key)).all())
    rows = session.scalars(select(Rate).order_by(Rate.id))
    return RateCard(rule_of(row, keys) for row in rows if row.project_id is None or row.project_id in keys)


def rule_of(row: Rate, project_keys: Mapping[str, str]) -> RateRule:
    """One stored rate as a rule of the domain. Raises InvalidInput where its fields do not fit its level."""
    return RateRule(
        rule_id=row.id,
        level=rate_level(row.level),
        currency=currency_of(row.currency),
        price=row.minor_per_hour,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        account_id=row.account_id,
        role=row.role,
        project_key=None if row.project_id is None else project_keys[row.project_id],
        client_id=row.client_id,
    )


def rate_level(name: str) -> RateLevel:
    """The level by its stored name, such as ``person_in_project``."""
    try:
        return RateLevel[name.upper()]
    except KeyError:
        known = ", ".join(level.name.lower() for level in RateLevel)
        raise InvalidInput(f"{name[:40]!r} is no level of rates; choose one of {known}.", field="level") from None


def _epic_names(session: TenantSession) -> dict[str, str]:
    epics = select(JiraIssue.key, JiraIssue.summary).where(JiraIssue.type_name == "Epic")
    return dict(session.execute(epics).all())
