"""What is claimed, from whom, and when nothing is: fixed sums, consumers, missing rates, and what a rerun changes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from plugin.domain.late_payment.claim import Claim, NoClaim, NoClaimCode, formula
from plugin.domain.late_payment.interest import Paid
from plugin.domain.late_payment.profile import Debtor
from plugin.domain.late_payment.profiles import NONE, PROFILES, profile_for
from plugin.domain.money import Currency, Money, total
from tests.unit.domain.late_payment.cases import DE, EU, EUR, GB, asked, claimed, euro, pound

JULY = date(2026, 7, 1)


def plain(money: Money) -> str:
    return f"{money.to_decimal():,}"


def percent(rate: Decimal) -> str:
    return f"{rate:.2f} %"


def test_req_F24_the_formula_is_printed_with_the_sum() -> None:
    claim = claimed(euro("2547.51"), JULY, date(2026, 7, 18))
    assert formula(claim, amount=plain, percent=percent) == "2,547.51 x 10.40 % x 17 / 365 = 12.34"


def test_the_formula_of_several_segments_adds_them() -> None:
    claim = claimed(euro("1000.00"), date(2026, 6, 20), date(2026, 7, 20))
    assert formula(claim, amount=plain, percent=percent) == (
        "1,000.00 x 10.15 % x 10 / 365 + 1,000.00 x 10.40 % x 20 / 365 = 8.48"
    )


@pytest.mark.parametrize(
    ("amount", "fixed"), [("999.99", "40"), ("1000.00", "70"), ("9999.99", "70"), ("10000.00", "100")]
)
def test_L12_the_british_fixed_sum_goes_by_the_size_of_the_debt(amount: str, fixed: str) -> None:
    assert claimed(pound(amount), JULY, date(2026, 7, 10), profile=GB).fixed_sum == pound(fixed)


def test_L12_interest_and_fixed_sum_stand_side_by_side() -> None:
    claim = claimed(pound("5000.00"), date(2026, 6, 30), date(2026, 9, 11), profile=GB)
    assert (claim.interest, claim.fixed_sum, claim.total) == (pound("117.50"), pound("70.00"), pound("187.50"))


def test_L08_each_late_invoice_has_its_own_forty_euro() -> None:
    sums = [claimed(euro(amount), JULY, date(2026, 8, 1)).fixed_sum for amount in ("100.00", "900.00", "9000.00")]
    assert sums == [euro("40.00")] * 3


def test_L08_120_are_offered_for_three_late_invoices_and_none_is_shown_until_the_seller_confirms() -> None:
    unconfirmed = [asked(euro(amount), JULY, date(2026, 8, 1), confirmed=()) for amount in ("100.00", "900.00", "9000")]
    claims = [claim for claim in unconfirmed if isinstance(claim, Claim)]
    assert total((claim.offered for claim in claims), EUR) == euro("120.00")
    assert total((claim.fixed_sum for claim in claims), EUR) == euro("0.00")
    assert [claim.total for claim in claims] == [claim.interest for claim in claims]
    confirmed = [claimed(euro(amount), JULY, date(2026, 8, 1)) for amount in ("100.00", "900.00", "9000.00")]
    assert total((claim.fixed_sum for claim in confirmed), EUR) == euro("120.00")


def test_L12_a_tier_that_was_not_confirmed_is_not_claimed() -> None:
    low = GB.business.fixed_sums[:1]
    claim = asked(pound("5000.00"), JULY, date(2026, 8, 1), profile=GB, confirmed=low)
    assert isinstance(claim, Claim)
    assert (claim.fixed_sum, claim.offered) == (pound("40.00"), pound("70.00"))


def test_a_debt_in_another_currency_has_interest_and_no_fixed_sum() -> None:
    dollars = Money(1_000_00, Currency("USD", 2))
    claim = claimed(dollars, JULY, date(2026, 7, 31))
    assert claim.interest.minor > 0
    assert claim.fixed_sum == Money(0, dollars.currency)


@pytest.mark.parametrize("key", sorted(set(PROFILES) - {"de"}))
def test_L01_a_consumer_is_asked_for_the_invoice_only(key: str) -> None:
    found = asked(euro("500.00"), date(2025, 3, 1), date(2025, 4, 1), profile=PROFILES[key], debtor=Debtor.CONSUMER)
    assert isinstance(found, NoClaim)
    assert found.code is NoClaimCode.CONSUMER


def test_in_germany_a_consumer_owes_five_points_and_no_fixed_sum_and_a_business_nine() -> None:
    until = date(2025, 3, 31)
    consumer = asked(euro("1000.00"), date(2025, 3, 1), until, profile=DE, debtor=Debtor.CONSUMER)
    business = asked(euro("1000.00"), date(2025, 3, 1), until, profile=DE)
    assert isinstance(consumer, Claim)
    assert isinstance(business, Claim)
    assert (consumer.interest, consumer.fixed_sum) == (euro("5.98"), euro("0.00"))
    assert (business.interest, business.fixed_sum) == (euro("9.26"), euro("40.00"))


@pytest.mark.parametrize(
    ("key", "due_on", "until", "named"),
    [
        ("eu", date(2026, 12, 1), date(2027, 1, 1), "2027-01-01"),
        ("eu", date(2022, 12, 1), date(2023, 2, 1), "2022-07-01"),
        ("de", date(2026, 6, 1), JULY, "2026-07-01"),
        ("at", date(2026, 6, 1), date(2026, 6, 9), "2026-01-01"),
        ("gb", date(2026, 12, 31), date(2027, 1, 9), "2027-01-01"),
    ],
)
def test_a_half_year_without_a_rate_is_named_and_never_guessed(key: str, due_on: date, until: date, named: str) -> None:
    found = asked(euro("500.00"), due_on, until, profile=PROFILES[key])
    assert isinstance(found, NoClaim)
    assert found.code is NoClaimCode.UNKNOWN_RATE
    assert named in found.sentence


def test_no_claim_before_the_day_after_the_due_day() -> None:
    assert claimed(euro("500.00"), JULY, date(2026, 7, 2)).interest == euro("0.14")
    for until in (JULY, date(2026, 6, 1)):
        found = asked(euro("500.00"), JULY, until)
        assert isinstance(found, NoClaim)
        assert found.code is NoClaimCode.NOT_LATE


def test_what_was_paid_in_time_is_not_late() -> None:
    found = asked(euro("500.00"), JULY, date(2026, 9, 1), paid=[Paid(JULY, 500_00)])
    assert isinstance(found, NoClaim)
    assert found.code is NoClaimCode.NOT_LATE


def test_a_debt_older_than_the_rules_is_left_alone() -> None:
    found = asked(euro("500.00"), date(2013, 3, 1), date(2013, 4, 1))
    assert isinstance(found, NoClaim)
    assert found.code is NoClaimCode.OLDER_THAN_LAW


def test_the_sellers_country_chooses_and_the_client_may_differ() -> None:
    chosen = {country: profile_for("", seller_country=country) for country in ("NL", "DE", "GB", "ie", "US", "PL", "")}
    assert {country: profile.key if profile else NONE for country, profile in chosen.items()} == {
        "NL": "eu", "DE": "de", "GB": "gb", "ie": "ie", "US": NONE, "PL": NONE, "": NONE,
    }  # fmt: skip
    assert profile_for("fr", seller_country="DE") is PROFILES["fr"]
    assert profile_for(NONE, seller_country="DE") is None
    found = asked(euro("500.00"), JULY, date(2026, 9, 1), profile=None)
    assert isinstance(found, NoClaim)
    assert found.code is NoClaimCode.NO_PROFILE


def test_complaint_C31_asking_every_hour_adds_no_fee() -> None:
    claims = [claimed(euro("2547.51"), JULY, date(2026, 7, 18)) for _ in range(24)]
    assert len(set(claims)) == 1
    assert claims[0].fixed_sum == euro("40.00")


def test_complaint_C32_interest_grows_with_the_days_and_the_fixed_sum_does_not() -> None:
    claims = [claimed(euro("2547.51"), JULY, date(2026, 7, 2) + timedelta(days=late)) for late in range(120)]
    amounts = [claim.interest.minor for claim in claims]
    assert amounts == sorted(set(amounts))
    assert {claim.fixed_sum for claim in claims} == {euro("40.00")}


def test_complaint_C33_when_only_the_principal_was_paid_the_claim_stays_and_grows_no_more() -> None:
    paid = [Paid(date(2026, 7, 31), 1_000_00)]
    on_the_day, later = (
        claimed(euro("1000.00"), JULY, until, paid=paid) for until in (date(2026, 7, 31), date(2026, 12, 1))
    )
    assert on_the_day.interest == euro("8.55")
    assert (later.interest, later.fixed_sum) == (on_the_day.interest, euro("40.00"))


def test_every_profile_says_where_it_comes_from() -> None:
    for key, profile in PROFILES.items():
        assert profile.key == key
        assert profile.source_url.startswith("https://")
        assert all(rate.source for rate in profile.reference.rates.values())
        assert all((first.month, first.day) in ((1, 1), (7, 1)) for first in profile.reference.rates)
    assert replace(EU, key="x").terms(Debtor.BUSINESS) is EU.business
