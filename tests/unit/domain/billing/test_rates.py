"""The most specific rate wins, dated, and the trace says why; against picking by hand."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.billing.rates import (
    NoRate,
    RateCard,
    RateDecision,
    RateLevel,
    RateRule,
    parse_price,
)
from plugin.domain.billing.worklogs import NotBilled
from plugin.domain.errors import InvalidInput
from plugin.domain.money import Currency
from tests.unit.domain.billing.samples import EUR, JPY, SINCE, USD, fact, person_rate, site_rate

PROJECT = RateRule("project", RateLevel.PROJECT, EUR, 12_000, SINCE, project_key="AB")
CLIENT = RateRule("client", RateLevel.CLIENT, EUR, 11_000, SINCE, client_id="acme")
ROLE = RateRule("role", RateLevel.ROLE, EUR, 13_000, SINCE, role="developer")
PERSON = person_rate("anna", 14_000)
SITE = site_rate(10_000)
LADDER = [PERSON, ROLE, PROJECT, CLIENT, SITE]


@given(st.sets(st.sampled_from(range(5))), st.permutations(range(5)))
def test_the_most_specific_rate_wins_whatever_the_order(missing: set[int], order: list[int]) -> None:
    rates = [LADDER[at] for at in order if at not in missing]
    decision = RateCard(rates).resolve(fact(), currency=EUR, roles=("developer",), client_id="acme")
    left = [rule for rule in LADDER if rule in rates]
    if not left:
        assert isinstance(decision, NoRate)
        assert decision.reason is NotBilled.NO_RATE
        return
    assert isinstance(decision, RateDecision)
    assert decision.winner is left[0]
    assert [lost.rule for lost in decision.losers] == left[1:]
    assert all("more specific" in lost.reason for lost in decision.losers)


def test_rates_of_other_people_projects_roles_and_clients_do_not_count() -> None:
    elsewhere = [
        person_rate("ben", 14_000),
        person_rate("anna", 14_500, project_key="XY"),
        RateRule("r", RateLevel.ROLE, EUR, 13_000, SINCE, role="tester"),
        RateRule("p", RateLevel.PROJECT, EUR, 12_000, SINCE, project_key="XY"),
        RateRule("c", RateLevel.CLIENT, EUR, 11_000, SINCE, client_id="other"),
    ]
    decision = RateCard(elsewhere).resolve(fact(), currency=EUR, roles=("developer",), client_id="acme")
    assert isinstance(decision, NoRate)
    assert decision.considered == ()


dated = st.lists(
    st.tuples(st.integers(min_value=1, max_value=40), st.integers(min_value=0, max_value=20)), min_size=1, max_size=5
)


@given(dated, st.booleans(), st.integers(min_value=-5, max_value=250))
def test_dated_rates_cover_exactly_their_days(spans: list[tuple[int, int]], last_is_open: bool, offset: int) -> None:
    start, prices, rates = date(2026, 1, 1), dict[date, int](), list[RateRule]()
    for at, (length, gap) in enumerate(spans):
        end = None if last_is_open and at == len(spans) - 1 else start + timedelta(days=length - 1)
        rates.append(RateRule(f"r{at}", RateLevel.SITE, EUR, 1_000 + at, start, end))
        for covered in range(length if end else 400):
            prices[start + timedelta(days=covered)] = 1_000 + at
        start += timedelta(days=length + gap)
    day = date(2026, 1, 1) + timedelta(days=offset)
    decision = RateCard(rates).resolve(fact(day=day), currency=EUR)
    price = decision.winner.price if isinstance(decision, RateDecision) else None
    assert price == prices.get(day)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_overlapping_dates_of_one_subject_are_refused(start1: int, length1: int, start2: int, length2: int) -> None:
    def rule(name: str, start: int, length: int) -> RateRule:
        first = SINCE + timedelta(days=start)
        return RateRule(name, RateLevel.CLIENT, EUR, 100, first, first + timedelta(days=length), client_id="acme")

    common = set(range(start1, start1 + length1 + 1)) & set(range(start2, start2 + length2 + 1))
    rates = [rule("one", start1, length1), rule("two", start2, length2)]
    if not common:
        RateCard(rates)
        return
    with pytest.raises(InvalidInput, match="overlap"):
        RateCard(rates)


def test_an_open_rate_overlaps_with_every_later_one() -> None:
    later = RateRule("later", RateLevel.SITE, EUR, 100, date(2030, 1, 1))
    with pytest.raises(InvalidInput, match="End the first one"):
        RateCard([later, SITE])
    RateCard([SITE, RateRule("usd", RateLevel.SITE, USD, 100, SINCE)])


def test_features_U17_the_trace_names_winner_and_losers() -> None:
    old = RateRule("old", RateLevel.PROJECT, EUR, 9_900, date(2019, 1, 1), date(2019, 12, 31), project_key="AB")
    new = RateRule(
        "new", RateLevel.PERSON_IN_PROJECT, EUR, 15_000, date(2027, 1, 1), account_id="anna", project_key="AB"
    )
    decision = RateCard([PROJECT, SITE, old, new]).resolve(fact(), currency=EUR)
    assert decision.trace == (
        "Applied: project AB 120.00 EUR/h from 2020-01-01.",
        "Not applied: person in project anna AB 150.00 EUR/h from 2027-01-01: starts only on 2027-01-01.",
        "Not applied: project AB 99.00 EUR/h from 2019-01-01 to 2019-12-31: ended on 2019-12-31.",
        "Not applied: site 100.00 EUR/h from 2020-01-01: the project rate is more specific.",
    )


def test_a_narrow_rate_in_another_currency_never_falls_through_to_a_wide_one() -> None:
    decision = RateCard([person_rate("anna", 15_000, currency=USD), SITE]).resolve(fact(), currency=EUR)
    assert isinstance(decision, NoRate)
    assert decision.reason is NotBilled.OTHER_CURRENCY
    assert "USD" in decision.sentence


def test_one_subject_may_have_a_rate_in_each_currency() -> None:
    card = RateCard([person_rate("anna", 15_000, currency=USD), person_rate("anna", 14_000), SITE])
    for currency, price in ((EUR, 14_000), (USD, 15_000)):
        decision = card.resolve(fact(), currency=currency)
        assert isinstance(decision, RateDecision)
        assert decision.winner.price == price


def test_the_main_role_comes_first() -> None:
    lead = RateRule("lead", RateLevel.ROLE, EUR, 16_000, SINCE, role="lead")
    for roles, winner in ((("lead", "developer"), lead), (("developer", "lead"), ROLE)):
        decision = RateCard([lead, ROLE]).resolve(fact(), currency=EUR, roles=roles)
        assert isinstance(decision, RateDecision)
        assert decision.winner is winner
        assert [lost.reason for lost in decision.losers] == [
            "belongs to a role that comes later among the person's roles"
        ]


@pytest.mark.parametrize("odd", ["0", "-1", "1e400", "NaN", "Infinity", "-0", "1e18", "ten", "99.999"])
def test_odd_rates_are_refused_with_a_sentence(odd: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_price(odd, EUR)
    assert refusal.value.sentence.endswith(".")


@pytest.mark.parametrize("odd", [0, -1, 10**13, True])
def test_a_rule_without_a_sensible_price_cannot_be_built(odd: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        site_rate(odd)
    assert refusal.value.field == "price"


@pytest.mark.parametrize(
    ("text", "currency", "price"),
    [("120", EUR, 12_000), ("0.01", EUR, 1), ("15000", JPY, 15_000), (" 99.5 ", EUR, 9_950)],
)
def test_a_typed_rate_becomes_minor_units(text: str, currency: Currency, price: int) -> None:
    assert parse_price(text, currency) == price
    assert parse_price(Decimal(text.strip()), currency) == price


def test_a_rule_needs_exactly_the_subject_of_its_level() -> None:
    with pytest.raises(InvalidInput, match="needs a value for project_key"):
        RateRule("x", RateLevel.PROJECT, EUR, 100, SINCE)
    with pytest.raises(InvalidInput, match="cannot have a value for role"):
        RateRule("x", RateLevel.SITE, EUR, 100, SINCE, role="developer")
    with pytest.raises(InvalidInput, match="before it starts"):
        RateRule("x", RateLevel.SITE, EUR, 100, date(2026, 2, 1), date(2026, 1, 31))


def test_without_author_or_day_there_is_nothing_to_look_up() -> None:
    for odd in (fact(author=None), fact(day=None)):
        with pytest.raises(InvalidInput, match="no author or no day"):
            RateCard([SITE]).resolve(odd, currency=EUR)
