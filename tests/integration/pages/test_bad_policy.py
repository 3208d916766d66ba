"""What people mistype about ladders and mail texts: the step, or the line and column, is named."""

from sqlalchemy import select

from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyRow, PolicyVersion
from tests.integration.pages.forms import refused, settings
from tests.support.app_seed import Business


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
