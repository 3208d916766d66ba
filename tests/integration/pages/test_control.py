"""The administration's tab of control, and the reader of a project's forewarning."""

from sqlalchemy import select

from plugin.store.tables.clients import Project
from plugin.store.tables.company import MailSettings
from plugin.store.tables.policies import QuietPeriod
from sandbox.jira.model import Person
from tests.support.app_seed import Business

AT = "/ui/fragment/admin/control"


def send(business: Business, rest: str, data: dict[str, str], person: Person | None = None) -> tuple[int, str]:
    answer = business.world.post(f"{AT}{rest}", person or business.world.sites.alice, data)
    return answer.status_code, answer.get_data(as_text=True)


def settings(business: Business) -> MailSettings:
    with business.world.container.reading(business.world.tenant) as session:
        return session.get_one(MailSettings, business.world.tenant)


def form(business: Business, **changes: str) -> dict[str, str]:
    version = str(settings(business).row_version)
    return {"undo_minutes": "10", "manual_quiet_days": "2", "digest_at": "16:00", "row_version": version, **changes}


def test_control_is_stored_and_a_second_person_loses_nothing(business: Business) -> None:
    stale = form(business)
    assert send(business, "/settings", form(business, undo_minutes="15", payments_limit_hours="48"))[0] == 200
    stored = settings(business)
    assert (stored.undo_minutes, stored.payments_limit_hours) == (15, 48)
    status, text = send(business, "/settings", {**stale, "undo_minutes": "20"})
    assert (status, "Stored meanwhile: 15" in text) == (409, True)
    status, text = send(business, "/settings", form(business, undo_minutes="900"))
    assert (status, "Enter a number from 0 to 240." in text) == (422, True)
    assert send(business, "/settings", form(business), business.world.sites.dora)[0] == 403


def test_quiet_periods_are_added_and_removed(business: Business) -> None:
    data = {"name": "Christmas", "starts_on": "2026-12-24", "ends_on": "2027-01-01", "yearly": "on"}
    status, text = send(business, "/quiet", data)
    assert (status, "Christmas" in text, "every year" in text) == (200, True, True)
    assert send(business, "/quiet", {**data, "name": "August", "client_id": business.ours.client})[0] == 200
    assert send(business, "/quiet", {**data, "client_id": business.foreign.client})[0] == 404
    status, text = send(business, "/quiet", {**data, "ends_on": "2026-12-01"})
    assert (status, "It ends before it begins" in text) == (422, True)
    with business.world.container.reading(business.world.tenant) as session:
        ids = list(session.scalars(select(QuietPeriod.id)))
    assert len(ids) == 2
    assert all(send(business, "/quiet/removal", {"period": period})[0] == 200 for period in ids)
    assert send(business, "/quiet/removal", {"period": ids[0]})[0] == 404
    assert send(business, "/quiet/removal", {})[0] == 422


def test_req_U10_payments_are_entered_up_to_a_moment(business: Business) -> None:
    assert send(business, "/payments", {"as_of": "yesterday"})[0] == 422
    status, text = send(business, "/payments", {"as_of": "2030-01-01T10:00"})
    assert (status, "still to come" in text) == (422, True)
    status, text = send(business, "/payments", {"as_of": "2026-11-27T09:30"})
    assert (status, "Entered up to 27 Nov 2026, 09:30" in text) == (200, True)


def test_req_F19_the_reader_of_the_forewarning_is_chosen_by_who_bills(business: Business) -> None:
    world = business.world
    path = f"/ui/fragment/project/{business.ours.project}/forewarning"
    with world.container.reading(world.tenant) as session:
        version = session.get_one(Project, (world.tenant, business.ours.project)).row_version
    data = {"digest_to": "priya@fernwood.example", "row_version": str(version)}
    assert world.post(path, world.sites.bob, data).status_code == 403
    bad = world.post(path, world.sites.dora, {**data, "digest_to": "priya"})
    assert (bad.status_code, "exactly one mail address" in bad.get_data(as_text=True)) == (422, True)
    saved = world.post(path, world.sites.dora, data)
    assert (saved.status_code, "Forewarning: priya@fernwood.example" in saved.get_data(as_text=True)) == (200, True)
