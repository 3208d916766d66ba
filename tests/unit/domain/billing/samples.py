"""Facts, rates and rules the billing tests share; every builder takes what matters and fills in the rest."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from plugin.domain.billing.draft import BillingRules
from plugin.domain.billing.grouping import Grouping, Labels
from plugin.domain.billing.rates import RateCard, RateLevel, RateRule
from plugin.domain.billing.rounding import RoundingPolicy
from plugin.domain.billing.tax import TaxCategory, TaxRate, TaxRules
from plugin.domain.billing.worklogs import WorklogFact
from plugin.domain.money import Currency

EUR, USD, JPY = Currency("EUR", 2), Currency("USD", 2), Currency("JPY", 0)
STANDARD = TaxRate(TaxCategory.STANDARD, 1900)
REDUCED = TaxRate(TaxCategory.STANDARD, 700)
TODAY = date(2026, 11, 30)
SINCE = date(2020, 1, 1)


def fact(
    worklog_id: str = "1",
    *,
    seconds: int = 3600,
    issue: str = "AB-1",
    summary: str = "Fix the login",
    author: str | None = "anna",
    day: date | None = date(2026, 11, 2),
    epic: str | None = None,
    confirmed: bool = False,
    billable: bool = True,
) -> WorklogFact:
    """One worklog; without ``day`` it has no start either."""
    return WorklogFact(
        worklog_id=worklog_id,
        issue_id=f"id-{issue}",
        issue_key=issue,
        issue_summary=summary,
        project_key=issue.partition("-")[0],
        author=author,
        started=None if day is None else datetime.combine(day, time(9), tzinfo=UTC),
        day=day,
        seconds=seconds,
        epic_key=epic,
        content_hash=f"hash-{worklog_id}",
        confirmed=confirmed,
        billable=billable,
    )


def site_rate(price: int = 10_000, *, currency: Currency = EUR) -> RateRule:
    """A rate for everybody, in minor units per hour."""
    return RateRule("site", RateLevel.SITE, currency, price, SINCE)


def person_rate(account_id: str, price: int, *, project_key: str = "AB", currency: Currency = EUR) -> RateRule:
    """A rate of one person in one project."""
    return RateRule(
        f"{account_id}-{project_key}",
        RateLevel.PERSON_IN_PROJECT,
        currency,
        price,
        SINCE,
        account_id=account_id,
        project_key=project_key,
    )


def rules(
    *rates: RateRule,
    currency: Currency = EUR,
    tax: TaxRules | None = None,
    rounding: RoundingPolicy | None = None,
    grouping: Grouping = Grouping.ISSUE,
    roles: Mapping[str, Sequence[str]] | None = None,
    labels: Labels | None = None,
) -> BillingRules:
    """Billing rules; 100.00 an hour for everybody where no rate is given, 19 % tax, time as logged."""
    return BillingRules(
        currency=currency,
        rates=RateCard(rates or (site_rate(),)),
        tax=tax or TaxRules(STANDARD),
        rounding=rounding or RoundingPolicy(),
        grouping=grouping,
        roles=roles or {},
        labels=labels or Labels(),
    )
