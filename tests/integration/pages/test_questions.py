"""What clients ask, on the invoice's page: an issue by a click, and the instalments they ask for in the form."""

from datetime import date

from sqlalchemy import select

from plugin.services.answers.tasks import add_person_task
from plugin.services.billing.lookup import invoice_of
from plugin.services.inbound.parse import parse_mail
from plugin.services.inbound.take import take_mail
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.outbox import Effect
from tests.support.app_seed import LATE, Business
from tests.support.letters import letter

BUTTON = "Make a Jira issue of it"


def page(business: Business) -> str:
    world = business.world
    address = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}"
    return world.get(address, world.sites.alice).get_data(as_text=True)


def question(business: Business) -> str:
    """Ada has asked something by mail; the id of the task."""
    world = business.world
    with world.container.writing(world.tenant) as session:
        mail = parse_mail(letter("Which issue is this?", sender="ada@northwind.example"))
        stored = take_mail(session, mail, now=LATE)
        assert stored is not None
        invoice = invoice_of(session, business.ours.invoice)
        return add_person_task(
            session, invoice, kind="reply", source=f"mail:{stored.id}", detail={}, today=LATE.date(), now=LATE
        ).id


def ask(business: Business, task_id: str, *, person: str = "alice") -> int:
    world, ours = business.world, business.ours
    address = f"/ui/fragment/project/{ours.project}/invoices/{ours.invoice}/tasks/{task_id}/issue"
    return world.post(address, getattr(world.sites, person), {}).status_code


def test_req_U12_a_question_becomes_an_issue_by_a_click(business: Business) -> None:
    world = business.world
    task_id = question(business)
    assert BUTTON in page(business)
    assert ask(business, task_id, person="bob") == 403
    assert ask(business, task_id) == 200
    assert ask(business, task_id) == 409
    assert ask(business, business.ours.task) == 409, "a task that is no question"
    with world.container.writing(world.tenant) as session:
        (effect,) = session.scalars(select(Effect).where(Effect.kind == "jira_query")).all()
        assert effect.subject_id == task_id
        session.get_one(Task, (world.tenant, task_id)).issue_key = "NW-77"
    shown = page(business)
    assert "NW-77" in shown
    assert BUTTON not in shown


def test_req_F45_the_instalments_a_client_asks_for_stand_in_the_form(business: Business) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        invoice = invoice_of(session, business.ours.invoice)
        balance = invoice.balance_minor
        asked = [{"due_on": "2027-01-15", "amount_minor": 1}, {"due_on": "2027-02-15", "amount_minor": 1}]
        add_person_task(
            session,
            invoice,
            kind="plan_offer",
            source="answer:of-a-test",
            detail={"proposed": asked},
            today=date(2026, 12, 1),
            now=LATE,
        )
    shown = page(business)
    assert "These are the instalments that the client asked for." in shown
    half = -(-balance // 2)
    assert f"2027-01-15 {half / 100:.2f}\n2027-02-15 {(balance - half) / 100:.2f}" in shown
