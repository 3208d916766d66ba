"""A lapsed licence: everything can be read and downloaded, nothing changed, and the next valid page load ends it."""

import pytest
from sqlalchemy import select

from plugin import bootstrap
from plugin.hosts.connect.licence import LicenceReader, licence_of_page
from plugin.services.licence import LAPSED
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.tenants import Tenant
from tests.support.app import installation_row
from tests.support.app_seed import Business

TITLE = "The licence has lapsed"


def open_page(business: Business, licence: str) -> str:
    """Somebody opens the project page in Jira."""
    world = business.world
    world.jira.site.licence = licence
    answer = world.page("project", world.sites.alice, project=world.sites.acme)
    world.jira.site.licence = "none"
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def is_licensed(business: Business) -> bool:
    return installation_row(business.world, business.world.tenant).licensed


def kill_switch(business: Business) -> tuple[int, str, bool]:
    """Sends a form that changes something; gives status, answer, and whether it did."""
    world = business.world
    answer = world.post("/ui/fragment/admin/switches", world.sites.alice, {"what": "kill", "on": "on"})
    with world.container.reading(world.tenant) as session:
        changed = session.get_one(Tenant, world.tenant).kill_switch
    return answer.status_code, answer.get_data(as_text=True), changed


@pytest.fixture
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app as it would be with licences, which its descriptor does not have."""

    def reader() -> LicenceReader:
        return licence_of_page

    monkeypatch.setattr(bootstrap, "licence_reader", reader)


@pytest.mark.usefixtures("paid")
def test_a_lapsed_licence_lets_people_read_and_nothing_else(business: Business) -> None:
    world = business.world
    alice = world.sites.alice
    assert TITLE not in open_page(business, "active")
    assert TITLE in open_page(business, "none")
    assert not is_licensed(business)
    overview = world.get(f"/ui/fragment/project/{business.ours.project}/invoices", alice)
    assert overview.status_code == 200
    assert world.get(f"/ui/fragment/invoices/{business.ours.invoice}/pdf", alice).data[:5] == b"%PDF-"
    status, text, changed = kill_switch(business)
    assert (status, changed) == (403, False)
    assert LAPSED in text


@pytest.mark.usefixtures("paid")
def test_a_renewed_licence_ends_it_and_both_are_on_record(business: Business) -> None:
    open_page(business, "none")
    open_page(business, "none")
    assert TITLE not in open_page(business, "active")
    assert is_licensed(business)
    assert kill_switch(business)[::2] == (200, True)
    with business.world.container.reading(business.world.tenant) as session:
        query = select(AuditRow).where(AuditRow.action == "installation.licence").order_by(AuditRow.seq)
        assert [row.after for row in session.scalars(query)] == [{"licensed": False}, {"licensed": True}]


def test_an_app_that_costs_nothing_is_never_unlicensed(business: Business) -> None:
    assert TITLE not in open_page(business, "none")
    assert is_licensed(business)
    assert kill_switch(business)[::2] == (200, True)
