"""The demo's history lived through by the product, on days around which little is worked: every state is there."""

from datetime import UTC, datetime

import pytest
import requests
from sqlalchemy import select

from plugin.domain.reminders.timeline import Timeline, Verdict
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.services.verify import verify_tenant
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.invoices import Invoice
from sandbox.history.plot import month_of
from sandbox.history.staged import StagedCompany
from sandbox.stage.office import Office

DAYS = {
    "Easter Monday, at dawn": datetime(2027, 3, 29, 4, tzinfo=UTC),
    "the first minutes after Easter": datetime(2028, 4, 17, 22, 30, tzinfo=UTC),
    "New Year's Day": datetime(2027, 1, 1, 10, tzinfo=UTC),
    "the first of March, late": datetime(2027, 3, 1, 20, tzinfo=UTC),
}

SHOWN = [
    *("BRW awaiting a call", "BRW paid", "BRW paid"),
    *("CLV not reminded", "CLV paid", "CLV paid"),
    *("MRL disputed", "MRL paid", "MRL reminded"),
]


def shown(invoice: Invoice, timeline: Timeline) -> str:
    """What a person would call it."""
    verdicts = {entry.key: entry.verdict for entry in timeline.entries}
    if invoice.state == "paid":
        return "paid"
    if any(entry.reason.code == "disputed" for entry in timeline.entries):
        return "disputed"
    if verdicts["call"] is Verdict.OPEN:
        return "awaiting a call"
    return "reminded" if verdicts["friendly"] is Verdict.SENT else "not reminded"


def states(session: TenantSession, now: datetime) -> list[str]:
    keys = {project.id: project.key for project in session.scalars(select(Project))}
    return [
        f"{keys[invoice.project_id]} {shown(invoice, timeline_of(session, invoice, now=now)[1])}"
        for invoice in session.scalars(select(Invoice).order_by(Invoice.number))
    ]


@pytest.mark.parametrize("now", DAYS.values(), ids=DAYS)
def test_the_demo_begins_with_an_invoice_in_each_state(now: datetime) -> None:
    with StagedCompany(now=now) as company:
        office = Office(company.stage.container, company.stage.tenant_id)
        with company.stage.container.reading(company.stage.tenant_id) as session:
            assert sorted(states(session, now)) == SHOWN
            assert verify_tenant(session) == []
        first, last = month_of(office.today, 1)
        for project in company.stage.jira.world.projects.values():
            draft = office.look(str(project.id), since=None, until=last)
            assert draft.lines
            assert all(first <= line.first_day <= line.last_day <= last for line in draft.lines)
        steps = requests.get(f"{company.url}/_host/guide", timeout=20).json()["steps"]
        assert [step["done"] for step in steps] == [False] * 5
        assert steps[3]["href"] == company.issue_of(company.awaiting_call)
        assert company.troubles == []
