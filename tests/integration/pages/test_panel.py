"""The panel on an issue, as each of three people sees it."""

from tests.support.app_seed import Business


def panel_of(business: Business, person: str = "alice") -> str:
    sites = business.world.sites
    answer = business.world.page("panel", getattr(sites, person), issue=sites.login)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_the_panel_shows_time_invoice_next_step_and_history(business: Business) -> None:
    text = panel_of(business)
    assert "32.00 h" in text
    assert "INV-2026-0001" in text
    assert "€1,899.20 of €1,999.20" in text
    assert "11 days late" in text
    assert "Next: Second reminder" in text
    assert "Payment of 100.00 EUR received on 27 November 2026" in text
    assert "Bob Stone" in text


def test_req_F37_each_step_says_why(business: Business) -> None:
    text = panel_of(business)
    assert "&#39;Phone call&#39; is due as well and goes instead" in text
    assert "Planned for 31 December 2026, expected on 4 January 2027" in text


def test_req_F49_a_member_sees_no_forms_but_the_call(business: Business) -> None:
    text = panel_of(business, "bob")
    assert "INV-2026-0001" in text
    assert "Save outcome" in text
    assert "Record payment" not in text
    assert "€240.00" not in text
