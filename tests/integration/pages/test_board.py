"""The board as a page: who sees it and who changes it, a roll shown before it is saved, dry runs, the outbox."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from plugin.domain.reminders.statement import LAST_DAY
from plugin.services.follow_ups.hold_links import HoldLink
from plugin.services.follow_ups.outbox import waiting_mails
from plugin.services.settings.control import control_of, save_control
from plugin.services.settings.statements import choose_statement_day
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyVersion
from sandbox.jira.model import Person
from tests.support.app_seed import Business

SECOND = "30 November 2026"


def board(business: Business, kind: str = "project", rest: str = "") -> str:
    place = business.ours.project if kind == "project" else "-"
    return f"/ui/fragment/board/{kind}/{place}{rest}"


def row(business: Business, key: str = "second") -> str:
    return f"{business.ours.invoice}:{key}"


def text(business: Business, path: str, person: Person | None = None) -> str:
    answer = business.world.get(path, person or business.world.sites.alice)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def step(business: Business, key: str = "second") -> PlannedStep:
    with business.world.container.reading(business.world.tenant) as session:
        query = select(PlannedStep).where(PlannedStep.invoice_id == business.ours.invoice, PlannedStep.step_key == key)
        return session.scalars(query).one()


def test_req_F14_a_member_looks_and_a_biller_changes(business: Business) -> None:
    sites = business.world.sites
    seen = text(business, board(business), sites.bob)
    assert "Second reminder" in seen
    assert "Change the ticked rows" not in seen
    assert business.world.get(board(business, "site"), sites.bob).status_code == 403
    assert "Change the ticked rows" in text(business, board(business), sites.dora)
    assert "Second reminder" in text(business, board(business, "site"))
    assert "Second reminder" in text(business, f"/ui/fragment/project/{business.ours.project}/calendar")
    assert "Second reminder" in text(business, "/ui/fragment/admin/calendar")


def test_req_U06_the_roll_over_a_holiday_is_shown_before_the_move(business: Business) -> None:
    world = business.world
    path = board(business, rest=f"/rows/{business.ours.invoice}/second/roll?to=")
    shown = text(business, path + "2026-12-05")
    assert "5 December 2026 is no business day (Saturday). It would go on 7 December 2026." in shown
    assert "is over already" in text(business, path + "2026-11-01")
    assert text(business, path + "soon") == ""
    assert step(business).moved_to is None
    moved = world.post(
        board(business, rest="/changes"),
        world.sites.dora,
        {"rows": row(business), "change": "move", "to": "2026-12-05"},
    )
    assert "Moved to 7 December 2026" in moved.get_data(as_text=True)
    assert str(step(business).planned_on) == "2026-12-07"


def test_complaint_C37_sending_now_shows_a_dry_run_and_asks_for_confirmation(business: Business) -> None:
    world = business.world
    changes = board(business, rest="/changes")
    dry = world.post(changes, world.sites.dora, {"rows": row(business), "change": "now"}).get_data(as_text=True)
    assert "1 of 1 row would go now." in dry
    assert "ada@northwind.example" in dry
    assert "Send 1 row now" in dry
    assert not step(business).requested
    sent = world.post(changes, world.sites.dora, {"rows": row(business), "change": "now", "confirmed": "1"})
    assert "1 row changed" in sent.headers["HX-Trigger"]
    assert step(business).requested


def test_req_UX17_each_row_has_its_result(business: Business) -> None:
    world = business.world
    changes = board(business, rest="/changes")
    bare = world.post(changes, world.sites.dora, {"rows": row(business), "change": "skip"})
    assert bare.status_code == 422
    assert "Say why" in bare.get_data(as_text=True)
    for form, words in (
        ({"change": "hold", "reason": "x"}, "Choose at least one row"),
        ({"rows": row(business), "change": "burn"}, "Choose what to do"),
        ({"rows": "nonsense", "change": "hold", "reason": "x"}, "Choose rows of the list"),
    ):
        refused = world.post(changes, world.sites.dora, form)
        assert (refused.status_code, words in refused.get_data(as_text=True)) == (422, True)
    skipped = world.post(changes, world.sites.dora, {"rows": row(business), "change": "skip", "reason": "A partner"})
    assert "Left out" in skipped.get_data(as_text=True)
    again = world.post(changes, world.sites.dora, {"rows": row(business), "change": "skip", "reason": "A partner"})
    assert "done already" in again.get_data(as_text=True)
    assert "Not done" in again.get_data(as_text=True)


def test_attack_A39_a_row_of_another_project_or_site_is_unknown(business: Business) -> None:
    world = business.world
    foreign = f"{business.foreign.invoice}:second"
    answer = world.post(board(business, rest="/changes"), world.sites.alice, {"rows": foreign, "change": "approve"})
    assert answer.status_code == 404
    hidden = world.get(
        f"/ui/fragment/board/project/{business.ours.project}/rows/{business.hidden_invoice}/x", world.sites.alice
    )
    assert hidden.status_code == 404
    assert world.post(board(business, rest="/changes"), world.sites.bob, {"rows": row(business)}).status_code == 403


def waiting(business: Business) -> str:
    """A reminder in its undo window; gives the mail's id."""
    world = business.world
    with world.container.writing(world.tenant) as session:
        settings = session.get_one(MailSettings, world.tenant)
        save_control(session, replace(control_of(settings), undo_minutes=10), now=world.clock.now(), actor="alice")
    world.clock.instant += timedelta(days=3)
    world.container.run_due_steps(world.tenant, [step(business).id])
    with world.container.reading(world.tenant) as session:
        (mail,) = waiting_mails(session, [business.ours.invoice])
    return mail.message.id


def test_req_UX06_a_waiting_mail_is_shown_and_held(business: Business) -> None:
    world = business.world
    mail = waiting(business)
    shown = text(business, board(business), world.sites.dora)
    assert "Leaving soon" in shown
    assert "Hold it" in shown
    assert "Hold it" not in text(business, board(business), world.sites.bob)
    outbox = board(business, rest="/outbox")
    bare = world.post(outbox, world.sites.dora, {"message": mail, "what": "hold"})
    assert (bare.status_code, "Say why it is held" in bare.get_data(as_text=True)) == (422, True)
    held = world.post(outbox, world.sites.dora, {"message": mail, "what": "hold", "reason": "They called"})
    assert "They called" in held.get_data(as_text=True)
    assert "Leaving soon" not in held.get_data(as_text=True)
    gone = world.post(outbox, world.sites.dora, {"message": mail, "what": "now"})
    assert gone.status_code in (404, 409)


def test_req_UX06_a_waiting_mail_is_let_go_or_left_out(business: Business) -> None:
    world = business.world
    mail = waiting(business)
    outbox = board(business, rest="/outbox")
    assert world.post(outbox, world.sites.bob, {"message": mail, "what": "now"}).status_code == 403
    assert world.post(outbox, world.sites.charlie, {"message": mail, "what": "now"}).status_code == 404
    now = world.post(outbox, world.sites.dora, {"message": mail, "what": "now"})
    assert "It leaves now" in now.headers["HX-Trigger"]
    skipped = world.post(outbox, world.sites.dora, {"message": mail, "what": "skip", "reason": "A partner"})
    assert skipped.status_code == 200
    assert step(business).state == "skipped"


def ask_first(business: Business) -> None:
    """The ladder of the seeded invoice as if it had been issued under a policy that asks first."""
    world = business.world
    with world.container.writing(world.tenant) as session:
        invoice = session.get_one(Invoice, (world.tenant, business.ours.invoice))
        version = session.get_one(PolicyVersion, (world.tenant, invoice.policy_version_id or ""))
        version.body = {**version.body, "ask_first": True}
    world.clock.instant += timedelta(days=3)
    world.container.run_due_steps(world.tenant, [step(business).id])


def test_complaint_C21_what_waits_for_approval_is_listed_with_its_mail_and_approved(business: Business) -> None:
    world = business.world
    ask_first(business)
    assert step(business).reason_code == "not_approved"
    listed = text(business, board(business), world.sites.dora)
    assert "Waiting for your approval" in listed
    assert "See the mail of INV-2026" in listed
    assert "Waiting for your approval" not in text(business, board(business), world.sites.bob)
    approved = world.post(
        board(business, rest="/changes"), world.sites.dora, {"rows": row(business), "change": "approve"}
    )
    assert "1 row changed" in approved.headers["HX-Trigger"]
    assert step(business).approved
    assert "Waiting for your approval" not in text(business, board(business), world.sites.dora)


def test_complaint_C21_a_statement_is_approved_where_it_waits(business: Business) -> None:
    world = business.world
    ask_first(business)
    now = world.clock.now()
    with world.container.writing(world.tenant) as session:
        choose_statement_day(session, business.ours.client, LAST_DAY, today=now.date(), now=now, actor="alice")
    world.container.run_sync(world.tenant, ["control"])
    with world.container.reading(world.tenant) as session:
        (mail,) = [one for one in waiting_mails(session, [business.ours.invoice]) if one.is_statement]
    shown = text(business, board(business), world.sites.dora)
    assert "Statement of account" in shown
    assert "It lists invoices whose follow-ups ask first" in shown
    assert "A statement of account waits" in text(
        business, f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}", world.sites.dora
    )
    form = {"message": mail.message.id, "what": "approve"}
    outbox = board(business, rest="/outbox")
    assert world.post(outbox, world.sites.bob, form).status_code == 403
    assert world.post(outbox, world.sites.charlie, form).status_code == 404
    approved = world.post(outbox, world.sites.dora, form)
    assert "Approved" in approved.headers["HX-Trigger"]
    assert "It lists invoices whose follow-ups ask first" not in approved.get_data(as_text=True)
    assert world.post(outbox, world.sites.dora, form).status_code == 409


def test_req_F19_a_hold_link_whose_day_is_over_says_so_on_a_page_of_its_own(business: Business) -> None:
    world = business.world
    link = HoldLink(
        tenant_id=world.tenant,
        invoice_id=business.ours.invoice,
        step_key="second",
        until=world.clock.now() - timedelta(days=1),
    )
    address = world.container.hold_links.address(link)
    path = address[address.index("/h/") :]
    for answer in (world.client.get(path), world.client.post(path, data={"reason": "They called"})):
        shown = answer.get_data(as_text=True)
        assert answer.status_code == 410
        assert "The day of this link is over" in shown
        assert "Open the one in a newer mail" not in shown, "what a client reads"
        assert "INV-" not in shown
    assert world.client.get(path[:-3]).status_code == 404
