"""The audit page writes amounts as money and invoices by their numbers; what is stored stays as it was hashed."""

import re

from sqlalchemy import select

from plugin.store.audit import record_audit
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.invoices import Invoice
from tests.support.app_seed import LATE, Business


def told(business: Business, **stored: object) -> str:
    """The newest row of the page, after a change with these values to the seeded invoice."""
    world = business.world
    with world.container.writing(world.tenant) as session:
        record_audit(
            session, actor="dunlin", action="trial.made", subject=business.ours.invoice, now=LATE, after=stored
        )
    page = world.get("/ui/fragment/admin/audit", world.sites.alice).get_data(as_text=True)
    newest = re.sub(r"<[^>]+>", " ", page.split("<tbody>")[1].split("</tr>")[0])
    return " ".join(newest.split())


def test_req_I9_amounts_are_money_in_the_invoices_currency_and_the_invoice_has_its_number(business: Business) -> None:
    world = business.world
    with world.container.reading(world.tenant) as session:
        invoice = session.get_one(Invoice, (world.tenant, business.ours.invoice))
    assert invoice.currency == "EUR"
    row = told(business, balance_minor=119_000, state="part_paid")
    assert "balance: €1,190.00" in row
    assert "state: part_paid" in row
    assert invoice.number is not None
    assert invoice.number in row
    assert "119000" not in row


def test_a_row_that_names_its_currency_is_written_in_it(business: Business) -> None:
    assert "net: JP¥119,000" in told(business, net_minor=119_000, currency="JPY")
    assert "per hour: £95.50" in told(business, minor_per_hour=9_550, currency="GBP")
    assert "tax: 19%" in told(business, tax_rate_bp=1900)


def test_instalments_and_odd_values_are_told_too(business: Business) -> None:
    assert "parts: 2026-12-01: €500.00; 2027-01-01: €690.00" in told(
        business, parts=[["2026-12-01", 50_000], ["2027-01-01", 69_000]]
    )
    assert "parts: what is this" in told(business, parts=["what is this"])
    assert "balance: True" in told(business, balance_minor=True).replace("balance minor", "balance")
    assert "net minor: many" in told(business, net_minor="many", currency="no such")
    assert "nothing" not in told(business, nothing=None)


def test_what_is_stored_and_hashed_keeps_its_minor_units(business: Business) -> None:
    told(business, balance_minor=119_000)
    with business.world.container.reading(business.world.tenant) as session:
        row = session.scalars(select(AuditRow).order_by(AuditRow.seq.desc())).first()
    assert row is not None
    assert row.after == {"balance_minor": 119_000}
