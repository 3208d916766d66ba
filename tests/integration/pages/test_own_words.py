"""The words of one mail as a page: who reads and who changes them, tried out with real data, refused with a place."""

import re

from plugin.services.own_words.change import draft_mail
from plugin.store.tables.follow_ups import PlannedStep
from tests.attack.catalogue import snapshot
from tests.integration.pages.test_board import board, step, text, waiting
from tests.support.app_seed import Business

BODY = """Hello {{ contact }},

I hope Rome was warm. {{ total_due }} is open, please pay by {{ deadline }}.

{{ invoices }}

If you have already paid, please ignore this."""
ADDRESS = re.compile(r'<iframe class="mail" sandbox="" title="[^"]+" src="([^"]+)"')


def words(business: Business, mail: str, rest: str = "") -> str:
    ours = business.ours
    return f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}/mails/{mail}/words{rest}"


def of_step(business: Business, key: str = "second", rest: str = "") -> str:
    ours = business.ours
    return f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}/steps/{key}/words{rest}"


def seen(business: Business, mail: str) -> str:
    with business.world.container.reading(business.world.tenant) as session:
        return draft_mail(session, mail).words_id


def row(business: Business, key: str = "second") -> PlannedStep:
    return step(business, key)


def test_complaint_C38_whoever_bills_changes_the_words_of_a_waiting_mail(business: Business) -> None:
    world = business.world
    mail = waiting(business)
    assert "Change its words" in text(business, board(business), world.sites.dora)
    assert "Change its words" not in text(business, board(business), world.sites.bob)
    shown = text(business, words(business, mail), world.sites.dora)
    assert "{{ invoices }}" in shown
    assert world.get(words(business, mail), world.sites.bob).status_code == 403
    form = {"subject": "Rome", "body": BODY, "row_version": ""}
    assert world.post(words(business, mail), world.sites.bob, form).status_code == 403
    assert world.post(words(business, mail), world.sites.charlie, form).status_code == 404
    changed = world.post(words(business, mail), world.sites.dora, form)
    assert changed.status_code == 200
    assert "Words changed" in changed.headers["HX-Trigger"]
    assert "own words" in changed.get_data(as_text=True)
    assert "Dora" in changed.get_data(as_text=True)
    assert "own words" in text(business, board(business), world.sites.dora)
    taken_back = world.post(
        words(business, mail), world.sites.dora, {"what": "standing", "row_version": seen(business, mail)}
    )
    assert "own words" not in taken_back.get_data(as_text=True)
    assert seen(business, mail) == ""


def test_req_F05_the_words_are_tried_out_with_the_real_data_and_nothing_is_kept(business: Business) -> None:
    world = business.world
    mail = waiting(business)
    tried = world.post(
        words(business, mail, "/preview"), world.sites.dora, {"subject": "About {{ number }}", "body": BODY}
    ).get_data(as_text=True)
    assert "About INV-2026-0001" in tried
    address = ADDRESS.search(tried)
    assert address is not None
    html = world.client.get(address[1]).get_data(as_text=True)
    assert "I hope Rome was warm. €1,899.20 is open, please pay by" in html
    assert seen(business, mail) == ""
    wrong = world.post(
        words(business, mail, "/preview"),
        world.sites.dora,
        {"subject": "A", "body": BODY.replace("contact", "contakt")},
    ).get_data(as_text=True)
    assert "Line 1, column 10" in wrong
    assert "would be refused" in wrong
    assert (
        world.post(words(business, mail, "/preview"), world.sites.bob, {"subject": "A", "body": BODY}).status_code
        == 403
    )


def test_req_UX17_what_was_typed_stays_when_it_is_refused_or_somebody_was_quicker(business: Business) -> None:
    world = business.world
    mail = waiting(business)
    bad = {"subject": "Rome", "body": BODY.replace("already paid", "time"), "row_version": ""}
    refused = world.post(words(business, mail), world.sites.dora, bad)
    assert refused.status_code == 422
    assert "paid already, such as" in refused.get_data(as_text=True)
    assert "If you have time" in refused.get_data(as_text=True)
    form = {"subject": "Rome", "body": BODY, "row_version": ""}
    assert world.post(words(business, mail), world.sites.alice, form).status_code == 200
    late = world.post(words(business, mail), world.sites.dora, {**form, "body": BODY.replace("warm", "sunny")})
    assert late.status_code == 409
    shown = late.get_data(as_text=True)
    assert "Somebody changed these words meanwhile" in shown
    assert "I hope Rome was sunny" in shown, "what Dora typed"
    assert "I hope Rome was warm" in shown, "what Alice stored"
    again = world.post(
        words(business, mail),
        world.sites.dora,
        {**form, "body": BODY.replace("warm", "sunny"), "row_version": seen(business, mail)},
    )
    assert again.status_code == 200


def test_req_F14_the_words_of_a_step_to_come_are_changed_from_the_board_and_the_invoice(business: Business) -> None:
    world = business.world
    ours = business.ours
    forms = board(business, rest=f"/rows/{ours.invoice}/second?channel=email")
    assert "Change its words" in text(business, forms, world.sites.dora)
    assert "Change its words" not in text(business, board(business, rest=f"/rows/{ours.invoice}/call?channel=call"))
    assert "Change its words" in text(business, f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}")
    before = snapshot(world.container.engine)
    assert "own words" not in text(business, board(business), world.sites.bob)
    shown = text(business, of_step(business), world.sites.dora)
    assert "Please pay {{ total_due }}" in shown
    assert snapshot(world.container.engine) == before
    quiet = {"subject": "Rome", "body": BODY.replace(", please pay by {{ deadline }}", ""), "row_version": ""}
    refused = world.post(of_step(business), world.sites.dora, quiet)
    assert (refused.status_code, "a day to pay by" in refused.get_data(as_text=True)) == (422, True)
    saved = world.post(of_step(business), world.sites.dora, {"subject": "Rome", "body": BODY, "row_version": ""})
    assert saved.status_code == 200
    assert row(business).words_id is not None
    assert "own words" in text(business, board(business), world.sites.bob)
    assert "I hope Rome was warm" in text(business, of_step(business), world.sites.dora)


def test_attack_A39_a_mail_of_another_invoice_or_site_is_unknown(business: Business) -> None:
    world = business.world
    mail = waiting(business)
    ours = business.ours
    beside = f"/ui/fragment/project/{ours.project}/invoices/{ours.draft}/mails/{mail}/words"
    assert world.get(beside, world.sites.alice).status_code == 404
    assert world.post(beside, world.sites.alice, {"subject": "A", "body": BODY}).status_code == 404
    foreign = words(business, business.foreign.message)
    assert world.get(foreign, world.sites.alice).status_code == 404
    assert world.post(foreign, world.sites.alice, {"subject": "A", "body": BODY}).status_code == 404
