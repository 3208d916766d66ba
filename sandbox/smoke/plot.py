"""What happens in the smoke story and what must come of it, worked out by hand and with decimals, apart from Dunlin."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

from plugin.services.follow_ups.close_task import Outcome
from plugin.services.settings.clients import ClientForm, ContactForm

MOST_SECONDS = 60
START = datetime(2026, 9, 1, 8, tzinfo=UTC)
DAYS = 66
AUGUST = (date(2026, 8, 1), date(2026, 8, 31))
TAX_PERCENT = 19
PRICES = {"Bob Keller": "120.00", "Priya Nair": "97.50"}
PART_PAID_ON, REST_PAID_ON = date(2026, 9, 22), date(2026, 10, 5)
PART_MINOR = 100_000

# Project, issue, person, day of August, seconds. What is listed and not billed stands in ``LISTED``.
TIME = (
    ("ACM", "Login page", "Bob Keller", 3, 5_400),
    ("ACM", "Login page", "Bob Keller", 4, 7_261),
    ("ACM", "Login page", "Priya Nair", 4, 3_599),
    ("ACM", "Search", "Priya Nair", 5, 27_000),
    ("ACM", "Search", "Priya Nair", 6, 60),
    ("ACM", "Search", "Bob Keller", 31, 14_400),
    ("NRD", "Export of orders", "Bob Keller", 10, 21_601),
    ("NRD", "Export of orders", "Priya Nair", 11, 899),
    ("NRD", "Slow reports", "Priya Nair", 12, 28_800),
    ("NRD", "Slow reports", "Priya Nair", 13, 901),
)
LISTED = (("ACM", "Search", "Bob Keller", None, 3_600), ("NRD", "Slow reports", "Bob Keller", 20, 108_000))

# By hand from DESIGN.md's ladder and a calendar. Due on 15 September 2026, a Tuesday; days off move to the next day.
PAYER_MAILS = [
    ("issue", date(2026, 9, 1)),
    ("notice", date(2026, 9, 14)),
    ("friendly", date(2026, 9, 18)),
    ("receipt", PART_PAID_ON),
    ("second", date(2026, 9, 29)),
    ("receipt", REST_PAID_ON),
]
DEBTOR_MAILS = [
    ("issue", date(2026, 9, 1)),
    ("notice", date(2026, 9, 14)),
    ("friendly", date(2026, 9, 18)),
    ("second", date(2026, 9, 29)),
    ("final", date(2026, 10, 20)),
]
ENDED = "End of the schedule"
DEBTOR_TASKS = [
    ("call", date(2026, 9, 25)),
    ("plan_offer", date(2026, 10, 9)),
    ("legal", date(2026, 10, 30)),
    (ENDED, date(2026, 10, 31)),
]
STEPS_OF_A_LADDER = 7

OUTCOMES = {
    ("ACM", "call"): Outcome(outcome="promise", spoke_with="Ines Brandt", promised_on=date(2026, 9, 28)),
    ("NRD", "call"): Outcome(outcome="answered", spoke_with="Nils Nordmann", notes="Will look into it."),
    ("NRD", "plan_offer"): Outcome(outcome="declined", notes="They want to pay at once."),
    ("NRD", "legal_decision"): Outcome(outcome="no_action", notes="Good customer; we talk to them in person."),
    ("NRD", "end_of_schedule"): Outcome(outcome="no_action", notes="We talk to them in person."),
}
DEBTOR = ClientForm(
    name="Nordmann Logistik GmbH",
    address="Kaistraße 8\n20457 Hamburg",
    country="DE",
    region="HH",
    vat_id="DE811569869",
    language="de",
    terms_days=14,
    contacts=(ContactForm(role="billing", name="Nils Nordmann", email="buchhaltung@nordmann.example"),),
)
PAYER = ClientForm(
    name="Brandt & Partners GmbH",
    address="Lindenallee 4\n50668 Köln",
    country="DE",
    region="HH",
    vat_id="DE129273398",
    terms_days=14,
    contacts=(ContactForm(role="billing", name="Ines Brandt", email="ap@brandt.example"),),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """Figures in seconds and minor units."""

    seconds_billed: int
    lines: int
    net: int
    tax: int


def expected_sums(key: str) -> Sums:
    """What the project's invoice must say, worked out with decimals and none of Dunlin's code.

    15 minutes up for each worklog, a line for each issue and price, tax once on the net, halves up.
    """
    hours: dict[tuple[str, str], Decimal] = {}
    seconds = 0
    for project, issue, person, _day, logged in TIME:
        if project == key:
            rounded = -(-logged // 900) * 900
            seconds += rounded
            hours[issue, person] = hours.get((issue, person), Decimal(0)) + Decimal(rounded) / 3600
    cent = Decimal("0.01")
    net = sum((_cents(hours[line] * Decimal(PRICES[line[1]]), cent) for line in hours), Decimal(0))
    tax = _cents(net * TAX_PERCENT / 100, cent)
    return Sums(seconds_billed=seconds, lines=len(hours), net=int(net * 100), tax=int(tax * 100))


def _cents(amount: Decimal, cent: Decimal) -> Decimal:
    return amount.quantize(cent, rounding=ROUND_HALF_UP)
