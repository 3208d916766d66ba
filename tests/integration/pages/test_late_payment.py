"""The company's page on late payment: rates with their sources, a missing half-year, and rates of one's own."""

from html import unescape

import pytest
from sqlalchemy import select

from plugin.domain.late_payment.claim import Claim, NoClaim
from plugin.services.late_payment.claim import claim_of
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import ReferenceRate
from tests.support.app_seed import LATE, Business

AT = "/ui/fragment/admin/reference-rate"
FORM = {"series": "bundesbank", "half_year": "2026-07-01", "percent": "1,52", "source": "bundesbank.de, 1 July 2026"}


def page(business: Business) -> str:
    world = business.world
    world.clock.instant = LATE
    return unescape(world.get("/ui/fragment/admin/company", world.sites.alice).get_data(as_text=True))


def claim(business: Business) -> Claim | NoClaim:
    world = business.world
    with world.container.reading(world.tenant) as session:
        return claim_of(session, session.get_one(Invoice, (world.tenant, business.ours.invoice)), day=LATE.date())


def enter(business: Business, **changes: str) -> tuple[int, str]:
    world = business.world
    world.clock.instant = LATE
    answer = world.post(AT, world.sites.alice, FORM | changes)
    return answer.status_code, unescape(answer.get_data(as_text=True))


def test_req_F24_a_half_year_without_a_rate_is_shown_and_filled_and_then_there_is_a_claim(business: Business) -> None:
    assert "Germany (Basiszinssatz + 9 points" in page(business)
    assert "no rate, so no claim" in page(business)
    assert isinstance(claim(business), NoClaim)
    assert enter(business)[0] == 200
    assert "1.52 % + 9 = " in page(business)
    assert "10.52 %" in page(business)
    found = claim(business)
    assert isinstance(found, Claim)
    assert {str(segment.rate) for segment in found.segments} == {"10.52"}


def test_a_rate_is_corrected_and_audited(business: Business) -> None:
    enter(business)
    assert enter(business, percent="1.50")[0] == 200
    world = business.world
    with world.container.reading(world.tenant) as session:
        assert [row.percent for row in session.scalars(select(ReferenceRate))] == ["1.50"]
        changes = select(AuditRow.before).where(AuditRow.action == "reference_rate.entered").order_by(AuditRow.seq)
        assert len(session.scalars(changes).all()) == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"percent": "NaN"}, "A rate lies from"),
        ({"percent": "1e400"}, "A rate lies from"),
        ({"percent": "1.275"}, "two decimals"),
        ({"percent": "ten"}, "Write the rate in percent"),
        ({"percent": "99"}, "A rate lies from"),
        ({"half_year": "2026-08-01"}, "A half-year begins"),
        ({"series": "nobody"}, "Choose one of the banks"),
        ({"source": " "}, "Enter where you read it"),
    ],
)
def test_an_odd_rate_is_refused(business: Business, changes: dict[str, str], says: str) -> None:
    status, text = enter(business, **changes)
    assert status == 422
    assert says in text
    world = business.world
    with world.container.reading(world.tenant) as session:
        assert session.scalars(select(ReferenceRate)).all() == []


def test_attack_A40_rates_are_for_site_administrators(business: Business) -> None:
    world = business.world
    people = (world.sites.bob, world.sites.dora)
    assert [world.post(AT, person, FORM).status_code for person in people] == [403, 403]


def test_req_F24_the_invoices_page_tells_those_who_bill_what_the_law_gives(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    place = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}"
    assert "There is no rate of Basiszinssatz" in world.get(place, world.sites.alice).get_data(as_text=True)
    enter(business)
    told = unescape(world.get(place, world.sites.alice).get_data(as_text=True))
    assert "Interest by law" in told
    assert "x 10.52 % x" in told
    assert "no part of what is open" in told
    assert "Interest by law" not in world.get(place, world.sites.bob).get_data(as_text=True)
