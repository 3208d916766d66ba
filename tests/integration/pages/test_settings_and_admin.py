"""Settings of a project and of the site: what is stored, who may, and what is shown read-only."""

from dataclasses import asdict

from sqlalchemy import select
from werkzeug.test import TestResponse

from plugin.services.mail_domain.keys import signing_domain
from plugin.store.audit import raise_alert
from plugin.store.tables.audit import Alert, AuditRow
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.company import CompanyProfile, MailSettings, NumberSeries
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.jira_facts import PersonRole
from plugin.store.tables.outbox import Cursor
from plugin.store.tables.policies import MailText
from plugin.store.tables.rates import Rate
from plugin.store.tables.staff import WebhookTarget
from plugin.store.tables.tenants import Tenant
from sandbox import Fault, Mailbox, MailFault
from tests.integration.pages.forms import CLIENT, settings
from tests.support.app import AppWorld
from tests.support.app_seed import LATE, Business, company_form
from tests.support.receiver import receiver


def test_req_F49_a_member_reads_the_settings_and_sees_no_prices(business: Business) -> None:
    world = business.world
    page = world.page("project-settings", world.sites.bob, project=world.sites.acme)
    text = page.get_data(as_text=True)
    assert "You can look here, not change" in text
    assert "Northwind Ltd" in text
    assert "<form" not in text
    for tab in ("billing", "reminders"):
        part = world.get(settings(business, tab), world.sites.bob).get_data(as_text=True)
        assert "<form" not in part
    assert "10 days after the due date: a phone call." in part


def test_a_new_client_with_its_people(business: Business) -> None:
    world = business.world
    people = {
        "contact-0-role": "billing",
        "contact-0-name": "Iris Vale",
        "contact-0-email": "iris@tallow.example",
        "contact-1-role": "sponsor",
        "contact-1-email": "",
    }
    answer = world.post(settings(business, "clients"), world.sites.alice, CLIENT | people)
    assert answer.status_code == 200
    with world.container.reading(world.tenant) as session:
        client = session.scalars(select(Client).where(Client.name == "Tallow & Sons")).one()
        contacts = session.scalars(select(Contact).where(Contact.client_id == client.id)).all()
        project = session.get_one(Project, (world.tenant, business.ours.project))
    assert (client.tax_rate_bp, client.currency, client.is_business) == (2000, "GBP", False)
    assert [(contact.role, contact.email) for contact in contacts] == [("billing", "iris@tallow.example")]
    assert project.client_id == client.id


def test_req_F12_a_client_is_taken_out_with_a_reason_and_put_back(business: Business) -> None:
    world = business.world
    url = settings(business, "opt-out")
    off = world.post(url, world.sites.alice, {"opt_out_reason": "Court case", "opt_out_until": "2026-12-31"})
    assert "Court case" in off.get_data(as_text=True)
    panel = world.page("panel", world.sites.alice, issue=world.sites.login).get_data(as_text=True)
    assert "Court case" in panel
    page = world.get(
        f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}", world.sites.alice
    )
    for shown in (off.get_data(as_text=True), panel, page.get_data(as_text=True)):
        assert world.sites.alice.account_id not in shown
        assert f"Opted out by {world.sites.alice.name}" in shown
    assert "opted out through 31 December 2026" in panel
    with world.container.reading(world.tenant) as session:
        stored = session.scalars(select(PlannedStep.reason).where(PlannedStep.reason_code == "client_opt_out"))
        assert not any(world.sites.alice.account_id in reason for reason in stored)
    assert world.post(url, world.sites.alice, {"on": "on"}).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.get_one(Client, (world.tenant, business.ours.client)).opt_out_reason == ""


def test_fault_F39_an_address_that_failed_is_said_to_work_again(business: Business) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        contact = session.scalars(select(Contact).where(Contact.client_id == business.ours.client)).first()
        assert contact is not None
        contact.failed_reason, address = "550 5.1.1 No such user here", contact.email
    tab = world.get(settings(business, "client"), world.sites.alice).get_data(as_text=True)
    assert f"Mail to {address} failed" in tab
    assert "It works again" not in world.get(settings(business, "client"), world.sites.bob).get_data(as_text=True)
    url = settings(business, "address")
    assert world.post(url, world.sites.bob, {"address": address}).status_code == 403
    assert world.post(url, world.sites.alice, {"address": "else@where.example"}).status_code == 409
    mended = world.post(url, world.sites.alice, {"address": address})
    assert mended.status_code == 200
    assert f"Mail to {address} failed" not in mended.get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        assert not any(session.scalars(select(Contact.failed_reason)))


def test_rates_are_added_ended_and_removed(business: Business) -> None:
    world = business.world
    rate = {"level": "project", "price": "99.50", "currency": "EUR", "valid_from": "2026-01-01"}
    assert world.post(settings(business, "rates"), world.sites.dora, rate).status_code == 200
    with world.container.reading(world.tenant) as session:
        row = session.scalars(select(Rate).where(Rate.level == "project")).one()
    assert (row.minor_per_hour, row.project_id) == (9950, business.ours.project)
    overlap = world.post(settings(business, "rates"), world.sites.dora, rate | {"price": "100"})
    assert overlap.status_code == 422
    ended = world.post(settings(business, f"rates/{row.id}/end"), world.sites.dora, {"valid_to": "2026-12-31"})
    assert "31 December 2026" in ended.get_data(as_text=True)
    assert world.post(settings(business, f"rates/{row.id}/removal"), world.sites.dora).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert not session.scalars(select(Rate).where(Rate.level == "project")).all()


def test_roles_count_everywhere_so_a_site_admin_gives_them(business: Business) -> None:
    world = business.world
    form = {"account_id": world.sites.bob.account_id, "role": "senior"}
    assert world.post(settings(business, "roles"), world.sites.dora, form).status_code == 403
    answer = world.post(settings(business, "roles"), world.sites.alice, form)
    assert "senior" in answer.get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        assert session.scalars(select(PersonRole.role)).all() == ["senior"]


def test_rounding_grouping_and_home_issue(business: Business) -> None:
    world = business.world
    with world.container.reading(world.tenant) as session:
        version = session.get_one(Project, (world.tenant, business.ours.project)).row_version
    form = {
        "rounding_unit": "line",
        "rounding_mode": "nearest",
        "rounding_minutes": "6",
        "minimum_minutes": "0",
        "grouping": "person",
        "comment_on": "all",
        "comment_visibility": "open",
        "home_issue": "acm-2",
        "row_version": str(version),
    }
    assert world.post(settings(business, "billing"), world.sites.dora, form).status_code == 200
    with world.container.reading(world.tenant) as session:
        project = session.get_one(Project, (world.tenant, business.ours.project))
    assert (project.rounding_unit, project.grouping, project.comment_on) == ("line", "person", "all")
    assert project.home_issue_id == str(world.sites.api.id)
    stale = world.post(settings(business, "billing"), world.sites.dora, form)
    assert stale.status_code == 409
    unknown = {**form, "row_version": str(project.row_version), "home_issue": "ACM-999"}
    assert world.post(settings(business, "billing"), world.sites.dora, unknown).status_code == 422


def test_req_F10_a_project_is_switched_off(business: Business) -> None:
    world = business.world
    with world.container.reading(world.tenant) as session:
        version = session.get_one(Project, (world.tenant, business.ours.project)).row_version
    form = {"policy_id": "", "row_version": str(version)}
    assert world.post(settings(business, "reminders"), world.sites.dora, form).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert not session.get_one(Project, (world.tenant, business.ours.project)).reminders_on


def test_req_F10_the_switches_of_the_site(business: Business) -> None:
    world = business.world
    for what, on, expected in (
        ("kill", "on", {"kill_switch": True}),
        ("kill", "", {"kill_switch": False}),
        ("reminders", "", {"reminders_on": False}),
        ("live", "", {"mode": "sandbox"}),
        ("live", "on", {"mode": "live"}),
    ):
        answer = world.post("/ui/fragment/admin/switches", world.sites.alice, {"what": what, "on": on})
        assert answer.status_code == 200
        with world.container.reading(world.tenant) as session:
            tenant = session.get_one(Tenant, world.tenant)
        assert {name: getattr(tenant, name) for name in expected} == expected
    panel = world.page("panel", world.sites.alice, issue=world.sites.login).get_data(as_text=True)
    assert "Reminders are off" in panel


def test_company_mail_numbers_and_texts_are_stored(business: Business) -> None:
    world = business.world
    alice = world.sites.alice
    with world.container.reading(world.tenant) as session:
        company = session.get_one(CompanyProfile, world.tenant)
        mail = session.get_one(MailSettings, world.tenant)
        series = session.get_one(NumberSeries, (world.tenant, "invoice"))
    names = ("name", "address", "country", "vat_id", "tax_number", "email", "iban", "bic", "bank_name", "footer")
    rest = ("colour", "zone", "region", "currency", "language", "row_version")
    form = {name: str(getattr(company, name)) for name in (*names, *rest)}
    assert world.post("/ui/fragment/admin/company", alice, form | {"phone": "+49 30 1"}).status_code == 200
    hours = {"window_start": "08:30", "window_end": "16:00", "contact_interval_days": "5"}
    sender = {"from_address": "pay@fernwood.example", "row_version": str(mail.row_version)}
    assert world.post("/ui/fragment/admin/mail", alice, {**hours, **sender}).status_code == 200
    pattern = {"pattern": "FW-{year}-{number:03d}", "row_version": str(series.row_version)}
    numbering = world.post("/ui/fragment/admin/numbering", alice, pattern)
    assert "FW-2026-002" in numbering.get_data(as_text=True)
    wording = {"template": "friendly", "language": "en", "subject": "About {{ number }}", "body": "Hello {{ client }}"}
    assert world.post("/ui/fragment/admin/texts", alice, wording | {"row_version": "0"}).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.get_one(CompanyProfile, world.tenant).phone == "+49 30 1"
        assert session.get_one(MailSettings, world.tenant).contact_interval_days == 5
        assert session.scalars(select(MailText.subject)).all() == ["About {{ number }}"]
        actions = set(session.scalars(select(AuditRow.action)))
    assert {"company.saved", "mail.saved", "numbering.saved", "text.saved"} <= actions


def test_alerts_are_settled_once(business: Business) -> None:
    world = business.world
    url = f"/ui/fragment/admin/alerts/{business.ours.alert}"
    assert "A mail came back." in world.get("/ui/fragment/admin/attention", world.sites.alice).get_data(as_text=True)
    assert world.post(url, world.sites.alice).status_code == 200
    assert world.post(url, world.sites.alice).status_code == 409
    with world.container.reading(world.tenant) as session:
        assert session.get_one(Alert, (world.tenant, business.ours.alert)).settled_by == world.sites.alice.account_id


def test_the_audit_pages_back(business: Business) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        for number in range(60):
            raise_alert(session, kind="x", sentence="x", subject="x", key=str(number), now=LATE)
    world.post("/ui/fragment/admin/switches", world.sites.alice, {"what": "kill", "on": "on"})
    text = world.get("/ui/fragment/admin/audit", world.sites.alice).get_data(as_text=True)
    assert "Alice Berger" in text
    older = world.get("/ui/fragment/admin/audit?before=2", world.sites.alice).get_data(as_text=True)
    assert "installed" in older
    assert "Alice Berger" not in older
    assert world.get("/ui/fragment/admin/audit?before=x", world.sites.alice).status_code == 200


def test_jira_is_read_on_demand(business: Business) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        cursor = session.get_one(Cursor, (world.tenant, "issues"))
        cursor.last_error, cursor.failures = "Jira is away.", 3
    text = world.get("/ui/fragment/admin/sync", world.sites.alice).get_data(as_text=True)
    assert "Jira is away." in text
    assert "failed 3 times" in text
    assert world.post("/ui/fragment/admin/sync", world.sites.alice).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert set(session.scalars(select(Cursor.next_at))) == {LATE}
    assert any("worklogs_updated" in wakeup.ids for wakeup in world.wakeups.taken)


def test_req_F50_who_reads_the_history_is_a_role_that_jira_has_or_a_group(business: Business) -> None:
    world = business.world
    alice, url = world.sites.alice, "/ui/fragment/admin/company"

    def save(**named: str) -> TestResponse:
        with world.container.reading(world.tenant) as session:
            version = session.scalars(select(CompanyProfile.row_version)).one()
        form = {name: str(value) for name, value in asdict(company_form(version)).items()}
        return world.post(url, alice, form | named)

    tab = world.get(settings(business, "billing"), alice).get_data(as_text=True)
    assert "Nobody is named who may read it" in tab
    refused = save(comment_audience="role", comment_role="Treasurers")
    assert refused.status_code == 422
    assert "Jira has no project role Treasurers; it has Administrators" in refused.get_data(as_text=True)
    assert save(comment_audience="everybody", comment_role="x").status_code == 422
    for audience, name in (("role", "Administrators"), ("group", "billers")):
        assert save(comment_audience=audience, comment_role=f" {name} ").status_code == 200
        with world.container.reading(world.tenant) as session:
            profile = session.scalars(select(CompanyProfile)).one()
            audit = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc())).first()
        assert (profile.comment_audience, profile.comment_role) == (audience, name)
        assert audit is not None
        assert (audit.after or {})["comment_role"] == name
    tab = world.get(settings(business, "billing"), alice).get_data(as_text=True)
    assert "Nobody is named who may read it" not in tab
    world.jira.faults.add("getProjectRoles", Fault.status(503), times=None)
    assert save(comment_audience="role", comment_role="Not told by Jira").status_code == 200


def test_a_fresh_site_is_led_through_its_first_steps(app_world: AppWorld) -> None:
    page = app_world.page("get-started", app_world.sites.alice)
    text = page.get_data(as_text=True)
    assert "1 of 9 steps are done" in text
    assert app_world.page("get-started", app_world.sites.bob).status_code == 403
    panel = app_world.page("panel", app_world.sites.alice, issue=app_world.sites.login).get_data(as_text=True)
    assert "Sandbox mode" in panel
    assert "No invoice yet" in panel
    project = app_world.page("project", app_world.sites.alice, project=app_world.sites.acme).get_data(as_text=True)
    assert "billed to nobody yet" in project


def test_req_U13_owner_amounts_and_calls_are_set_by_a_biller_with_an_audit_row(business: Business) -> None:
    world = business.world
    with world.container.reading(world.tenant) as session:
        version = session.get_one(Project, (world.tenant, business.ours.project)).row_version
    alice = world.sites.alice
    form = {"owner": alice.account_id, "call_issues": "on", "call_issue_type": "Sub-task", "row_version": str(version)}
    form["query_issue_type"] = "Task"
    shown = world.post(settings(business, "jira-work"), alice, form)
    assert shown.status_code == 200
    assert f'value="{alice.account_id}" selected' in shown.get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        project = session.get_one(Project, (world.tenant, business.ours.project))
        actions = list(session.scalars(select(AuditRow.action)))
    assert (project.owner_account_id, project.call_issues, project.call_issue_type) == (
        alice.account_id,
        True,
        "Sub-task",
    )
    assert not project.comment_amounts
    assert "project.jira_work" in actions
    assert world.post(settings(business, "jira-work"), alice, form).status_code == 409
    assert world.post(settings(business, "jira-work"), world.sites.bob, form).status_code == 403


def test_a_webhook_is_added_tried_and_removed_and_its_secret_is_shown_once(business: Business) -> None:
    world, alice, at = business.world, business.world.sites.alice, "/ui/fragment/admin/webhooks"
    with receiver() as box:
        added = world.post(at, alice, {"name": "Chat", "url": box.url}).get_data(as_text=True)
        assert "whsec_" in added
        assert "whsec_" not in world.get(at, alice).get_data(as_text=True)
        with world.container.reading(world.tenant) as session:
            target = session.scalars(select(WebhookTarget).where(WebhookTarget.name == "Chat")).one()
        assert "took the call" in str(world.post(f"{at}/{target.id}/trial", alice, {}).headers)
        assert b'"type": "trial"' in box.taken[0].body
        box.answers = [404]
        refused = world.post(f"{at}/{target.id}/trial", alice, {})
        assert (refused.status_code, "answered 404" in refused.get_data(as_text=True)) == (422, True)
    for _ in range(2):
        # A second press of the same button, or somebody else's, turns nothing back.
        off = world.post(f"{at}/{target.id}/switch", alice, {"on": ""})
        assert "switched off" in off.headers["HX-Trigger"]
    with world.container.reading(world.tenant) as session:
        assert not session.get_one(WebhookTarget, (world.tenant, target.id)).is_on
        switched = select(AuditRow).where(AuditRow.action == "webhook.switched")
        assert len(session.scalars(switched).all()) == 1
    assert "switched on" in world.post(f"{at}/{target.id}/switch", alice, {"on": "on"}).headers["HX-Trigger"]
    assert world.post(at, world.sites.dora, {"name": "X", "url": "https://x.example/"}).status_code == 403
    assert world.post(f"{at}/{target.id}/removal", world.sites.charlie, {}).status_code == 404
    assert world.post(f"{at}/{target.id}/removal", alice, {}).status_code == 200
    with world.container.reading(world.tenant) as session:
        actions = set(session.scalars(select(AuditRow.action)))
        assert [row.name for row in session.scalars(select(WebhookTarget))] == ["SMS"]
    assert {"webhook.added", "webhook.removed"} <= actions


def test_req_L50_complaint_C36_a_key_is_made_and_the_domain_checked(business: Business) -> None:
    world, alice, at = business.world, business.world.sites.alice, "/ui/fragment/admin/delivery"
    world.container.__dict__["dns_lookup"] = lambda _name, _kind: []
    wrong = world.post(f"{at}/domain", alice, {}).get_data(as_text=True)
    assert "Not aligned" in wrong
    made = world.post(f"{at}/key", alice, {}).get_data(as_text=True)
    assert "v=DKIM1; k=rsa; p=" in made
    assert "PRIVATE KEY" not in made
    with world.container.reading(world.tenant) as session:
        mail = session.get_one(MailSettings, world.tenant)
        public = signing_domain(mail, world.container.keys)
    assert "PRIVATE KEY" not in mail.dkim_key
    zone = {
        public.domain: ["v=spf1 ip4:203.0.113.0/24 ~all"],
        f"{public.selector}._domainkey.{public.domain}": [f"v=DKIM1; k=rsa; p={public.public_key}"],
        f"_dmarc.{public.domain}": ["v=DMARC1; p=reject"],
    }
    world.container.__dict__["dns_lookup"] = lambda name, kind: zone.get(name, []) if kind == "TXT" else []
    right = world.post(f"{at}/domain", alice, {})
    assert "Aligned" in right.get_data(as_text=True)
    assert "Not aligned" not in right.get_data(as_text=True)
    assert world.post(f"{at}/key", world.sites.bob, {}).status_code == 403


def test_the_mail_server_is_stored_without_showing_its_password_and_tried_out(business: Business) -> None:
    world, alice, at = business.world, business.world.sites.alice, "/ui/fragment/admin/delivery"
    with Mailbox() as box:
        with world.container.reading(world.tenant) as session:
            version = session.get_one(MailSettings, world.tenant).row_version
        form = {"host": f"127.0.0.1:{box.port}", "security": "smtp", "user": "", "row_version": str(version)}
        assert world.post(f"{at}/server", alice, form).status_code == 200
        assert world.post(f"{at}/server", alice, form).status_code == 409
        assert "takes our mail" in str(world.post(f"{at}/server/trial", alice, {}).headers)
        box.add_fault(MailFault.refuse())
        assert world.post(f"{at}/server/trial", alice, {}).status_code == 422
        assert box.mails == []
    secret = {"host": "mail.acme.example", "security": "smtps", "user": "u", "password": "hunter2"}
    shown = world.post(f"{at}/server", alice, secret | {"row_version": str(version + 1)}).get_data(as_text=True)
    assert "mail.acme.example:465" in shown
    assert "hunter2" not in shown
