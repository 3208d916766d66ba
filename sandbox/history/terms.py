"""What the pretend company has agreed with its three clients, and what its people cost an hour."""

from dataclasses import replace
from datetime import date

from plugin.services.settings.clients import ClientForm, ContactForm
from plugin.services.settings.company import CompanyForm

COMPANY = CompanyForm(
    name="Heron & Vale GmbH",
    address="Industriestraße 85\n04229 Leipzig",
    country="DE",
    vat_id="DE136695976",
    tax_number="",
    email="billing@heronvale.example",
    phone="+49 341 5550 120",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    bank_name="Pleißebank",
    footer="Heron & Vale GmbH · Amtsgericht Leipzig HRB 00000 · Managing director: Alice Berger",
    colour="#1F6F5C",
    zone="Europe/Berlin",
    region="SN",
    currency="EUR",
    language="en",
    row_version=1,
)
BREWERY = ClientForm(
    name="Brauhaus Sonnenfeld KG",
    address="Am Sudhaus 3\n99084 Erfurt",
    country="DE",
    region="TH",
    vat_id="DE129273398",
    phone="+49 361 5550 70",
    language="de",
    terms_days=14,
    contacts=(
        ContactForm(
            role="billing", name="Heike Ostermann", email="buchhaltung@sonnenfeld.example", phone="+49 361 5550 71"
        ),
    ),
)
OUTDOOR = ClientForm(
    name="Marlowe Outdoor Ltd",
    address="14 Canal Wharf\nLeeds LS11 5PS",
    country="GB",
    region="ENG",
    vat_id="",
    reference="PO 10050",
    phone="+44 113 555 0100",
    language="en",
    zone="Europe/London",
    tax_category="O",
    tax_percent="0",
    terms_days=14,
    contacts=(
        ContactForm(
            role="billing", name="Dana Whitfield", email="accounts@marlowe-outdoor.example", phone="+44 113 555 0102"
        ),
        ContactForm(role="sponsor", name="Paul Ingram", email="paul.ingram@marlowe-outdoor.example"),
    ),
)
BOOKING = ClientForm(
    name="Clairval Hotels B.V.",
    address="Prinsengracht 101\n1015 DV Amsterdam",
    country="NL",
    vat_id="NL004495445B01",
    phone="+31 20 555 0110",
    language="en",
    zone="Europe/Amsterdam",
    tax_category="AE",
    tax_percent="0",
    terms_days=30,
    contacts=(
        ContactForm(
            role="billing", name="Joris de Wit", email="finance@clairval-hotels.example", phone="+31 20 555 0111"
        ),
    ),
)
CONTACT_INTERVAL_DAYS = 2
"""Least days between two contacts with one client, as the studio has set it."""
CLIENTS = {"BRW": BREWERY, "MRL": OUTDOOR, "CLV": BOOKING}

ROLES = {
    "712020:alice": "Lead",
    "712020:jonas": "Senior",
    "712020:bob": "Developer",
    "712020:deniz": "Developer",
    "712020:priya": "Project management",
    "712020:marta": "Design",
    "712020:sofia": "Quality",
    "712020:tom": "Senior",
}
ROLE_RATES = {
    "Lead": "140.00",
    "Senior": "120.00",
    "Developer": "98.00",
    "Project management": "105.00",
    "Design": "95.00",
    "Quality": "85.00",
}
SINCE = date(2020, 1, 1)


def company(row_version: int) -> CompanyForm:
    """The profile as it is saved over a row of this version."""
    return replace(COMPANY, row_version=row_version)
