"""What cannot be billed, issued, promised or paid says why, and nothing is stored."""

from datetime import date

import pytest
from sqlalchemy import select, update

from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.jira_facts import Worklog
from tests.integration.pages.forms import refused
from tests.support.app_seed import Business


def test_a_due_date_before_the_issue_date(business: Business) -> None:
    path = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.draft}/issue"
    refused(business, path, {"due_on": "2026-11-01"}, says="before the issue date", field="issue-due_on")


def test_a_draft_that_may_not_be_issued_names_everything_that_is_missing(business: Business) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        company = session.get_one(CompanyProfile, world.tenant)
        company.address, company.vat_id = "", ""
    path = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.draft}/issue"
    text = refused(business, path, {"due_on": "2026-12-24"}, says="This was not saved")
    assert text.count('role="alert"') >= 2


def test_a_worklog_of_thirty_hours_waits_for_a_person(business: Business) -> None:
    world = business.world
    preview = f"/ui/fragment/project/{business.ours.project}/preview?until=2026-11-30"
    assert "30.00 h in one entry" in world.get(preview, world.sites.alice).get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        (long,) = session.scalars(select(Worklog.id).where(Worklog.seconds > 86_400)).all()
    url = f"/ui/fragment/project/{business.ours.project}/confirmations"
    refused(business, url, {"until": "2026-11-30"}, says="Tick the entries")
    done = world.post(url, world.sites.alice, {"until": "2026-11-30", "worklog": long})
    assert done.status_code == 200
    text = world.get(preview, world.sites.alice).get_data(as_text=True)
    assert "30.00 h in one entry" not in text
    assert "32.00 h" in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seconds": 0}, "has 0 s logged"),
        ({"author_id": None}, "has no author"),
        ({"started_at": None, "day": None}, "has no start"),
        ({"day": date(2026, 12, 24)}, "bill it once it is done"),
    ],
)
def test_a_worklog_that_cannot_be_billed_is_listed_with_its_reason(
    business: Business, change: dict[str, object], says: str
) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        session.execute(update(Worklog).where(Worklog.day == date(2026, 11, 2)).values(**change))
    preview = world.get(f"/ui/fragment/project/{business.ours.project}/preview?until=2026-12-31", world.sites.alice)
    assert says in preview.get_data(as_text=True)
    made = f"/ui/fragment/project/{business.ours.project}/drafts"
    refused(business, made, {"until": "2026-12-31"}, says="no time up to", field="draft-until")


def test_a_promise_without_a_day_and_a_pause_without_a_reason(business: Business) -> None:
    holds = f"/ui/fragment/panel/{business.ours.issue}/invoices/{business.ours.invoice}/holds"
    refused(business, holds, {"kind": "promised", "reason": "said so"}, says="the day on which")
    refused(business, holds, {"kind": "paused", "reason": " "}, says="Say why")
    refused(business, holds, {"kind": "paused", "reason": "x", "until": "2026-11-01"}, says="over already")
    refused(business, holds, {"kind": "disputed", "reason": "x", "amount": "99999"}, says="not above what is open")
    refused(business, holds, {"kind": "abducted", "reason": "x"}, says="Choose pause, promise or dispute")


def test_money_from_the_future_and_a_reversal_without_a_reason(business: Business) -> None:
    at = f"/ui/fragment/panel/{business.ours.issue}/invoices/{business.ours.invoice}"
    future = {"amount": "1.00", "received_on": "2026-12-24"}
    refused(
        business, f"{at}/payments", future, says="still to come", field=f"payment-{business.ours.invoice}-received_on"
    )
    refused(business, f"{at}/payments/{business.ours.payment}/reversal", {"reason": ""}, says="taken back")
    refused(business, f"{at}/write-off", {"reason": ""}, says="written off")
