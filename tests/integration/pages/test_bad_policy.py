"""What people mistype about ladders and mail texts: the step, or the line and column, is named."""

import pytest
from sqlalchemy import select

from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyDraft, PolicyVersion
from tests.integration.pages.forms import refused
from tests.integration.pages.policy_forms import editor_form, project, publish_own
from tests.support.app_seed import Business


def save(business: Business) -> tuple[str, dict[str, object]]:
    """The address of the project's draft, and its form."""
    world, draft_id = business.world, business.ours.policy_draft
    with world.container.reading(world.tenant) as session:
        draft = session.get_one(PolicyDraft, (world.tenant, draft_id))
    return project(business, f"/drafts/{draft_id}"), editor_form(draft.body, version=draft.row_version)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("step-1-offset", "soon", "whole number"),
        ("step-1-unpaid", "much", "enter an amount"),
        ("step-1-deadline", "91", "a whole number from 1 to 90"),
        ("step-1-every", "0", "a whole number from 1 to 366"),
        ("step-1-tone", "loud", "tone must be one of"),
        ("step-1-channel", "pigeon", "channel must be one of"),
        ("name", "Standard", "There is a policy called Standard already"),
        ("name", "", "Enter a name for the policy"),
        ("ask_when_late_days", "some", "Enter a number of days"),
    ],
)
def test_what_is_no_ladder_is_refused_at_its_field(business: Business, field: str, value: str, says: str) -> None:
    path, form = save(business)
    more = {"step-1-times": "3"} if field == "step-1-every" else {}
    text = refused(business, path, form | {field: value} | more, says=says)
    assert f'id="{"draft-" + field if "step" not in field else field.replace("step-1", "step-friendly")}-error"' in text


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"step-0-offset": "-20"}, "due 14 days after issue"),
        ({"step-1-template": "legal_threat"}, "threaten"),
    ],
)
def test_a_ladder_that_breaks_a_rule_is_not_published(business: Business, changes: dict[str, str], says: str) -> None:
    path, form = save(business)
    assert business.world.post(path, business.world.sites.alice, form | changes).status_code == 200
    refused(business, f"{path}/version", {"row_version": "2"}, says=says)


def test_req_F04_a_changed_ladder_is_published_as_a_policy_of_the_project(business: Business) -> None:
    world = business.world
    policy_id = publish_own(business, "Our way", **{"step-1-offset": "5", "do": "add", "add_channel": "call"})
    with world.container.reading(world.tenant) as session:
        body = session.scalars(select(PolicyVersion).where(PolicyVersion.policy_id == policy_id)).one().body
        invoice = session.get_one(Invoice, (world.tenant, business.ours.invoice))
    steps = body["steps"]
    assert isinstance(steps, list)
    assert [(step["key"], step["offset"], step["level"]) for step in steps] == [
        ("notice", -3, 1),
        ("friendly", 5, 2),
        ("call", 10, 3),
        ("second", 14, 4),
        ("plan_offer", 24, 5),
        ("final", 35, 6),
        ("legal", 45, 7),
        ("call_2", 52, 8),
        ("instalment_soon", -3, 9),
        ("instalment_late", 2, 10),
    ]
    assert steps[6]["guards"] == [{"kind": "deadline_passed", "step": "final"}, {"kind": "no_reply"}]
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
