"""Debit notes on an invoice's page: looked at, issued, paid and cancelled by those who bill, and by nobody else."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from plugin.services.late_payment.confirmations import confirm_fixed_sums
from plugin.store.tables.clients import Client
from plugin.store.tables.company import NumberSeries
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.law import DebitNote
from sandbox.jira.model import Person
from tests.support.app_seed import LATE, Business


@pytest.fixture
def owed(business: Business) -> Business:
    """The client's debts follow the rules of the euro countries, and the day is one on which they are late."""
    world = business.world
    world.clock.instant = LATE
    with world.container.writing(world.tenant) as session:
        session.execute(update(Client).values(law_profile="eu"))
        # The seed's own note was cancelled; the series goes on behind it.
        session.add(
            NumberSeries(key="debit_note", pattern="DN-{year}-{number:04d}", last=1, last_issued_on=LATE.date())
        )
        confirm_fixed_sums(session, "eu", now=LATE, actor="712020:alice")
    return business


def at(business: Business, rest: str = "") -> str:
    return f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}{rest}"


def page(business: Business, person: Person | None = None) -> str:
    return unescape(business.world.get(at(business), person or business.world.sites.dora).get_data(as_text=True))


def send(business: Business, rest: str, data: dict[str, str], person: Person | None = None) -> tuple[int, str]:
    answer = business.world.post(at(business, rest), person or business.world.sites.dora, data)
    return answer.status_code, unescape(answer.get_data(as_text=True))


def seal(business: Business) -> str:
    found = re.search(r'name="seal" value="([0-9a-f]{32})"', page(business))
    assert found is not None
    return found[1]


def newest(business: Business) -> DebitNote:
    world = business.world
    with world.container.reading(world.tenant) as session:
        query = select(DebitNote).where(DebitNote.invoice_id == business.ours.invoice).order_by(DebitNote.place.desc())
        return session.scalars(query.limit(1)).one()


def test_law_L14_a_note_is_looked_at_and_issued_as_it_was_shown(owed: Business) -> None:
    shown = page(owed)
    assert "Claim it on a debit note" in shown
    assert "10.40 %" in shown
    assert "€40.00" in shown
    status, text = send(owed, "/debit-notes", {"seal": "0" * 32, "due_on": "2027-01-15"})
    assert status == 409
    assert "Look at it again" in text or "another sum by now" in text
    status, text = send(owed, "/debit-notes", {"seal": seal(owed), "due_on": ""})
    assert status == 422
    status, text = send(owed, "/debit-notes", {"seal": seal(owed), "due_on": "2027-01-15"})
    assert (status, "DN-2026-0002" in text) == (200, True)
    made = newest(owed)
    assert (made.state, made.issued_by, made.fixed_sum_minor) == ("issued", owed.world.sites.dora.account_id, 4_000)
    assert "stands on debit notes already" in page(owed)


def test_a_note_is_paid_taken_back_and_cancelled_with_reasons(owed: Business) -> None:
    send(owed, "/debit-notes", {"seal": seal(owed), "due_on": "2027-01-15"})
    path = f"/debit-notes/{newest(owed).id}"
    assert send(owed, path, {"what": "paid", "paid_on": ""})[0] == 422
    assert send(owed, path, {"what": "paid", "paid_on": LATE.date().isoformat()})[0] == 200
    assert newest(owed).state == "paid"
    assert send(owed, path, {"what": "cancel", "reason": "x"})[0] == 409
    assert send(owed, path, {"what": "back", "reason": ""})[0] == 422
    assert send(owed, path, {"what": "back", "reason": "Chargeback"})[0] == 200
    status, text = send(owed, path, {"what": "cancel", "reason": "A payment was entered late"})
    assert (status, "A payment was entered late" in text) == (200, True)
    assert newest(owed).state == "cancelled"
    assert send(owed, path, {"what": "perhaps"})[0] == 422


def test_attack_A40_notes_are_for_those_who_bill(owed: Business) -> None:
    world = owed.world
    form = {"seal": seal(owed), "due_on": "2027-01-15"}
    seen = page(owed, world.sites.bob)
    assert ("Claim it on a debit note" in seen, "DN-2026" in seen) == (False, False)
    assert [send(owed, "/debit-notes", form, person)[0] for person in (world.sites.bob, world.sites.charlie)] == [
        403,
        404,
    ]
    pdf = f"/ui/fragment/invoices/{owed.ours.invoice}/debit-notes/{owed.ours.debit_note}/pdf"
    got = [world.get(pdf, person).status_code for person in (world.sites.dora, world.sites.bob, world.sites.charlie)]
    assert got == [200, 403, 404]


def test_attack_A39_a_note_of_another_invoice_is_unknown(owed: Business) -> None:
    world = owed.world
    other = f"/ui/fragment/project/{owed.ours.project}/invoices/{owed.ours.draft}/debit-notes/{owed.ours.debit_note}"
    assert world.post(other, world.sites.dora, {"what": "cancel", "reason": "x"}).status_code == 404
    pdf = f"/ui/fragment/invoices/{owed.ours.draft}/debit-notes/{owed.ours.debit_note}/pdf"
    assert world.get(pdf, world.sites.dora).status_code == 404


def test_the_invoice_itself_is_not_touched(owed: Business) -> None:
    world = owed.world
    query = select(Invoice.snapshot_sha256, Invoice.balance_minor, Invoice.state)
    with world.container.reading(world.tenant) as session:
        before = session.execute(query.where(Invoice.id == owed.ours.invoice)).one()
    send(owed, "/debit-notes", {"seal": seal(owed), "due_on": "2027-01-15", "send": "on"})
    with world.container.reading(world.tenant) as session:
        assert session.execute(query.where(Invoice.id == owed.ours.invoice)).one() == before


def test_the_numbers_of_debit_notes_have_a_pattern_of_their_own(owed: Business) -> None:
    world = owed.world
    shown = world.get("/ui/fragment/admin/numbering", world.sites.alice).get_data(as_text=True)
    assert "Numbers of debit notes" in shown
    assert "DN-2026-0002" in shown
    form = {"series": "debit_note", "pattern": "ZR-{year}-{number:03d}", "row_version": "1"}
    answer = world.post("/ui/fragment/admin/numbering", world.sites.alice, form)
    assert "ZR-2026-002" in answer.get_data(as_text=True)
    assert world.post("/ui/fragment/admin/numbering", world.sites.alice, form | {"series": "none"}).status_code == 422
