"""Attacks on pages and forms: nested ids, mass assignment, odd numbers, scripts in texts, framing, headers."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select, update

from plugin.store.tables.clients import Client, Project
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.jira_facts import JiraIssue, Worklog
from plugin.store.tables.payments import Payment
from plugin.store.tables.rates import Rate
from plugin.ui.download import attachment
from sandbox.jira.faults import Fault
from tests.attack.catalogue import HEADERS, snapshot
from tests.support.app import APP_URL
from tests.support.app_seed import Business

EVIL = '"><img src=x onerror=alert(1)><svg onload=alert(2)>javascript:alert(3)'
NUMBERS = ["0", "-1", "-0.01", "NaN", "Infinity", "1e400", "1e-400", "0x10", "10,5", "1" * 40, "", " ", "12.345"]


def signed(business: Business, path: str, person: str = "alice") -> str:
    """A page address with a token that fits it exactly, as Jira signs whatever address the descriptor names."""
    world = business.world
    who = getattr(world.sites, person)
    token = world.site_of(who).page_token(f"{APP_URL}{path}", who)
    return f"{path}{'&' if '?' in path else '?'}jwt={token}"


def at(business: Business, rest: str) -> str:
    return f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}/{rest}"


def test_attack_A38_another_tenants_client_cannot_be_chosen(business: Business) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    with world.container.reading(world.tenant) as session:
        version = session.get_one(Project, (world.tenant, business.ours.project)).row_version
    answer = world.post(
        f"/ui/fragment/settings/{business.ours.project}/choice",
        world.sites.alice,
        {"client_id": business.foreign.client, "row_version": version},
    )
    assert answer.status_code == 422
    assert "Choose one of your clients" in answer.get_data(as_text=True)
    assert snapshot(world.container.engine) == before


def test_attack_A38_another_tenants_worklogs_cannot_be_confirmed(business: Business) -> None:
    world = business.world
    with world.container.reading(world.foreign_tenant) as session:
        foreign = session.scalars(select(Worklog.id).where(Worklog.seconds > 86_400)).all()
    with world.container.writing(world.tenant) as session:
        session.execute(update(Worklog).where(Worklog.seconds > 86_400).values(confirmed_by="alice"))
    before = snapshot(world.container.engine)
    answer = world.post(
        f"/ui/fragment/project/{business.ours.project}/confirmations",
        world.sites.alice,
        {"until": "2026-11-30", "worklog": list(foreign)},
    )
    assert answer.status_code == 422
    assert snapshot(world.container.engine) == before


def test_attack_A39_an_invoice_of_another_project_is_not_found_by_nesting(business: Business) -> None:
    world = business.world
    nested = f"/ui/fragment/project/{business.ours.project}/invoices/{business.hidden_invoice}"
    assert world.get(nested, world.sites.bob).status_code == 404
    assert world.get(nested, world.sites.alice).status_code == 404
    for action in ("issue", "deletion"):
        assert world.post(f"{nested}/{action}", world.sites.alice).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "show=everything",
        "show=%27%20OR%201%3D1--",
        "offset=-1",
        "offset=99999999999999999999",
        "offset=x",
        "sort=tenant_id",
    ],
)
def test_attack_A39_odd_filters_show_own_rows_only(business: Business, query: str) -> None:
    world = business.world
    answer = world.get(f"/ui/fragment/project/{business.ours.project}/invoices?{query}", world.sites.alice)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "TS-2026" not in text
    assert "OR 1=1" not in text


def test_attack_A40_a_project_that_bob_may_not_see_is_closed(business: Business) -> None:
    world = business.world
    hidden = world.sites.secret_project.id
    for path in (f"/ui/fragment/project/{hidden}/invoices", f"/ui/fragment/settings/{hidden}/client"):
        assert world.get(path, world.sites.bob).status_code == 403
        assert world.get(path, world.sites.alice).status_code == 200
    assert world.page("panel", world.sites.bob, issue=world.sites.hidden).status_code == 403
    assert world.get(f"/ui/fragment/invoices/{business.hidden_invoice}/pdf", world.sites.bob).status_code == 403


def test_attack_A40_a_project_admin_sets_no_rate_beyond_the_project(business: Business) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    url = f"/ui/fragment/settings/{business.ours.project}/rates"
    rate = {"level": "site", "price": "1", "currency": "EUR", "valid_from": "2027-01-01"}
    assert world.post(url, world.sites.dora, rate).status_code == 403
    assert world.post(f"{url}/{business.ours.rate}/removal", world.sites.dora).status_code == 403
    assert world.get("/ui/fragment/admin/company", world.sites.dora).status_code == 403
    assert snapshot(world.container.engine) == before


def test_attack_A42_members_that_no_form_names_are_ignored(business: Business) -> None:
    world = business.world
    form = {
        "amount": "10.00",
        "received_on": "2026-11-27",
        "tenant_id": business.world.foreign_tenant,
        "invoice_id": business.foreign.invoice,
        "kind": "write_off",
        "number": "1",
        "status": "paid",
        "state": "paid",
        "total": "0",
        "balance_minor": "0",
        "recorded_by": "somebody else",
    }
    assert world.post(at(business, "payments"), world.sites.alice, form).status_code == 200
    with world.container.reading(world.tenant) as session:
        invoice = session.get_one(Invoice, (world.tenant, business.ours.invoice))
        newest = session.scalars(select(Payment).where(Payment.amount_minor == 1000)).one()
    assert (invoice.number, invoice.state, invoice.balance_minor) == ("INV-2026-0001", "part_paid", 188_920)
    assert (newest.kind, newest.recorded_by) == ("payment", world.sites.alice.account_id)


def test_attack_A43_the_number_of_an_invoice_is_given_not_asked_for(business: Business) -> None:
    world = business.world
    url = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.draft}/issue"
    assert world.post(url, world.sites.alice, {"number": "1", "series": "x", "due_on": "2026-12-24"}).status_code == 200
    with world.container.reading(world.tenant) as session:
        assert session.get_one(Invoice, (world.tenant, business.ours.draft)).number == "INV-2026-0002"


def test_attack_A46_odd_prices_are_refused(business: Business) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    for price in NUMBERS:
        rate = {"level": "project", "price": price, "currency": "EUR", "valid_from": "2026-01-01"}
        answer = world.post(f"/ui/fragment/settings/{business.ours.project}/rates", world.sites.alice, rate)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422, price
        assert 'aria-invalid="true"' in text or 'role="alert"' in text, price
    assert snapshot(world.container.engine) == before


def test_attack_A46_odd_amounts_are_refused(business: Business) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    for amount in NUMBERS:
        form = {"amount": amount, "received_on": "2026-11-27"}
        assert world.post(at(business, "payments"), world.sites.alice, form).status_code == 422, amount
    assert snapshot(world.container.engine) == before


def test_attack_A47_scripts_in_names_and_notes_stay_text(business: Business) -> None:
    world = business.world
    alice = world.sites.alice
    with world.container.writing(world.tenant) as session:
        session.execute(update(Client).values(name=EVIL, opt_out_reason=EVIL))
        session.execute(update(JiraIssue).values(summary=EVIL))
        session.execute(update(Project).values(name=EVIL))
    hold = {"kind": "paused", "reason": EVIL}
    assert world.post(at(business, "holds"), alice, hold).status_code == 200
    outcome = {"outcome": "answered", "notes": EVIL, "spoke_with": EVIL, "next_action": EVIL}
    assert world.post(at(business, f"tasks/{business.ours.task}/outcome"), alice, outcome).status_code == 200
    pages = [
        world.page("panel", alice, issue=world.sites.login),
        world.page("project", alice, project=world.sites.acme),
        world.page("project-settings", alice, project=world.sites.acme),
        world.get(f"/ui/fragment/project/{business.ours.project}/preview?until=2026-11-30", alice),
        world.get(f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}", alice),
        world.get("/ui/fragment/admin/audit", alice),
    ]
    seen = ""
    for answer in pages:
        assert answer.status_code == 200
        text = answer.get_data(as_text=True)
        seen += text
        assert "<img src=x" not in text
        assert "<svg onload" not in text
        assert not re.search(r'(href|src|hx-get)="javascript:', text)
    assert "&lt;img src=x onerror=alert(1)&gt;" in seen


def test_attack_A48_nothing_of_the_address_is_echoed(business: Business) -> None:
    world = business.world
    for path in ("/ui/panel?issue=%3Cscript%3E&cp=%3Cscript%3E&lic=%3Cscript%3E", "/ui/project?project=%3Cscript%3E"):
        answer = world.client.get(signed(business, path))
        assert answer.status_code == 403
        assert "<script>" not in answer.get_data(as_text=True)
    assert "<b>" not in world.client.get("/ui/%3Cb%3E").get_data(as_text=True)


def test_attack_A49_the_hosts_script_comes_from_the_settings_only(business: Business) -> None:
    path = f"/ui/panel?issue={business.ours.issue}&xdm_e=https%3A%2F%2Fevil.example&cp=evil.example"
    answer = business.world.client.get(signed(business, path))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "evil.example" not in text
    assert "evil.example" not in str(answer.headers)
    scripts = re.findall(r'<script src="([^"]+)"', text)
    foreign = [script for script in scripts if not script.startswith("/static/build/")]
    assert foreign == [business.world.container.settings.ap_script_url]


def test_attack_A50_only_the_tenants_site_may_frame_a_page(business: Business) -> None:
    world = business.world
    page = world.page("panel", world.sites.alice, issue=world.sites.login)
    policy = page.headers["Content-Security-Policy"]
    ancestors = policy.split("frame-ancestors ")[1]
    assert world.sites.jira.base_url in ancestors
    assert world.sites.other.base_url not in ancestors
    assert "unsafe" not in policy
    assert "X-Frame-Options" not in page.headers
    for path in ("/healthz", "/atlassian-connect.json", "/ui/panel", "/nothing"):
        assert "frame-ancestors 'none'" in world.client.get(path).headers["Content-Security-Policy"]


def test_attack_A51_a_form_of_another_site_does_nothing(business: Business) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    form = {"amount": "10.00", "received_on": "2026-11-27"}
    assert world.client.post(at(business, "payments"), data=form).status_code == 401
    plain = world.client.post(
        at(business, "payments"),
        data='{"amount": "10"}',
        headers=world.headers(world.sites.alice) | {"Content-Type": "text/plain"},
    )
    assert plain.status_code == 422
    assert snapshot(world.container.engine) == before


def test_attack_A61_no_password_of_a_mail_server_is_ever_shown(business: Business) -> None:
    text = business.world.get("/ui/fragment/admin/mail", business.world.sites.alice).get_data(as_text=True)
    assert "password" not in text.lower()
    assert "smtp" not in text.lower()


@pytest.mark.parametrize(
    "name", ['a"\r\nX: y.pdf', "a\\..\\b.pdf", "../../etc/passwd", "Müller & Söhne.pdf", "\u202efdp.exe", ""]
)
def test_attack_A68_a_file_name_breaks_no_header(name: str) -> None:
    header = attachment(name)
    assert header.isascii()
    assert header.isprintable()
    assert re.fullmatch(r"attachment; filename=\"[A-Za-z0-9._-]+\"; filename\*=UTF-8''[A-Za-z0-9._%~-]+", header)


def test_attack_A68_the_pdf_is_offered_under_its_own_name(business: Business) -> None:
    world = business.world
    answer = world.get(f"/ui/fragment/invoices/{business.ours.invoice}/pdf", world.sites.alice)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


def test_attack_A69_there_is_no_way_to_be_sent_elsewhere(business: Business) -> None:
    for target in ("https://evil.example", "//evil.example", "/\\evil.example"):
        for path in (f"/ui/panel?issue={business.ours.issue}&next={target}", f"/ui/get-started?url={target}"):
            answer = business.world.client.get(signed(business, path))
            assert answer.status_code == 200
            assert "Location" not in answer.headers
    assert business.world.client.get("/ui//panel").status_code == 404


def test_attack_A73_addresses_come_from_the_settings_not_from_headers(business: Business) -> None:
    poison = {
        "Host": "evil.example",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    answer = business.world.client.get("/atlassian-connect.json", headers=poison)
    assert answer.get_json()["baseUrl"] == APP_URL
    page = business.world.client.get(signed(business, f"/ui/panel?issue={business.ours.issue}"), headers=poison)
    assert page.status_code == 200
    assert "evil.example" not in page.get_data(as_text=True)


def test_attack_A80_nothing_of_the_inside_is_served(business: Business) -> None:
    for path in (
        "/metrics",
        "/openapi.json",
        "/console",
        "/debug",
        "/ui/../plugin/app.py",
        "/static/build/..%2f..%2fapp.py",
    ):
        assert business.world.client.get(path).status_code == 404


def test_attack_A80_a_bug_shows_its_number_and_nothing_else(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret inside /etc/passwd")

    monkeypatch.setattr("plugin.ui.panel.invoices_on_issue", fail)
    answer = business.world.page("panel", business.world.sites.alice, issue=business.world.sites.login)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in text
    assert "secret inside" not in text
    assert "Traceback" not in text
    for name, value in HEADERS.items():
        assert answer.headers[name] == value


def test_attack_A89_an_unanswered_question_about_rights_is_a_no(business: Business) -> None:
    world = business.world
    before = snapshot(world.container.engine)
    world.jira.faults.add("getBulkPermissions", Fault.status(500), times=10)
    try:
        page = world.page("panel", world.sites.alice, issue=world.sites.login)
        form = {"amount": "10.00", "received_on": "2026-11-27"}
        posted = world.post(at(business, "payments"), world.sites.alice, form)
    finally:
        world.jira.faults.clear()
    assert (page.status_code, posted.status_code) == (503, 503)
    assert int(page.headers["Retry-After"]) >= 1
    assert "INV-2026" not in page.get_data(as_text=True)
    assert snapshot(world.container.engine) == before


def test_attack_A90_errors_carry_the_headers_too(business: Business) -> None:
    world = business.world
    headers = world.headers(world.sites.alice)
    answers = {
        401: world.client.get("/ui/panel"),
        403: world.get("/ui/fragment/admin/company", world.sites.bob),
        404: world.client.get("/nothing"),
        405: world.client.put("/healthz"),
        413: world.client.post(at(business, "payments"), data=b"x" * 1_200_000, headers=headers),
        422: world.post(at(business, "payments"), world.sites.alice, {}),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, f"{status} {name}"


def test_fault_the_same_form_twice_is_carried_out_once(business: Business) -> None:
    world = business.world
    form = {"amount": "10.00", "received_on": "2026-11-27", "key": "k-1"}
    first = world.post(at(business, "payments"), world.sites.alice, form)
    again = world.post(at(business, "payments"), world.sites.alice, form)
    other = world.post(at(business, "payments"), world.sites.alice, {**form, "amount": "20.00"})
    stranger = world.post(at(business, "payments"), world.sites.dora, form)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.headers["HX-Trigger"] == first.headers["HX-Trigger"]
    assert (other.status_code, stranger.status_code) == (422, 422)
    with world.container.reading(world.tenant) as session:
        assert session.scalars(select(func.count()).select_from(Payment).where(Payment.amount_minor == 1000)).one() == 1


def test_attack_A45_the_same_time_is_drafted_once(business: Business) -> None:
    world = business.world
    url = f"/ui/fragment/project/{business.ours.project}/drafts"
    first = world.post(url, world.sites.alice, {"until": "2026-11-30", "key": "a"})
    second = world.post(url, world.sites.alice, {"until": "2026-11-30", "key": "b"})
    assert (first.status_code, second.status_code) == (200, 422)
    with world.container.reading(world.tenant) as session:
        live = session.scalars(select(WorklogClaim.worklog_id).where(WorklogClaim.released_at.is_(None))).all()
        assert len(live) == len(set(live))
        assert session.scalars(select(func.count()).select_from(Rate)).one() == 1
        assert session.get_one(MailSettings, world.tenant).from_address
        assert date(2026, 11, 2) == session.scalars(select(func.max(Invoice.period_end))).one()


def test_attack_A53_A54_a_mail_text_is_no_program(business: Business) -> None:
    world = business.world
    url = "/ui/fragment/admin/texts"
    form = {"template": "friendly", "language": "en", "subject": "About {{ number }}", "row_version": "0"}
    refused = [
        "{{ 7*7 }}",
        "{{ config }}",
        "{% import os %}",
        "{{ ''.__class__ }}",
        "{% for i in (1..9) %}x{% endfor %}",
    ]
    before = snapshot(world.container.engine)
    for body in [*refused, "x" * 20_001, "{{ client }}" * 2_000]:
        assert world.post(url, world.sites.alice, {**form, "body": body}).status_code == 422, body[:60]
    assert snapshot(world.container.engine) == before
    literal = "${7*7} %(x)s {0.__class__}"
    preview = world.post(f"{url}/preview", world.sites.alice, {**form, "body": literal}).get_data(as_text=True)
    assert literal in preview
    assert "49" not in preview
