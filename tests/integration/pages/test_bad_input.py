"""What people mistype: a sentence beside the field, nothing stored, nothing sent."""

import io
import re
import struct
import zlib
from collections.abc import Mapping
from datetime import date

import pytest
from PIL import Image
from sqlalchemy import select, update

from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.jira_facts import Worklog
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from tests.attack.catalogue import snapshot
from tests.support.app_seed import Business

CLIENT = {
    "name": "Tallow & Sons",
    "address": "1 Quay\nBristol",
    "country": "GB",
    "terms_days": "30",
    "language": "en",
    "zone": "Europe/London",
    "currency": "GBP",
    "tax_category": "S",
    "tax_percent": "20",
    "row_version": "0",
}


def refused(business: Business, path: str, form: Mapping[str, object], *, says: str, field: str = "") -> str:
    """Sends a form as Alice: it is refused with a sentence, at its field, and the database stays as it is."""
    world = business.world
    before = snapshot(world.container.engine)
    answer = world.post(path, world.sites.alice, form)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422, text[:500]
    assert says in text
    if field:
        assert f'aria-describedby="{field}' in text
        assert f'id="{field}-error"' in text
    assert snapshot(world.container.engine) == before
    return text


def settings(business: Business, rest: str) -> str:
    return f"/ui/fragment/settings/{business.ours.project}/{rest}"


@pytest.mark.parametrize("price", ["0", "-1", "1e400"])
def test_a_rate_of_nothing_less_than_nothing_or_too_much(business: Business, price: str) -> None:
    form = {"level": "project", "price": price, "currency": "EUR", "valid_from": "2026-01-01"}
    text = refused(business, settings(business, "rates"), form, says="" if price == "1e400" else "not above zero")
    assert f'value="{price}"' in text, "what was typed is still there"


def test_a_mail_address_with_a_line_break(business: Business) -> None:
    form = CLIENT | {"contact-0-email": "ada@tallow.example\nBcc: all@evil.example", "contact-0-role": "billing"}
    text = refused(business, settings(business, "clients"), form, says="line break")
    assert "Tallow &amp; Sons" in text


def test_a_client_without_an_address(business: Business) -> None:
    form = CLIENT | {"address": "  "}
    refused(business, settings(business, "clients"), form, says="postal address", field="new-client-address")


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("country", "XX", "Choose a country"),
        ("region", "Nowhere", "no region"),
        ("vat_id", "GB\x00", ""),
        ("zone", "Mars/Olympus", "no time zone"),
        ("currency", "XYZ", "no currency"),
        ("terms_days", "-1", "from 0 to 365"),
        ("terms_days", "soon", "whole number"),
        ("tax_percent", "abc", ""),
        ("window_start", "25:99", "time of day"),
        ("name", "", "name"),
        ("language", "xx", "choose one"),
    ],
)
def test_each_field_of_a_client_says_what_is_wrong(business: Business, field: str, value: str, says: str) -> None:
    refused(business, settings(business, "clients"), CLIENT | {field: value}, says=says)


def policy_form(business: Business, **changes: str) -> dict[str, object]:
    """The default ladder as the form sends it, with some fields changed."""
    with business.world.container.reading(business.world.tenant) as session:
        body = session.scalars(select(PolicyVersion)).one().body
    form: dict[str, object] = {"name": "Our way", "row_version": "0"}
    steps = body["steps"]
    assert isinstance(steps, list)
    for number, step in enumerate(steps):
        names = ("key", "offset", "unit", "anchor", "channel", "tone", "template")
        form |= {f"step-{number}-{name}": str(step[name]) for name in names}
        form[f"step-{number}-deadline"] = str(step["ask"]["business_days"] or "")
    return form | {name.replace("__", "-"): value for name, value in changes.items()}


def test_a_step_before_the_invoice_is_issued(business: Business) -> None:
    form = policy_form(business, **{"step-0-offset": "-20"})
    text = refused(business, settings(business, "policy"), form, says="would go before the invoice is issued")
    assert "due 14 days after issue" in text
    assert 'id="policy-step-0-offset-error"' in text


def test_a_step_whose_day_is_no_number(business: Business) -> None:
    form = policy_form(business, **{"step-1-offset": "soon"})
    refused(business, settings(business, "policy"), form, says="whole number of days")


def test_a_ladder_that_threatens_by_itself(business: Business) -> None:
    form = policy_form(business, **{"step-1-template": "legal_threat"})
    refused(business, settings(business, "policy"), form, says="threaten")


def test_req_F04_a_changed_ladder_is_published_as_a_policy_of_the_project(business: Business) -> None:
    world = business.world
    form = policy_form(business, **{"step-1-offset": "5", "step-7-channel": "email", "step-7-offset": "7"})
    form |= {
        "step-7-unit": "days",
        "step-7-anchor": "due_date",
        "step-7-tone": "neutral",
        "step-7-template": "friendly",
    }
    answer = world.post(settings(business, "policy"), world.sites.alice, form)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    with world.container.reading(world.tenant) as session:
        row = session.scalars(select(PolicyRow).where(PolicyRow.name == "Our way")).one()
        body = session.scalars(select(PolicyVersion).where(PolicyVersion.policy_id == row.id)).one().body
        invoice = session.get_one(Invoice, (world.tenant, business.ours.invoice))
    steps = body["steps"]
    assert isinstance(steps, list)
    assert [(step["key"], step["offset"], step["level"]) for step in steps] == [
        ("notice", -3, 1),
        ("friendly", 5, 2),
        ("friendly_2", 7, 3),
        ("call", 10, 4),
        ("second", 14, 5),
        ("plan_offer", 24, 6),
        ("final", 35, 7),
        ("legal", 45, 8),
    ]
    assert steps[7]["guards"] == [{"kind": "deadline_passed", "step": "final"}, {"kind": "no_reply"}]
    assert invoice.policy_version_id == business.ours.policy


def test_req_F05_an_unknown_variable_is_refused_with_line_and_column(business: Business) -> None:
    form = {
        "template": "second",
        "language": "en",
        "subject": "Invoice {{ number }}",
        "body": "Hello,\n\nplease pay {{ invoce.total }}.",
        "row_version": "0",
    }
    text = refused(business, "/ui/fragment/admin/texts", form, says="Line 3, column")
    assert "invoce" in text
    preview = business.world.post("/ui/fragment/admin/texts/preview", business.world.sites.alice, form)
    assert "Line 3, column" in preview.get_data(as_text=True)


def test_req_F05_a_text_is_previewed_about_a_real_invoice(business: Business) -> None:
    form = {
        "template": "second",
        "language": "de",
        "subject": "Rechnung {{ number }}",
        "body": "Offen: {{ total_due }}",
        "row_version": "0",
    }
    text = business.world.post("/ui/fragment/admin/texts/preview", business.world.sites.alice, form).get_data(
        as_text=True
    )
    assert "Rechnung INV-2026-0001" in text
    assert "1.899,20" in text


def test_a_due_date_before_the_issue_date(business: Business) -> None:
    path = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.draft}/issue"
    refused(business, path, {"due_on": "2026-11-01"}, says="before the issue date", field="issue-due_on")


def test_a_draft_that_may_not_be_issued_names_everything_that_is_missing(business: Business) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        company = session.get_one(CompanyProfile, world.tenant)
        company.address, company.vat_id = "", ""
    path = f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.draft}/issue"
    text = refused(business, path, {"due_on": "2026-12-24"}, says="This was not saved")
    assert text.count('role="alert"') >= 2


def png(width: int, height: int) -> bytes:
    """A PNG whose head claims a size; its pixels are not there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (png(30_000, 30_000), "30000 x 30000 pixels"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "neither a PNG nor a JPEG"),
        (b"", "PNG or JPEG"),
    ],
)
def test_attack_A65_a_logo_that_is_none(business: Business, content: bytes, says: str) -> None:
    form: dict[str, object] = {"file_logo": (io.BytesIO(content), "../../logo.png")}
    refused(business, "/ui/fragment/admin/logo", form, says=says, field="logo-file_logo")


def test_a_logo_over_two_megabytes_is_not_even_read(business: Business) -> None:
    world = business.world
    headers = world.headers(world.sites.alice) | {"Content-Type": "multipart/form-data; boundary=b"}
    answer = world.client.post("/ui/fragment/admin/logo", data=b"x" * 2_500_000, headers=headers)
    assert answer.status_code == 413
    assert answer.headers["HX-Retarget"] == "#page-message"


def test_a_logo_is_drawn_anew_and_shown(business: Business) -> None:
    world = business.world
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "navy").save(picture, "PNG")
    form = {"file_logo": (io.BytesIO(picture.getvalue()), "logo.png")}
    answer = world.post("/ui/fragment/admin/logo", world.sites.alice, form)
    assert answer.status_code == 200
    assert 'src="data:image/png;base64,' in answer.get_data(as_text=True)
    removed = world.post("/ui/fragment/admin/logo?remove=1", world.sites.alice)
    assert "data:image/png" not in removed.get_data(as_text=True)


def test_a_worklog_of_thirty_hours_waits_for_a_person(business: Business) -> None:
    world = business.world
    preview = f"/ui/fragment/project/{business.ours.project}/preview?until=2026-11-30"
    assert "30.00 h in one entry" in world.get(preview, world.sites.alice).get_data(as_text=True)
    with world.container.reading(world.tenant) as session:
        (long,) = session.scalars(select(Worklog.id).where(Worklog.seconds > 86_400)).all()
    url = f"/ui/fragment/project/{business.ours.project}/confirmations"
    refused(business, url, {"until": "2026-11-30"}, says="Tick the entries")
    done = world.post(url, world.sites.alice, {"until": "2026-11-30", "worklog": long})
    assert done.status_code == 200
    text = world.get(preview, world.sites.alice).get_data(as_text=True)
    assert "30.00 h in one entry" not in text
    assert "32.00 h" in text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seconds": 0}, "has 0 s logged"),
        ({"author_id": None}, "has no author"),
        ({"started_at": None, "day": None}, "has no start"),
        ({"day": date(2026, 12, 24)}, "bill it once it is done"),
    ],
)
def test_a_worklog_that_cannot_be_billed_is_listed_with_its_reason(
    business: Business, change: dict[str, object], says: str
) -> None:
    world = business.world
    with world.container.writing(world.tenant) as session:
        session.execute(update(Worklog).where(Worklog.day == date(2026, 11, 2)).values(**change))
    preview = world.get(f"/ui/fragment/project/{business.ours.project}/preview?until=2026-12-31", world.sites.alice)
    assert says in preview.get_data(as_text=True)
    made = f"/ui/fragment/project/{business.ours.project}/drafts"
    refused(business, made, {"until": "2026-12-31"}, says="no time up to", field="draft-until")


def test_a_promise_without_a_day_and_a_pause_without_a_reason(business: Business) -> None:
    holds = f"/ui/fragment/panel/{business.ours.issue}/invoices/{business.ours.invoice}/holds"
    refused(business, holds, {"kind": "promised", "reason": "said so"}, says="the day on which")
    refused(business, holds, {"kind": "paused", "reason": " "}, says="Say why")
    refused(business, holds, {"kind": "paused", "reason": "x", "until": "2026-11-01"}, says="over already")
    refused(business, holds, {"kind": "disputed", "reason": "x", "amount": "99999"}, says="not above what is open")
    refused(business, holds, {"kind": "abducted", "reason": "x"}, says="Choose pause, promise or dispute")


def test_money_from_the_future_and_a_reversal_without_a_reason(business: Business) -> None:
    at = f"/ui/fragment/panel/{business.ours.issue}/invoices/{business.ours.invoice}"
    future = {"amount": "1.00", "received_on": "2026-12-24"}
    refused(
        business, f"{at}/payments", future, says="still to come", field=f"payment-{business.ours.invoice}-received_on"
    )
    refused(business, f"{at}/payments/{business.ours.payment}/reversal", {"reason": ""}, says="taken back")
    refused(business, f"{at}/write-off", {"reason": ""}, says="written off")


def test_two_people_on_one_client_lose_nothing(business: Business) -> None:
    world = business.world
    with world.container.reading(world.tenant) as session:
        client = session.get_one(Client, (world.tenant, business.ours.client))
    form = CLIENT | {"name": client.name, "country": "DE", "row_version": str(client.row_version)}
    form |= {"contact-0-email": "ada@northwind.example", "contact-0-role": "billing"}
    assert world.post(settings(business, "client"), world.sites.alice, form | {"reference": "A"}).status_code == 200
    second = world.post(settings(business, "client"), world.sites.alice, form | {"reference": "B"})
    assert second.status_code == 409
    assert "Somebody changed this meanwhile" in second.get_data(as_text=True)
    both = second.get_data(as_text=True)
    assert 'value="B"' in both
    assert "Stored meanwhile: A" in both
    version = re.search(r'name="row_version" value="(\d+)"', both.partition('id="client-form"')[2])
    assert version is not None
    knowingly = form | {"reference": "B", "row_version": version.group(1)}
    assert world.post(settings(business, "client"), world.sites.alice, knowingly).status_code == 200


@pytest.mark.parametrize(
    ("path", "form", "says"),
    [
        ("numbering", {"pattern": "{number:d}{number:d}", "row_version": "2"}, "pattern"),
        ("numbering", {"pattern": "{__class__}", "row_version": "2"}, "pattern"),
        ("mail", {"from_address": "a@b, c@d", "window_start": "09:00", "window_end": "17:00"}, ""),
        ("switches", {"what": "everything", "on": "on"}, ""),
    ],
)
def test_the_administration_refuses_what_does_not_fit(
    business: Business, path: str, form: Mapping[str, object], says: str
) -> None:
    more = {"contact_interval_days": "3", "row_version": "2"} if path == "mail" else {}
    refused(business, f"/ui/fragment/admin/{path}", {**form, **more}, says=says)
