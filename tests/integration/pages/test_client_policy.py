"""F04: a client's own policy goes before the project's and the site's; a version stays with an issued invoice."""

from sqlalchemy import select

from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.policies import version_in_force
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from tests.attack.catalogue import snapshot
from tests.integration.pages.forms import CLIENT, refused, settings
from tests.integration.pages.policy_forms import publish_own
from tests.support.app_seed import Business


def policy_id(business: Business, tenant: str, *, name: str = "") -> str:
    """Of the policy with that name, else of the site's default."""
    chosen = PolicyRow.name == name if name else PolicyRow.is_default
    with business.world.container.reading(tenant) as session:
        return session.scalars(select(PolicyRow.id).where(chosen)).one()


def client_form(business: Business, policy: str) -> dict[str, object]:
    world = business.world
    with world.container.reading(world.tenant) as session:
        client = session.get_one(Client, (world.tenant, business.ours.client))
    known: dict[str, object] = {
        "name": client.name,
        "country": "DE",
        "row_version": str(client.row_version),
        "policy_id": policy,
    }
    return CLIENT | known | {"contact-0-email": "ada@northwind.example", "contact-0-role": "billing"}


def in_force(business: Business) -> str:
    world = business.world
    with world.container.reading(world.tenant) as session:
        client = session.get_one(Client, (world.tenant, business.ours.client))
        project = session.get_one(Project, (world.tenant, business.ours.project))
        return version_in_force(session, client, project).policy_id


def test_req_F04_the_clients_policy_goes_before_the_projects(business: Business) -> None:
    world = business.world
    standard = policy_id(business, world.tenant)
    ours = publish_own(business, "Our way")
    assert in_force(business) == ours
    saved = world.post(settings(business, "client"), world.sites.alice, client_form(business, standard))
    assert saved.status_code == 200
    assert f'<option value="{standard}" selected>' in saved.get_data(as_text=True)
    assert in_force(business) == standard
    tab = world.get(settings(business, "reminders"), world.sites.alice).get_data(as_text=True)
    assert "Northwind Ltd has follow-ups of its own" in tab
    with world.container.reading(world.tenant) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "client.saved").order_by(AuditRow.seq)).all()
        pinned = session.get_one(PolicyVersion, (world.tenant, business.ours.policy)).policy_id
        issued = invoice_of(session, business.ours.invoice)
    before, after = rows[-1].before or {}, rows[-1].after or {}
    assert (before["policy_id"], after["policy_id"]) == (None, standard)
    assert (issued.policy_version_id, pinned) == (business.ours.policy, standard)
    world.post(settings(business, "client"), world.sites.alice, client_form(business, ""))
    assert in_force(business) == ours
    assert "has follow-ups of its own" not in world.get(settings(business, "reminders"), world.sites.alice).get_data(
        as_text=True
    )


def test_attack_A38_a_policy_that_is_none_or_another_sites_is_refused(business: Business) -> None:
    foreign_tenant = business.world.foreign_tenant
    foreign = policy_id(business, foreign_tenant)
    for wrong in ("nonsense", foreign):
        form = client_form(business, wrong)
        refused(business, settings(business, "client"), form, says="reminder policies", field="client-policy_id")
        refused(business, settings(business, "clients"), form | {"name": "New"}, says="reminder policies")


def test_attack_A38_a_policy_is_chosen_only_by_who_bills_there(business: Business) -> None:
    world = business.world
    form = client_form(business, policy_id(business, world.tenant))
    before = snapshot(world.container.engine)
    assert world.post(settings(business, "client"), world.sites.bob, form).status_code == 403
    # Charlie's site has a project of the same number, and none of our policies.
    answer = world.post(settings(business, "client"), world.sites.charlie, form)
    assert (answer.status_code, "reminder policies" in answer.get_data(as_text=True)) == (422, True)
    assert snapshot(world.container.engine) == before


def test_req_F10_the_clients_form_switches_its_reminders(business: Business) -> None:
    world = business.world
    url, alice = settings(business, "client"), world.sites.alice
    for ticked in (False, True):
        form = client_form(business, "") | ({"reminders_on": "on"} if ticked else {})
        said = world.post(url, alice, form).get_data(as_text=True)
        assert ("no reminders" in said) is not ticked
        with world.container.reading(world.tenant) as session:
            assert session.get_one(Client, (world.tenant, business.ours.client)).reminders_on is ticked
