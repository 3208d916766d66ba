"""Drafts: nothing lost, nothing twice, printed figures multiply out; against a slow computation with fractions."""

import math
import time
from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.billing.draft import Draft, build_draft
from plugin.domain.billing.grouping import Grouping
from plugin.domain.billing.rates import RateLevel, RateRule
from plugin.domain.billing.rounding import RoundingMode, RoundingPolicy, RoundingUnit
from plugin.domain.billing.tax import TaxRules
from plugin.domain.billing.worklogs import NotBilled, WorklogFact
from tests.unit.domain.billing.samples import (
    EUR,
    REDUCED,
    SINCE,
    STANDARD,
    TODAY,
    USD,
    fact,
    person_rate,
    rules,
    site_rate,
)

PRICES = {"anna": 9_550, "ben": 12_000, "cleo": 12_000, "dan": 3_333}
RATES = [
    person_rate(name, price, project_key=project) for (name, price), project in product(PRICES.items(), ("AB", "XY"))
]
TAXES = TaxRules(STANDARD, by_project={"XY": REDUCED})

facts = st.builds(
    fact,
    worklog_id=st.integers(1, 10_000).map(str),
    seconds=st.integers(-60, 100_000),
    issue=st.sampled_from(["AB-1", "AB-2", "AB-10", "XY-1", "XY-2"]),
    author=st.sampled_from([*PRICES, "nobody-has-a-rate", None]),
    day=st.none() | st.integers(-30, 2).map(lambda offset: TODAY + timedelta(days=offset)),
    epic=st.sampled_from([None, "AB-100"]),
    confirmed=st.booleans(),
    billable=st.sampled_from([True, True, True, False]),
)
fact_lists = st.lists(facts, max_size=30, unique_by=lambda item: item.worklog_id)
policies = st.builds(
    RoundingPolicy, st.sampled_from(RoundingUnit), st.sampled_from(RoundingMode), st.integers(1, 60), st.integers(0, 60)
)


def drafted(items: list[WorklogFact], policy: RoundingPolicy, grouping: Grouping = Grouping.ISSUE) -> Draft:
    return build_draft(
        items, rules=rules(*RATES, tax=TAXES, rounding=policy, grouping=grouping), today=TODAY, claimed={"7": "INV-1"}
    )


@settings(max_examples=200)
@given(fact_lists, policies, st.sampled_from(Grouping))
def test_every_worklog_is_on_one_line_or_listed_once(
    items: list[WorklogFact], policy: RoundingPolicy, grouping: Grouping
) -> None:
    draft = drafted(items, policy, grouping)
    on_lines = [share.worklog_id for line in draft.lines for share in line.shares]
    listed = [entry.fact.worklog_id for entry in draft.listed]
    assert sorted(on_lines + listed) == sorted(item.worklog_id for item in items)
    by_id = {item.worklog_id: item for item in items}
    for worklog_id in on_lines:
        item = by_id[worklog_id]
        assert item.billable
        assert item.author in PRICES
        assert item.day is not None
        assert item.day <= TODAY
        assert item.seconds > 0
        assert item.seconds <= 86_400 or item.confirmed
        assert worklog_id != "7"


@settings(max_examples=200)
@given(fact_lists, policies, st.sampled_from(Grouping))
def test_lines_multiply_out_and_shares_add_up(
    items: list[WorklogFact], policy: RoundingPolicy, grouping: Grouping
) -> None:
    draft = drafted(items, policy, grouping)
    by_id = {item.worklog_id: item for item in items}
    for line in draft.lines:
        assert line.amount == math.floor(Fraction(line.quantity * line.price, 100) + Fraction(1, 2))
        assert line.quantity > 0
        assert sum(share.seconds_billed for share in line.shares) == line.quantity * 36
        assert all(share.seconds_billed >= 0 for share in line.shares)
        behind = [by_id[share.worklog_id] for share in line.shares]
        assert {PRICES[item.author or ""] for item in behind} == {line.price}
        assert {TAXES.by_project.get(item.project_key, STANDARD) for item in behind} == {line.tax}
        assert [share.seconds_logged for share in line.shares] == [item.seconds for item in behind]
        assert [share.content_hash for share in line.shares] == [item.content_hash for item in behind]
        days = [item.day for item in behind if item.day]
        assert (line.first_day, line.last_day) == (min(days), max(days))
        assert set(line.issue_keys) == {item.issue_key for item in behind}
    assert draft.totals.lines == sum(line.amount for line in draft.lines)
    assert draft.seconds_billed == sum(share.seconds_billed for line in draft.lines for share in line.shares)


@given(st.data(), fact_lists, policies, st.sampled_from(Grouping))
def test_the_order_of_the_facts_does_not_matter(
    data: st.DataObject, items: list[WorklogFact], policy: RoundingPolicy, grouping: Grouping
) -> None:
    shuffled = data.draw(st.permutations(items))
    assert drafted(shuffled, policy, grouping) == drafted(items, policy, grouping)


def stepped(seconds: Fraction, policy: RoundingPolicy) -> Fraction:
    """The oracle's rounding of one unit of time, in fractions of the increment."""
    step = Fraction(policy.increment_minutes * 60)
    rounded = {
        RoundingMode.EXACT: seconds,
        RoundingMode.UP: math.ceil(seconds / step) * step,
        RoundingMode.DOWN: math.floor(seconds / step) * step,
        RoundingMode.NEAREST: math.floor(seconds / step + Fraction(1, 2)) * step,
    }[policy.mode]
    return max(Fraction(rounded), Fraction(policy.minimum_minutes * 60))


@settings(max_examples=200)
@given(fact_lists, policies.filter(lambda policy: policy.unit is not RoundingUnit.PERSON_DAY))
def test_amounts_by_issue_agree_with_fractions(items: list[WorklogFact], policy: RoundingPolicy) -> None:
    good = [
        item
        for item in items
        if item.billable
        and item.author in PRICES
        and item.day
        and item.day <= TODAY
        and 0 < item.seconds <= (10**9 if item.confirmed else 86_400)
        and item.worklog_id != "7"
    ]
    expected: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for item in good:
        seconds = Fraction(item.seconds)
        rounded = stepped(seconds, policy) if policy.unit is RoundingUnit.WORKLOG else seconds
        expected[item.issue_key, PRICES[item.author or ""]] += rounded
    if policy.unit is RoundingUnit.LINE:
        expected = defaultdict(Fraction, {key: stepped(seconds, policy) for key, seconds in expected.items()})
    amounts: dict[tuple[str, int], Fraction] = {}
    for (issue, price), seconds in expected.items():
        hours = Fraction(math.floor(seconds / 36 + Fraction(1, 2)), 100)
        amount = Fraction(math.floor(hours * price + Fraction(1, 2)))
        if amount:
            amounts[issue, price] = amount
    draft = drafted(items, policy)
    assert {(line.group_key, line.price): line.amount for line in draft.lines} == amounts


@given(fact_lists, policies.filter(lambda policy: policy.increment_minutes % 3 == 0))
def test_a_person_s_day_is_rounded_as_one(items: list[WorklogFact], policy: RoundingPolicy) -> None:
    """With increments of whole hundredths of an hour the parts on the lines add up to the rounded day."""
    policy = RoundingPolicy(RoundingUnit.PERSON_DAY, RoundingMode.UP, policy.increment_minutes, 0)
    draft = drafted(items, policy, Grouping.WORKLOG)
    by_id = {item.worklog_id: item for item in items}
    billed: dict[tuple[str | None, object], int] = defaultdict(int)
    for share in (share for line in draft.lines for share in line.shares):
        item = by_id[share.worklog_id]
        billed[item.author, item.day] += share.seconds_billed
    left_out = {entry.fact.worklog_id for entry in draft.listed if entry.reason is not NotBilled.ROUNDED_TO_ZERO}
    logged: dict[tuple[str | None, object], int] = defaultdict(int)
    for item in items:
        if item.worklog_id not in left_out:
            logged[item.author, item.day] += item.seconds
    step = policy.increment_minutes * 60
    assert dict(billed) == {key: math.ceil(Fraction(seconds, step)) * step for key, seconds in logged.items()}


def test_complaint_C39_fifty_minutes_at_a_hundred_are_83_00() -> None:
    draft = build_draft([fact(seconds=50 * 60)], rules=rules(), today=TODAY)
    assert [(line.quantity, line.price, line.amount) for line in draft.lines] == [(83, 10_000, 8_300)]


def test_complaint_C41_two_quarters_equal_one_half_hour_where_the_line_is_rounded() -> None:
    policy = RoundingPolicy(RoundingUnit.LINE, RoundingMode.UP, 30)
    halves = build_draft([fact("1", seconds=1800)], rules=rules(rounding=policy), today=TODAY)
    quarters = build_draft([fact("1", seconds=900), fact("2", seconds=900)], rules=rules(rounding=policy), today=TODAY)
    assert halves.totals == quarters.totals
    per_worklog = RoundingPolicy(RoundingUnit.WORKLOG, RoundingMode.UP, 30)
    apart = build_draft(
        [fact("1", seconds=900), fact("2", seconds=900)], rules=rules(rounding=per_worklog), today=TODAY
    )
    assert apart.totals.lines == 2 * halves.totals.lines


def test_req_F32_a_line_opens_the_worklogs_behind_it() -> None:
    items = [fact("1", seconds=5400, issue="AB-12"), fact("2", seconds=7200, issue="AB-12")]
    draft = build_draft(items, rules=rules(site_rate(12_000)), today=TODAY)
    (line,) = draft.lines
    assert (line.description, line.quantity, line.price, line.amount) == ("AB-12 Fix the login", 350, 12_000, 42_000)
    assert [(share.worklog_id, share.seconds_billed) for share in line.shares] == [("1", 5400), ("2", 7200)]
    assert line.trace == ("Applied: site 120.00 EUR/h from 2020-01-01.",)


def test_different_rates_and_taxes_never_share_a_line() -> None:
    items = [fact("1", author="anna"), fact("2", author="ben"), fact("3", author="ben", issue="XY-1")]
    draft = drafted(items, RoundingPolicy(), Grouping.ONE_LINE)
    assert [(line.price, line.tax) for line in draft.lines] == [
        (12_000, REDUCED),
        (12_000, STANDARD),
        (9_550, STANDARD),
    ]


def test_people_of_one_price_share_a_line_with_both_reasons() -> None:
    draft = drafted([fact("1", author="ben"), fact("2", author="cleo")], RoundingPolicy())
    (line,) = draft.lines
    assert [share.rate_rule_id for share in line.shares] == ["ben-AB", "cleo-AB"]
    assert len(line.trace) == 2


def test_a_worklog_without_a_rate_is_listed_and_never_billed_at_zero() -> None:
    draft = drafted([fact(author="nobody-has-a-rate")], RoundingPolicy())
    assert draft.lines == ()
    assert [(entry.reason, entry.fact.worklog_id) for entry in draft.listed] == [(NotBilled.NO_RATE, "1")]
    assert "add one for person, role or project" in draft.listed[0].sentence
    assert draft.totals.due == 0


def test_a_worklog_whose_rate_is_in_another_currency_is_listed() -> None:
    draft = build_draft([fact()], rules=rules(site_rate(currency=USD)), today=TODAY)
    assert [entry.reason for entry in draft.listed] == [NotBilled.OTHER_CURRENCY]
    assert draft.listed[0].trace == ("Not applied: site 100.00 USD/h from 2020-01-01: is in USD, the invoice in EUR.",)


def test_a_worklog_handed_in_twice_is_billed_once() -> None:
    draft = build_draft([fact(), fact()], rules=rules(), today=TODAY)
    assert draft.totals.lines == 10_000
    assert [entry.reason for entry in draft.listed] == [NotBilled.REPEATED]


def test_time_that_rounds_to_nothing_is_listed() -> None:
    down = RoundingPolicy(RoundingUnit.WORKLOG, RoundingMode.DOWN, 15)
    draft = build_draft([fact(seconds=60)], rules=rules(rounding=down), today=TODAY)
    assert (draft.lines, [entry.reason for entry in draft.listed]) == ((), [NotBilled.ROUNDED_TO_ZERO])


def test_fault_F32_time_whose_line_comes_to_nothing_is_listed_and_never_billed_at_zero() -> None:
    items = [fact("1", seconds=900, issue="AB-7"), fact("2", seconds=7200, issue="AB-8")]
    cheap = build_draft(items, rules=rules(site_rate(1), rounding=RoundingPolicy(increment_minutes=15)), today=TODAY)
    assert [(line.issue_keys, line.amount) for line in cheap.lines] == [(("AB-8",), 2)]
    assert [(entry.fact.worklog_id, entry.reason) for entry in cheap.listed] == [("1", NotBilled.ROUNDED_TO_ZERO)]
    assert "AB-7 is not billed: at 0.01 EUR an hour its line comes to 0.00 EUR" in cheap.listed[0].sentence


def test_roles_price_and_group() -> None:
    lead = RateRule("lead", RateLevel.ROLE, EUR, 15_000, SINCE, role="lead")
    setup = rules(lead, site_rate(), grouping=Grouping.ROLE, roles={"anna": ("lead",)})
    draft = build_draft([fact("1", author="anna"), fact("2", author="ben")], rules=setup, today=TODAY)
    assert [(line.description, line.price) for line in draft.lines] == [("Services", 10_000), ("lead", 15_000)]


def test_an_empty_draft_has_no_period_and_no_totals() -> None:
    draft = build_draft([], rules=rules(), today=TODAY)
    assert (draft.period, draft.seconds_logged, draft.seconds_billed, draft.totals.gross) == (None, 0, 0, 0)


@pytest.mark.parametrize("unit", RoundingUnit)
def test_five_thousand_worklogs_take_less_than_a_second(unit: RoundingUnit) -> None:
    items = [
        fact(str(at), issue=f"AB-{at % 400}", author=("anna", "ben")[at % 2], day=TODAY - timedelta(days=at % 200))
        for at in range(5_000)
    ]
    started = time.process_time()
    draft = drafted(items, RoundingPolicy(unit, RoundingMode.UP, 15))
    assert time.process_time() - started < 1
    assert sum(len(line.shares) for line in draft.lines) == 4_999
