"""The page of the mail texts: names on hand, a real invoice's mail beside it, test mails, what two people do."""

import re
from html import unescape

import pytest
from sqlalchemy import select, update

from plugin.hosts.ports import UNAUTHENTICATED
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.clients import Client
from plugin.store.tables.outbox import Effect, IdempotencyKey
from plugin.store.tables.policies import MailText
from plugin.store.tables.staff import StaffMail
from tests.support.app_seed import LATE, Business

TAB = "/ui/fragment/admin/texts"
FRAME = re.compile(r'<iframe class="mail" sandbox="" title="[^"]+" src="([^"]+)"')
WORDING = {
    "template": "friendly",
    "language": "en",
    "row_version": "0",
    "subject": "About {{ number }}",
    "body": "Hello {{ contact }},\n\n{{ invoices }}\n\n{{ total_due | money: 'code' }} is open.",
}


def tab(business: Business, **query: str) -> str:
    world = business.world
    world.clock.instant = LATE
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = world.get(f"{TAB}?{asked}", world.sites.alice)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def preview(business: Business, **changes: str) -> str:
    world = business.world
    world.clock.instant = LATE
    answer = world.post(f"{TAB}/preview", world.sites.alice, WORDING | changes)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def framed(business: Business, fragment: str) -> str:
    found = FRAME.search(fragment)
    assert found is not None, fragment
    answer = business.world.client.get(unescape(found.group(1)))
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    return str(answer.get_data(as_text=True))


def save(business: Business, version: str = "0", **changes: str) -> int:
    world = business.world
    answer = world.post(TAB, world.sites.alice, WORDING | {"row_version": version} | changes)
    return int(answer.status_code)


def test_req_F05_the_page_shows_names_filters_invoices_and_the_mail(business: Business) -> None:
    text = tab(business)
    for name in ("{{ total_due }}", "{{ deadline }}", "{{ invoice.number }}", "| days"):
        assert name in text
    assert "INV-2026-0001, Northwind Ltd" in text
    assert "An invented invoice" in text
    for language in ("French", "Spanish", "German", "Italian", "Dutch", "Portuguese", "Polish", "Czech", "Finnish"):
        assert language in text
    assert "INV-2026-0001" in framed(business, text)


def test_req_F05_the_preview_writes_about_the_invoice_that_was_chosen(business: Business) -> None:
    fragment = preview(business, invoice_id=business.ours.invoice)
    html = framed(business, fragment)
    assert "EUR 1,899.20 is open." in fragment
    assert "EUR 1,899.20 is open." in html
    assert "Ada Quint" in html
    invented = preview(business, invoice_id="invented", several="on")
    assert "INV-0042" in invented
    assert "INV-0043" in invented


def test_complaint_C35_the_preview_speaks_the_language_of_the_text(business: Business) -> None:
    told = preview(
        business, language="fr", body="Du : {{ total_due }}, {{ due_date }}", invoice_id=business.ours.invoice
    )
    html = framed(business, told)
    assert '<html lang="fr"' in html
    assert "1\u202f899,20\xa0€" in unescape(html)


def test_the_preview_states_the_claim_where_it_is_asked_to(business: Business) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        session.execute(update(Client).where(Client.id == business.ours.client).values(law_profile="eu"))
    body = "Interest: {% if interest_to_date %}{{ claim_formula }}{% else %}none{% endif %}"
    assert "Interest: none" in preview(business, body=body, invoice_id=business.ours.invoice)
    assert "/ 365 =" in preview(business, body=body, invoice_id=business.ours.invoice, states_claim="on")


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("body", "a\n{{ invoce.total }}", "Line 2, column 4: there is no variable"),
        ("subject", "{{ invoices | money }}", "Line 1, column 15"),
        ("html", "<p>{% include 'x' %}</p>", "unexpected tag"),
        ("body", "{% for i in invoices %}", "Line 1"),
    ],
)
def test_req_F05_a_wrong_text_is_refused_with_its_place_in_the_preview_and_when_it_is_saved(
    business: Business, field: str, typed: str, says: str
) -> None:
    assert says in unescape(preview(business, **{field: typed}))
    world = business.world
    answer = world.post(TAB, world.sites.alice, WORDING | {field: typed})
    assert answer.status_code == 422
    assert says in unescape(answer.get_data(as_text=True))
    with world.container.reading(world.tenant) as session:
        assert session.scalars(select(MailText)).all() == []


def test_an_own_text_is_compared_with_ours_audited_and_put_back(business: Business) -> None:
    assert save(business, html="<p>Hello <b>{{ contact }}</b></p>") == 200
    text = tab(business, template="friendly", language="en")
    assert "Compared with the standard text" in text
    assert "<ins>" in text
    assert "<del>" in text
    assert "<b>Ada Quint</b>" in framed(business, text)
    world = business.world
    reset = {"template": "friendly", "language": "en", "row_version": "1"}
    assert world.post(f"{TAB}/reset", world.sites.alice, reset).status_code == 200
    assert "Compared with" not in tab(business, template="friendly", language="en")
    with world.container.reading(world.tenant) as session:
        assert session.scalars(select(MailText)).all() == []
        audited = session.scalars(select(AuditRow.after).where(AuditRow.action == "text.saved")).all()
    assert len(audited) == 2
    assert "About {{ number }}" in str(audited[0])


def test_two_people_on_one_text_the_second_gets_both(business: Business) -> None:
    assert save(business) == 200
    world = business.world
    answer = world.post(TAB, world.sites.alice, WORDING | {"subject": "Mine", "body": "My words"})
    text = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "My words" in text
    assert "Stored meanwhile: About {{ number }}" in text
    assert save(business, "1", subject="Mine", body="My words") == 200


def test_a_test_mail_goes_to_oneself_and_to_no_client(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    form = WORDING | {"recipient": "alice@fernwood.example", "invoice_id": business.ours.invoice}
    answer = world.post(f"{TAB}/trial", world.sites.alice, form)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        (mail,) = session.scalars(select(StaffMail)).all()
        effect = session.scalars(select(Effect).where(Effect.kind == "staff_mail")).one()
    assert (mail.kind, mail.recipient) == ("test", "alice@fernwood.example")
    assert mail.subject == "[Test] About INV-2026-0001"
    assert "EUR 1,899.20 is open." in mail.text_body
    assert effect.subject_id == mail.id
    refused = world.post(f"{TAB}/trial", world.sites.alice, form | {"recipient": "a@b, c@d"})
    assert refused.status_code == 422
    assert "My words" not in refused.get_data(as_text=True)


def test_attack_A40_texts_are_for_site_administrators(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    for path in (TAB, f"{TAB}/preview", f"{TAB}/reset", f"{TAB}/trial"):
        statuses = [world.post(path, person, WORDING).status_code for person in (world.sites.bob, world.sites.dora)]
        assert statuses == [403, 403], path
    with world.container.reading(world.tenant) as session:
        assert session.scalars(select(MailText)).all() == []
        assert session.scalars(select(IdempotencyKey).where(IdempotencyKey.key.startswith("text-"))).all() == []


def test_attack_A01_the_frame_opens_only_what_we_signed_and_only_here(business: Business) -> None:
    fragment = preview(business, invoice_id="invented")
    found = FRAME.search(fragment)
    assert found is not None
    path, _, signed = unescape(found.group(1)).partition("?text=")
    body, _, signature = signed.rpartition(".")
    changed = f"{'A' if body[0] != 'A' else 'B'}{body[1:]}.{signature}"
    for asked in (path, f"{path}?text=", f"{path}?text={body}", f"{path}?text={changed}"):
        answer = business.world.client.get(asked)
        assert (answer.status_code, answer.get_data(as_text=True)) == (401, UNAUTHENTICATED), asked


def test_attack_A53_a_script_in_a_wording_never_reaches_the_frame(business: Business) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    html = framed(business, preview(business, body=hostile, html=f"<p>{hostile}</p>", subject=hostile))
    assert "<script" not in html
    assert "<img" not in html
    assert "onerror=alert" not in html.replace("&lt;", "<").split("</title>")[1]
