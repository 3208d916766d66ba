"""Tries ladders on a site's own past invoices, side by side (U07)."""

from collections.abc import Iterable
from datetime import datetime

from plugin.domain.calendar import civil_day
from plugin.domain.reminders.backtest import Conditions, replay
from plugin.domain.reminders.backtest_report import BacktestReport, report
from plugin.domain.reminders.policy import Policy
from plugin.services.follow_ups.past_invoices import past_of
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile, MailSettings

CAVEAT = "These are counts. They do not say that a reminder made anybody pay."


def backtest(session: TenantSession, policies: Iterable[Policy], *, now: datetime) -> dict[str, BacktestReport]:
    """A report by the policy's name. Reads only; the days between two contacts are those of the site's settings."""
    tried = list(policies)
    reports = backtest_each(session, tried, now=now)
    return {policy.name: one for policy, one in zip(tried, reports, strict=True)}


def backtest_each(
    session: TenantSession,
    policies: Iterable[Policy],
    *,
    now: datetime,
    project_id: str | None = None,
    most: int | None = None,
) -> list[BacktestReport]:
    """A report for each policy in turn, over the same invoices: the site's or a project's, ``most`` of the newest."""
    today = civil_day(now, session.get_one(CompanyProfile, session.tenant_id).zone)
    interval = session.get_one(MailSettings, session.tenant_id).contact_interval_days
    past = past_of(session, until=today, project_id=project_id, most=most)
    conditions = Conditions(until=today, contact_interval_days=interval)
    return [report(past.invoices, replay(past.invoices, policy, past.calendars, conditions)) for policy in policies]


def in_words(name: str, found: BacktestReport) -> list[str]:
    """A report for a person, line by line."""
    steps = ", ".join(f"{key} {count}" for key, count in found.steps.items()) or "none"
    tasks = ", ".join(f"{kind} {count}" for kind, count in found.tasks.items()) or "none"
    days = "unknown" if found.days_to_payment is None else f"{found.days_to_payment:g}"
    settled = f"invoices in a mail after settlement: {found.after_settlement}"
    return [
        f"{name}: {found.mails} mails about {found.invoices} invoices of {found.clients} clients.",
        f"  invoices by step: {steps}; tasks: {tasks}; never contacted: {found.never_contacted}",
        f"  contacts per client: {found.contacts_per_client:.1f} on average, {found.busiest} at most",
        f"  {settled}; median days from first contact to payment: {days}",
    ]
