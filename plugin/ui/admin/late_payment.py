"""Late payment on the company's page: profiles, rates with their sources, and rates of one's own."""

from datetime import date

import msgspec

from plugin.domain.errors import InvalidInput
from plugin.domain.late_payment.profile import LawProfile, Rate, half_year_of
from plugin.domain.late_payment.profiles import PROFILES, profile_for
from plugin.domain.late_payment.reference_rates import SERIES
from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.services.late_payment.confirmations import (
    Offered,
    confirm_fixed_sums,
    confirmations,
    confirmed_sums,
    offered_now,
    withdraw_fixed_sums,
)
from plugin.services.late_payment.rates import enter_rate, with_own_rates
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile
from plugin.ui import here
from plugin.ui.filters import counted, money
from plugin.ui.forms import read_form
from plugin.ui.names import names_of
from plugin.ui.submit import Said

SHOWN_BACK = 4
STALE_DAYS = 200
"""Rules that nobody has compared with their source for so long are marked (law notes, profile record)."""


class RateInput(msgspec.Struct):
    """A reference rate for a half-year."""

    series: str
    half_year: date
    percent: str
    source: str


class SumsInput(msgspec.Struct):
    """Whether the fixed sums of a profile are claimed from now on; ``what``: confirm or withdraw."""

    profile: str
    what: str


def law_values(session: TenantSession, *, today: date) -> dict[str, object]:
    """The rules of the seller's country first, each with the rates of the last half-years and of this one."""
    company = session.get_one(CompanyProfile, session.tenant_id)
    own = profile_for("", seller_country=company.country)
    ordered = [own, *(law for law in PROFILES.values() if law is not own)] if own else list(PROFILES.values())
    halves = _half_years(today)
    offered = offered_now(session, today=today)
    return {
        "laws": [
            {
                **_law(with_own_rates(session, law), halves[1:], today, is_own=law is own),
                **_fixed_sums(session, law, offered.get(law.key)),
            }
            for law in ordered
        ],
        "confirmed_by": names_of(row.confirmed_by for row in confirmations(session).values()),
        "series": [(series.key, series.name) for series in SERIES.values()],
        "half_years": [(half.isoformat(), half.isoformat()) for half in halves],
        "new_rate": {
            "series": own.reference.key if own else "ecb",
            "half_year": halves[1].isoformat(),
            "percent": "",
            "source": "",
        },
    }


def save_rate(session: TenantSession) -> Said:
    """Stores a rate."""
    form = read_form(RateInput)
    row = enter_rate(session, **msgspec.structs.asdict(form), now=here.now(), actor=here.actor())
    return Said(title="Rate entered", body=f"{row.percent} % from {row.valid_from} on.", refresh=False)


def save_fixed_sums(session: TenantSession) -> Said:
    """Puts on record that the seller claims the fixed sums of a profile, or no longer does."""
    form = read_form(SumsInput)
    match form.what:
        case "confirm":
            confirm_fixed_sums(session, form.profile, now=here.now(), actor=here.actor())
            return Said(title="Fixed sums are claimed now", body="Texts and debt notes carry them.", refresh=False)
        case "withdraw":
            withdraw_fixed_sums(session, form.profile, now=here.now(), actor=here.actor())
            return Said(title="Fixed sums are not claimed any more", body="What was issued stays.", refresh=False)
    raise InvalidInput("Claim them or do not.", field="what")


def _fixed_sums(session: TenantSession, law: LawProfile, offered: Offered | None) -> dict[str, object]:
    """What the law gives for each late invoice, whether it is claimed and by whose word, and what it comes to now."""
    sums = law.business.fixed_sums
    row = confirmations(session).get(law.key) if sums and len(confirmed_sums(session, law)) == len(sums) else None
    told = [
        (
            _in_words(Money(one.amount_minor, currency_of(one.currency))),
            _in_words(Money(one.from_minor, currency_of(one.currency))) if one.from_minor else "",
        )
        for one in sums
    ]
    return {
        "key": law.key,
        "sums": told,
        "confirmed": row,
        "offered": f"{counted(offered.invoices, 'late invoice')}: {', '.join(_in_words(one) for one in offered.sums)}"
        if offered
        else "",
    }


def _in_words(amount: Money) -> str:
    return money(amount.minor, amount.currency.code)


def _law(law: LawProfile, halves: list[date], today: date, *, is_own: bool) -> dict[str, object]:
    return {
        "name": law.name,
        "is_own": is_own,
        "source": law.source_url,
        "verified_on": law.verified_on,
        "stale": (today - law.verified_on).days > STALE_DAYS,
        "rates": [(half, _shown(law, law.reference.on(half))) for half in halves],
        "margin": f"{law.business.margin:f}",
    }


def _shown(law: LawProfile, rate: Rate | None) -> dict[str, object] | None:
    if rate is None:
        return None
    whole = rate.percent + law.business.margin
    return {
        "percent": f"{rate.percent:.2f}",
        "whole": f"{whole:.2f}",
        "source": rate.source,
        "confirmed_on": rate.confirmed_on,
    }


def _half_years(today: date) -> list[date]:
    """The next half-year, this one, and some before, the newest first."""
    this = half_year_of(today)
    found = [date(this.year + 1, 1, 1) if this.month == 7 else date(this.year, 7, 1), this]
    while len(found) < SHOWN_BACK + 2:
        last = found[-1]
        found.append(date(last.year, 1, 1) if last.month == 7 else date(last.year - 1, 7, 1))
    return found
