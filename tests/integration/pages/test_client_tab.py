"""The client's tab: its statement of account, how calm we are with it, and its time without reminders."""

from datetime import date

from sqlalchemy import select

from plugin.store.tables.audit import AuditRow
from plugin.store.tables.clients import Client, Project
from tests.support.app import AppWorld
from tests.support.app_seed import Business


def tab(business: Business) -> str:
    return f"/ui/fragment/settings/{business.ours.project}"


def client_of(business: Business) -> Client:
    world = business.world
    with world.container.reading(world.tenant) as session:
        project = session.get_one(Project, (world.tenant, business.ours.project))
        return session.get_one(Client, (world.tenant, project.client_id or ""))


def page(world: AppWorld, business: Business) -> str:
    return world.get(f"{tab(business)}/client", world.sites.alice).get_data(as_text=True)


def test_complaint_C26_a_biller_chooses_the_day_of_the_statement(business: Business) -> None:
    world = business.world
    assert world.post(f"{tab(business)}/statements", world.sites.bob, {"statement_day": "5"}).status_code == 403
    assert client_of(business).statement_day is None
    assert world.post(f"{tab(business)}/statements", world.sites.alice, {"statement_day": "5"}).status_code == 200
    client = client_of(business)
    assert client.statement_day == 5
    assert client.statement_since is not None
    assert "The next one goes on" in page(world, business)
    refused = world.post(f"{tab(business)}/statements", world.sites.alice, {"statement_day": "30"})
    assert refused.status_code == 422
    assert "last day of the month" in refused.get_data(as_text=True)
    assert world.post(f"{tab(business)}/statements", world.sites.alice, {"statement_day": ""}).status_code == 200
    assert (client_of(business).statement_day, client_of(business).statement_since) == (None, None)
    with world.container.reading(world.tenant) as session:
        actions = session.scalars(select(AuditRow.action).where(AuditRow.action == "client.statement")).all()
    assert len(actions) == 2


def test_req_U20_the_tab_shows_how_often_the_client_heard_from_us(business: Business) -> None:
    assert "within 30 days, over all projects" in page(business.world, business)


def test_req_F12_an_opt_out_shows_from_when_until_when(business: Business) -> None:
    world = business.world
    form = {"opt_out_reason": "Barter", "opt_out_since": "2027-01-04", "opt_out_until": "2027-01-20"}
    assert world.post(f"{tab(business)}/opt-out", world.sites.alice, form).status_code == 200
    client = client_of(business)
    assert (client.opt_out_since, client.opt_out_until) == (date(2027, 1, 4), date(2027, 1, 20))
    shown = page(world, business)
    assert "(from 4 January 2027 until 20 January 2027)" in shown


def test_req_F18_direct_debit_and_the_kind_of_client_are_kept(business: Business) -> None:
    world = business.world
    row = client_of(business)
    form = {
        "name": row.name,
        "address": row.address,
        "country": row.country,
        "language": row.language,
        "zone": row.zone,
        "currency": row.currency,
        "terms_days": str(row.terms_days),
        "tax_category": row.tax_category,
        "tax_percent": "19",
        "reminders_on": "on",
        "autopay": "on",
        "segment": "public",
        "row_version": str(row.row_version),
        "contact-0-role": "billing",
        "contact-0-name": "Ada",
        "contact-0-email": "ada@northwind.example",
        "contact-0-phone": "",
    }
    answer = world.post(f"{tab(business)}/client", world.sites.alice, form)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    assert (client_of(business).autopay, client_of(business).segment) == (True, "public")
