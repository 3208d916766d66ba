"""The desk of an invoice: plans, problems, lines, promises with a level, opt-outs with an end, legal steps, tasks."""

from sqlalchemy import select

from plugin.store.tables.follow_ups import Hold, Task
from plugin.store.tables.invoices import Invoice, InvoiceLine
from plugin.store.tables.plans import InstalmentPlan
from sandbox.jira.model import Person
from tests.support.app_seed import Business


def at(business: Business, rest: str = "") -> str:
    return f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}{rest}"


def send(business: Business, rest: str, data: dict[str, str], person: Person | None = None) -> tuple[int, str]:
    answer = business.world.post(at(business, rest), person or business.world.sites.dora, data)
    return answer.status_code, answer.get_data(as_text=True)


def page(business: Business, person: Person | None = None) -> str:
    return business.world.get(at(business), person or business.world.sites.dora).get_data(as_text=True)


def row(business: Business) -> Invoice:
    with business.world.container.reading(business.world.tenant) as session:
        return session.get_one(Invoice, (business.world.tenant, business.ours.invoice))


def hold_of(business: Business, kind: str) -> Hold:
    """The live one of that kind that no seed has put there."""
    with business.world.container.reading(business.world.tenant) as session:
        query = select(Hold).where(Hold.invoice_id == business.ours.invoice, Hold.kind == kind)
        return session.scalars(query.where(Hold.id != business.ours.hold, Hold.lifted_at.is_(None))).one()


def plan(business: Business) -> InstalmentPlan:
    with business.world.container.reading(business.world.tenant) as session:
        return session.scalars(select(InstalmentPlan)).one()


def test_req_F45_a_plan_is_offered_accepted_on_record_and_withdrawn(business: Business) -> None:
    assert "Offer the plan" in page(business)
    assert "Offer the plan" not in page(business, business.world.sites.bob)
    status, text = send(business, "/plan", {"count": "", "parts": ""})
    assert (status, "Enter how many instalments" in text) == (422, True)
    wrong = {"parts": "2026-12-10 1.00\n2027-01-10 one"}
    status, text = send(business, "/plan", wrong)
    assert (status, "Line 2: write a day and an amount" in text) == (422, True)
    assert "2027-01-10 one" in text, "what was typed stays"
    status, text = send(
        business, "/plan", {"count": "3", "first_on": "2026-12-10", "rhythm": "month", "grace_days": "4"}
    )
    assert (status, "Offered" in text) == (200, True)
    assert send(business, "/plan", {"count": "2", "first_on": "2026-12-10"})[0] in (409, 422)
    status, text = send(business, "/plan/acceptance", {"who": "", "how": "phone"})
    assert (status, "the record needs the name" in text) == (422, True)
    status, text = send(business, "/plan/acceptance", {"who": "Ada Quint", "how": "phone"})
    assert (status, "Ada Quint, by phone" in text) == (200, True)
    assert plan(business).state == "running"
    status, text = send(business, "/plan/withdrawal", {"reason": "They changed their mind"})
    assert (status, plan(business).state) == (200, "withdrawn")
    assert send(business, "/plan", {"count": "2"}, business.world.sites.bob)[0] == 403


def test_req_F42_a_problem_is_noted_with_its_task(business: Business) -> None:
    assert send(business, "/problems", {"problem": "bored"})[0] == 422
    status, text = send(business, "/problems", {"problem": "missing_purchase_order", "note": "PO of May"})
    assert (status, "Missing purchase order: PO of May" in text) == (200, True)
    assert "Get the purchase order number" in text
    tasks = business.world.get(f"/ui/fragment/project/{business.ours.project}/tasks", business.world.sites.dora)
    assert "Mend what stands in the way" in tasks.get_data(as_text=True)


def test_req_U12_a_line_is_disputed_with_its_tax(business: Business) -> None:
    with business.world.container.reading(business.world.tenant) as session:
        lines = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == business.ours.invoice)).all()
        other = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id == business.ours.draft)).first()
    assert other is not None
    assert send(business, "/disputed-line", {"line": "", "reason": "x"})[0] == 422
    assert send(business, "/disputed-line", {"line": other.id, "reason": "x"})[0] == 404
    status, _ = send(business, "/disputed-line", {"line": lines[0].id, "reason": "Not ordered"})
    assert status == 200
    hold = hold_of(business, "disputed")
    assert hold.detail == {"line": lines[0].position}
    assert hold.amount_minor is not None


def test_req_C22_a_promise_keeps_the_level_at_which_the_ladder_resumes(business: Business) -> None:
    data = {"kind": "promised", "reason": "Ada said so", "until": "2026-12-10", "resume_level": "6"}
    assert send(business, "/holds", data)[0] == 200
    assert hold_of(business, "promised").detail == {"resume_level": 6}


def test_req_F12_reminders_of_an_invoice_rest_until_a_day(business: Business) -> None:
    status, text = send(business, "/reminders", {"reason": "Merger", "until": "2026-12-10"})
    assert (status, "until 10 December 2026" in text) == (200, True)
    stored = row(business)
    assert (stored.reminders_on, str(stored.opt_out_until)) == (True, "2026-12-10")
    assert send(business, "/reminders", {"on": "on"})[0] == 200
    assert row(business).opt_out_reason == ""


def test_req_F41_the_outcome_with_a_next_action_becomes_a_task(business: Business) -> None:
    data = {"outcome": "voicemail", "next_action": "Call the reception", "next_on": "2026-12-02"}
    status, text = send(business, f"/tasks/{business.ours.task}/outcome", data)
    assert (status, "Call the reception" in text) == (200, True)
    with business.world.container.reading(business.world.tenant) as session:
        task = session.scalars(select(Task).where(Task.kind == "next")).one()
    assert (task.state, str(task.due_on)) == ("open", "2026-12-02")


def test_req_F46_the_legal_pack_waits_for_the_final_notice(business: Business) -> None:
    world = business.world
    path = f"/ui/fragment/invoices/{business.ours.invoice}/legal-pack"
    refused = world.post(path, world.sites.dora)
    assert refused.status_code == 409
    assert "No final notice with a deadline was sent" in refused.get_data(as_text=True)
    assert world.post(path, world.sites.bob).status_code == 403
    assert "Legal pack" not in page(business)


def test_tasks_show_due_day_script_and_open_items_of_all_or_of_me(business: Business) -> None:
    world = business.world
    path = f"/ui/fragment/project/{business.ours.project}/tasks"
    text = world.get(path, world.sites.dora).get_data(as_text=True)
    for words in ("Call the client", "Northwind", "What to say", "Ask on which day it will be paid", "Open: INV-2026"):
        assert words in text, words
    assert "Nothing waits for you" in world.get(f"{path}?whose=mine", world.sites.dora).get_data(as_text=True)
