"""The fixed sums of a law are claimed by an administrator's word, on record, and by nobody else's (L08)."""

from html import unescape

import pytest
from sqlalchemy import select

from plugin.domain.late_payment.claim import Claim
from plugin.domain.money import Currency, Money
from plugin.services.late_payment.claim import claim_of
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import FixedSumConfirmation
from tests.support.app_seed import LATE, Business

AT = "/ui/fragment/admin/fixed-sums"
FORTY, NOTHING = Money(4_000, Currency("EUR", 2)), Money(0, Currency("EUR", 2))


@pytest.fixture
def owed(business: Business) -> Business:
    """The client's debts follow the rules of the euro countries, and the day is one on which they are late."""
    world = business.world
    world.clock.instant = LATE
    with world.container.writing(world.tenant) as session:
        invoice = session.get_one(Invoice, (world.tenant, business.ours.invoice))
        session.get_one(Client, (world.tenant, invoice.client_id)).law_profile = "eu"
    return business


def send(business: Business, what: str, profile: str = "eu") -> tuple[int, str]:
    answer = business.world.post(AT, business.world.sites.alice, {"profile": profile, "what": what})
    return answer.status_code, unescape(answer.get_data(as_text=True))


def claim(business: Business) -> Claim:
    world = business.world
    with world.container.reading(world.tenant) as session:
        found = claim_of(session, session.get_one(Invoice, (world.tenant, business.ours.invoice)), day=LATE.date())
    assert isinstance(found, Claim)
    return found


def test_law_L08_the_sum_is_offered_and_claimed_only_after_an_administrator_said_so(owed: Business) -> None:
    world = owed.world
    before = claim(owed)
    assert (before.offered, before.fixed_sum, before.total) == (FORTY, NOTHING, before.interest)
    shown = unescape(world.get("/ui/fragment/admin/company", world.sites.alice).get_data(as_text=True))
    assert "late invoice" in shown
    assert "Claim the fixed sums" in shown
    status, text = send(owed, "confirm")
    assert (status, "Alice Berger" in text, "Do not claim them any more" in text) == (200, True, True)
    assert claim(owed).fixed_sum == FORTY
    with world.container.reading(world.tenant) as session:
        row = session.get_one(FixedSumConfirmation, (world.tenant, "eu"))
        assert (row.confirmed_by, row.confirmed_at, row.sums) == (
            world.sites.alice.account_id,
            LATE,
            [[0, 4_000, "EUR"]],
        )
    status, _ = send(owed, "withdraw")
    assert (status, claim(owed).fixed_sum) == (200, NOTHING)
    assert send(owed, "withdraw")[0] == 409
    with world.container.reading(world.tenant) as session:
        actions = select(AuditRow.action).where(AuditRow.action.like("fixed_sum.%")).order_by(AuditRow.seq)
        assert session.scalars(actions).all() == ["fixed_sum.confirmed", "fixed_sum.withdrawn"]


def test_law_L08_one_word_counts_for_one_law_and_for_the_sums_that_were_seen(owed: Business) -> None:
    send(owed, "confirm", "gb")
    assert claim(owed).fixed_sum == NOTHING
    send(owed, "confirm")
    world = owed.world
    with world.container.writing(world.tenant) as session:
        session.get_one(FixedSumConfirmation, (world.tenant, "eu")).sums = [[0, 3_000, "EUR"]]
    assert claim(owed).fixed_sum == NOTHING, "the law's sum is another one by now"
    assert "Claim the fixed sums" in send(owed, "withdraw", "gb")[1]


def test_the_page_of_the_invoice_says_what_is_offered_and_not_claimed(owed: Business) -> None:
    world = owed.world
    place = f"/ui/fragment/project/{owed.ours.project}/invoices/{owed.ours.invoice}"
    told = unescape(world.get(place, world.sites.alice).get_data(as_text=True))
    assert "€0.00; €40.00 is offered and not claimed" in told
    send(owed, "confirm")
    told = unescape(world.get(place, world.sites.alice).get_data(as_text=True))
    assert "is offered and not claimed" not in told


def test_attack_A40_fixed_sums_are_confirmed_by_site_administrators_alone(owed: Business) -> None:
    world = owed.world
    form = {"profile": "eu", "what": "confirm"}
    assert [world.post(AT, person, form).status_code for person in (world.sites.bob, world.sites.dora)] == [403, 403]
    assert world.post(AT, world.sites.charlie, form).status_code == 200, "an administrator, of another site"
    assert claim(owed).fixed_sum == NOTHING


@pytest.mark.parametrize(("profile", "what"), [("nobody", "confirm"), ("no", "confirm"), ("eu", "perhaps")])
def test_an_odd_word_is_refused(owed: Business, profile: str, what: str) -> None:
    assert send(owed, what, profile)[0] == 422
    assert claim(owed).fixed_sum == NOTHING
