"""Contacts noted by hand as pages: on an invoice and on the client's tab, by those who bill; taken back once."""

import re

from tests.integration.pages.test_board import text
from tests.support.app_seed import Business

FORM = {"way": "call", "made_on": "2026-11-12", "spoke_with": "Ada", "note": "She pays on Friday"}


def on_invoice(business: Business, rest: str = "/contacts") -> str:
    ours = business.ours
    return f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}{rest}"


def on_client(business: Business, rest: str = "/contacts") -> str:
    return f"/ui/fragment/settings/{business.ours.project}{rest}"


def test_complaint_C06_whoever_bills_notes_a_contact_on_the_invoice_and_takes_it_back(business: Business) -> None:
    world = business.world
    assert "Note a contact" in text(business, on_invoice(business, ""), world.sites.dora)
    assert "Note a contact" not in text(business, on_invoice(business, ""), world.sites.bob)
    assert world.post(on_invoice(business), world.sites.bob, FORM).status_code == 403
    assert world.post(on_invoice(business), world.sites.charlie, FORM).status_code == 404
    bare = world.post(on_invoice(business), world.sites.dora, {**FORM, "way": ""})
    assert (bare.status_code, "Choose how you were in touch" in bare.get_data(as_text=True)) == (422, True)
    late = world.post(on_invoice(business), world.sites.dora, {**FORM, "made_on": "2027-01-01"})
    assert (late.status_code, "Enter a day from" in late.get_data(as_text=True)) == (422, True)
    noted = world.post(on_invoice(business), world.sites.dora, FORM)
    shown = noted.get_data(as_text=True)
    assert "Contact noted" in noted.headers["HX-Trigger"]
    assert "Phone call, 12 November 2026, Ada" in shown
    assert "Phone call on 12 November 2026 noted" in shown, "the history"
    address = re.search(r'hx-post="([^"]+/contacts/\w+/withdrawal)"', shown)
    assert address is not None
    why = world.post(address[1], world.sites.dora, {"reason": ""})
    assert (why.status_code, "Say why it is taken back" in why.get_data(as_text=True)) == (422, True)
    assert world.post(address[1], world.sites.bob, {"reason": "Mistake"}).status_code == 403
    back = world.post(address[1], world.sites.dora, {"reason": "Mistake"})
    assert "Taken back: Mistake" in back.get_data(as_text=True)
    assert world.post(address[1], world.sites.dora, {"reason": "Mistake"}).status_code == 409


def test_complaint_C06_the_same_on_the_clients_tab(business: Business) -> None:
    world = business.world
    tab = on_client(business, "/client")
    assert "Meeting, 2 March 2026, Ada" in text(business, tab, world.sites.dora)
    assert "Note a contact" not in text(business, tab, world.sites.bob)
    assert world.post(on_client(business), world.sites.bob, FORM).status_code == 403
    noted = world.post(on_client(business), world.sites.dora, FORM)
    assert "Phone call, 12 November 2026, Ada" in noted.get_data(as_text=True)
    assert "Phone call, 12 November 2026, Ada" in text(business, on_invoice(business, ""), world.sites.dora)
    back = on_client(business, f"/contacts/{business.ours.note}/withdrawal")
    assert "Taken back: Twice" in world.post(back, world.sites.dora, {"reason": "Twice"}).get_data(as_text=True)


def test_attack_A39_a_note_of_another_site_is_unknown(business: Business) -> None:
    world = business.world
    foreign = business.foreign.note
    for path in (
        on_client(business, f"/contacts/{foreign}/withdrawal"),
        on_invoice(business, f"/contacts/{foreign}/withdrawal"),
    ):
        assert world.post(path, world.sites.alice, {"reason": "x"}).status_code == 404
