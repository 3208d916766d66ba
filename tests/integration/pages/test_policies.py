"""The pages of policies: the editor with its buttons, two people on one draft, four eyes, moves, trials, files."""

import json

from sqlalchemy import select, update

from plugin.store.tables.audit import AuditRow
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyDraft, PolicyRow, PolicyVersion
from tests.attack.catalogue import snapshot
from tests.integration.pages.forms import refused
from tests.integration.pages.policy_forms import (
    SITE,
    editor_form,
    newest_draft,
    project,
    publish_own,
    standard_body,
)
from tests.support.app_seed import Business


def begin(business: Business) -> PolicyDraft:
    """Alice begins a draft of the site's default."""
    world = business.world
    answer = world.post(f"{SITE}/of/{business.ours.policy_row}/drafts", world.sites.alice)
    assert answer.status_code == 200
    assert "Draft of Standard" in answer.get_data(as_text=True)
    return newest_draft(business)


def keys(business: Business, draft_id: str) -> list[str]:
    with business.world.container.reading(business.world.tenant) as session:
        steps = session.get_one(PolicyDraft, (business.world.tenant, draft_id)).body["steps"]
    assert isinstance(steps, list)
    return [step["key"] for step in steps]


def test_complaint_C23_the_default_policy_is_shown_in_words_and_can_be_changed(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    for path in ("/ui/fragment/admin/follow-ups", f"{SITE}/of/{business.ours.policy_row}"):
        text = world.get(path, alice).get_data(as_text=True)
        assert "3 days before the due date: a friendly mail to billing." in text
        assert "45 days after the due date: a decision of a person on legal steps." in text
    begin(business)


def test_steps_are_added_moved_and_taken_out_by_buttons_of_the_form(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    draft = begin(business)
    path = f"{SITE}/drafts/{draft.id}"
    form = editor_form(draft.body, version=1)
    added = world.post(path, alice, form | {"do": "add", "add_channel": "letter"})
    assert added.status_code == 200
    assert keys(business, draft.id)[-3:] == ["letter", "instalment_soon", "instalment_late"]
    moved = world.post(path, alice, editor_form(newest_draft(business).body, version=2) | {"do": "up-2"})
    assert moved.status_code == 200
    assert keys(business, draft.id)[:3] == ["notice", "call", "friendly"]
    gone = world.post(path, alice, editor_form(newest_draft(business).body, version=3) | {"do": "remove-0"})
    assert 'id="step-friendly-up"' in gone.get_data(as_text=True)
    assert keys(business, draft.id)[0] == "call"
    assert standard_body(business)["steps"] == draft.body["steps"]


def test_req_F45_a_policy_of_an_earlier_release_shows_what_its_preset_has_more(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    path = f"{SITE}/of/{business.ours.policy_row}"
    assert "has more by now" not in world.get(path, alice).get_data(as_text=True)
    body = standard_body(business)
    steps = body["steps"]
    assert isinstance(steps, list)
    earlier = {**body, "steps": [step for step in steps if step["anchor"] != "instalment"]}
    with world.container.writing(world.tenant) as session:
        mine = PolicyVersion.policy_id == business.ours.policy_row
        session.execute(update(PolicyVersion).where(mine).values(body=earlier))
    shown = world.get(path, alice).get_data(as_text=True)
    assert "The preset Standard has more by now" in shown
    assert "Step &#39;instalment_soon&#39; is new. 3 days before the due day of each instalment" in shown
    assert "its preset has more by now" in world.get(SITE, alice).get_data(as_text=True)
    people = (world.sites.bob, world.sites.dora, world.sites.charlie)
    assert [world.post(f"{path}/offer", person).status_code for person in people] == [403, 403, 404]
    taken = world.post(f"{path}/offer", alice)
    assert (taken.status_code, "Draft of Standard" in taken.get_data(as_text=True)) == (200, True)
    assert keys(business, newest_draft(business).id) == [step["key"] for step in steps]
    assert standard_body(business) == earlier, "nothing is in force before it is published"


def test_what_is_typed_is_looked_at_and_not_stored(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    draft = begin(business)
    before = snapshot(world.container.engine)
    form = editor_form(draft.body, version=1) | {"invoice_id": business.ours.invoice}
    look = f"{SITE}/drafts/{draft.id}/look"
    text = world.post(look, alice, form | {"step-3-tone": "friendly"}).get_data(as_text=True)
    assert "the tone never softens, so it would not go" in text
    assert "Step &#39;second&#39;: tone was &#39;firm&#39; and is &#39;friendly&#39;." in text
    assert "Invoice INV-2026-0001 under it" in text
    assert "<svg" in text
    odd = world.post(look, alice, form | {"step-3-offset": "later"}).get_data(as_text=True)
    assert "Step 4: enter a whole number" in odd
    assert snapshot(world.container.engine) == before


def test_two_people_on_one_draft_the_second_sees_both_and_loses_nothing(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    draft = begin(business)
    path = f"{SITE}/drafts/{draft.id}"
    form = editor_form(draft.body, version=1)
    assert world.post(path, alice, form | {"step-1-offset": "4"}).status_code == 200
    second = world.post(path, alice, form | {"step-1-offset": "6", "name": "Standard"})
    text = second.get_data(as_text=True)
    assert second.status_code == 409
    assert "saved this draft meanwhile" in second.headers["HX-Trigger"]
    assert "was &#39;4 days after the due date&#39; and is &#39;6 days after the due date&#39;" in text
    assert 'name="step-1-offset" type="text" value="6"' in text
    assert 'name="row_version" value="2"' in text
    assert world.post(path, alice, form | {"step-1-offset": "6", "row_version": "2"}).status_code == 200


def test_a_policy_that_needs_review_is_not_published_by_its_author(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    assert world.post(f"{SITE}/review", alice, {"on": "on"}).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.get_one(MailSettings, world.tenant).policies_need_review
        assert len(session.scalars(select(AuditRow).where(AuditRow.action == "policies.review")).all()) == 1
    draft = begin(business)
    path = f"{SITE}/drafts/{draft.id}"
    assert world.post(f"{path}/version", alice, {"row_version": "1"}).status_code == 403
    assert "waits for review" in world.post(f"{path}/review", alice, {"row_version": "1"}).get_data(as_text=True)
    assert world.post(f"{path}/version", alice, {"row_version": "2"}).status_code == 403
    assert world.post(f"{path}/end", alice, {"row_version": "1"}).status_code == 409
    assert world.post(f"{path}/end", alice, {"row_version": "2"}).status_code == 200


def test_complaint_C52_open_invoices_are_moved_after_a_preview(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    ours = publish_own(business, "Our way", **{"step-3-offset": "21"})
    path = project(business, f"/of/{ours}/moves")
    before = snapshot(world.container.engine)
    text = world.get(path, alice).get_data(as_text=True)
    assert "INV-2026-0001" in text
    assert snapshot(world.container.engine) == before
    sealed = text.split('name="invoices" value="')[1].split('"')[0]
    refused(business, path, {"do": "ticked"}, says="Tick at least one invoice")
    stale = world.post(path, alice, {"do": "ticked", "invoices": f"{business.ours.invoice}:{'0' * 32}"})
    assert stale.status_code == 409
    assert "look at it again" in stale.headers["HX-Trigger"]
    assert world.post(path, alice, {"do": "ticked", "invoices": sealed}).status_code == 200
    with world.container.reading(world.tenant) as session:
        version = session.scalars(select(PolicyVersion).where(PolicyVersion.policy_id == ours)).one()
        assert session.get_one(Invoice, (world.tenant, business.ours.invoice)).policy_version_id == version.id
    assert "Nothing to move" in world.get(path, alice).get_data(as_text=True)


def test_attack_A39_invoices_of_another_project_are_not_moved_from_here(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    ours = publish_own(business, "Our way")
    hidden = f"{business.hidden_invoice}:{'0' * 32}"
    answer = world.post(project(business, f"/of/{ours}/moves"), alice, {"do": "ticked", "invoices": hidden})
    assert answer.status_code in (409, 422)


def test_a_project_changes_no_policy_that_others_follow(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    path = project(business, f"/of/{business.ours.policy_row}")
    assert world.post(f"{path}/drafts", alice).status_code == 409
    text = world.get(path, alice).get_data(as_text=True)
    assert "Change in a draft" not in text
    assert "Change in a draft" in world.get(f"{SITE}/of/{business.ours.policy_row}", alice).get_data(as_text=True)


def test_dora_who_administers_the_project_works_on_its_policies_and_not_on_the_sites(business: Business) -> None:
    world, dora = business.world, business.world.sites.dora
    assert world.get(project(business), dora).status_code == 200
    begun = world.post(project(business), dora, {"start": "preset:strict", "name": "Dora's"})
    assert begun.status_code == 200
    draft = newest_draft(business, "Dora's")
    path = project(business, f"/drafts/{draft.id}")
    assert world.post(f"{path}/version", dora, {"row_version": "1"}).status_code == 200
    assert world.get(SITE, dora).status_code == 403
    assert world.post(f"{SITE}/review", dora, {"on": "on"}).status_code == 403


def test_an_old_version_is_brought_back_and_the_default_is_chosen(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    draft = begin(business)
    form = editor_form(draft.body, version=1) | {"step-1-offset": "4"}
    world.post(f"{SITE}/drafts/{draft.id}", alice, form)
    world.post(f"{SITE}/drafts/{draft.id}/version", alice, {"row_version": "2", "note": "A day more"})
    page = world.get(f"{SITE}/of/{business.ours.policy_row}", alice).get_data(as_text=True)
    assert "A day more" in page
    assert "was &#39;3 days after the due date&#39; and is &#39;4 days after the due date&#39;" in page
    back = world.post(f"{SITE}/of/{business.ours.policy_row}/versions", alice, {"version": "1"})
    assert "Version 1 again" in back.get_data(as_text=True)
    ours = publish_own(business, "Our way")
    assert world.post(f"{SITE}/of/{ours}/followed", alice).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.scalars(select(PolicyRow.name).where(PolicyRow.is_default)).all() == ["Our way"]


def test_req_U07_policies_are_tried_side_by_side_and_the_page_says_what_that_does_not_prove(
    business: Business,
) -> None:
    world, alice = business.world, business.world.sites.alice
    before = snapshot(world.container.engine)
    query = f"policy=policy:{business.ours.policy_row}&against=preset:strict"
    for place in (SITE, project(business)):
        past = world.get(f"{place}/backtest?{query}", alice).get_data(as_text=True)
        assert "What this does not prove" in past
        assert "Invoices in a mail after payment" in past
        future = world.get(f"{place}/simulation?policy=now&against=draft:{business.ours.policy_draft}", alice)
        text = future.get_data(as_text=True)
        assert "Gentle (draft)" in text
        assert "Mails by week" in text
        assert "Northwind Ltd" in text
    assert world.get(f"{SITE}/simulation?policy=nonsense", alice).status_code in (400, 422)
    assert world.get(f"{SITE}/simulation?days=9999999999", alice).status_code in (400, 422)
    assert snapshot(world.container.engine) == before


def test_req_U08_a_file_is_looked_at_first_and_becomes_drafts(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    answer = world.get(f"{SITE}/file", alice)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="policies.yaml"')
    text = answer.get_data(as_text=True).replace("offset: 3\n", "offset: 4\n", 1)
    before = snapshot(world.container.engine)
    looked = world.post(f"{SITE}/file", alice, {"text": text}).get_data(as_text=True)
    assert "was &#39;3 days after the due date&#39; and is &#39;4 days after the due date&#39;" in looked
    assert snapshot(world.container.engine) == before
    refused(business, f"{SITE}/file", {"text": text.replace("tone: firm", "tone: loud")}, says="tone must be one of")
    made = world.post(f"{SITE}/imports", alice, {"text": text})
    assert json.loads(made.headers["HX-Trigger"])["appflag"]["title"] == "1 draft made of the file"
    assert newest_draft(business).name == "Standard"


def test_a_script_in_a_name_is_shown_as_text(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    name = "<script>alert(1)</script>"
    world.post(SITE, alice, {"start": "preset:gentle", "name": name})
    for path in (SITE, f"{SITE}/drafts/{newest_draft(business, name).id}"):
        text = world.get(path, alice).get_data(as_text=True)
        assert name not in text
        assert "&lt;script&gt;" in text


def test_req_F04_the_invoices_page_says_whom_it_follows_and_why(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    pages = f"/ui/fragment/project/{business.ours.project}/invoices"
    issued, draft = f"{pages}/{business.ours.invoice}", f"{pages}/{business.ours.draft}"
    text = world.get(issued, alice).get_data(as_text=True)
    assert "This invoice follows Standard, version 1, because it is the site&#39;s default." in text
    ours = publish_own(business, "Our way", **{"step-3-offset": "21"})
    text = world.get(draft, alice).get_data(as_text=True)
    assert "This draft will follow Our way, version 1, because the project says so." in text
    version = text.split('name="row_version" value="')[1].split('"')[0]
    chosen = {"policy_id": business.ours.policy_row, "row_version": version}
    text = world.post(f"{draft}/policy", alice, chosen).get_data(as_text=True)
    assert "This draft will follow Standard, version 1, because it was chosen on the invoice itself." in text
    assert "project says Our way" in text
    assert world.post(f"{draft}/policy", alice, chosen).status_code == 409
    assert world.get(f"{issued}/policy?policy_id={ours}", world.sites.bob).status_code == 403


def test_complaint_C52_one_invoice_is_moved_on_its_own_page_after_a_look(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    ours = publish_own(business, "Our way", **{"step-3-offset": "21"})
    path = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}/policy"
    before = snapshot(world.container.engine)
    look = world.get(f"{path}?policy_id={ours}", alice).get_data(as_text=True)
    assert "<strong>second</strong>" in look
    assert snapshot(world.container.engine) == before
    seen = look.split('name="seen" value="')[1].split('"')[0]
    assert world.post(path, alice, {"policy_id": ours, "seen": "0" * 32}).status_code == 409
    moved = world.post(path, alice, {"policy_id": ours, "seen": seen}).get_data(as_text=True)
    assert "This invoice follows Our way, version 1, because it was chosen on the invoice itself." in moved


def test_complaint_C53_a_client_is_given_a_policy_on_the_policys_page(business: Business) -> None:
    world, alice = business.world, business.world.sites.alice
    ours = publish_own(business, "Our way")
    path = f"{SITE}/of/{ours}/clients"
    assert world.post(path, alice, {"client_id": business.foreign.client}).status_code == 422
    text = world.post(path, alice, {"client_id": business.ours.client}).get_data(as_text=True)
    assert "<dt>Clients</dt><dd>Northwind Ltd</dd>" in text
