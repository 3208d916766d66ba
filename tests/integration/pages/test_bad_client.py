"""What people mistype about clients and rates: a sentence beside the field, nothing stored."""

import re

import pytest

from plugin.store.tables.clients import Client
from tests.integration.pages.forms import CLIENT, refused, settings
from tests.support.app_seed import Business


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
