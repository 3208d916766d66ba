"""Late payment on the company's page: profiles, rates with their sources, and rates of one's own."""

from datetime import date

import msgspec

from plugin.domain.late_payment.profile import LawProfile, Rate, half_year_of
from plugin.domain.late_payment.profiles import PROFILES, profile_for
from plugin.domain.late_payment.reference_rates import SERIES
from plugin.services.late_payment.rates import enter_rate, with_own_rates
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile
from plugin.ui import here
from plugin.ui.forms import read_form
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


def law_values(session: TenantSession, *, today: date) -> dict[str, object]:
    """The rules of the seller's country first, each with the rates of the last half-years and of this one."""
    company = session.get_one(CompanyProfile, session.tenant_id)
    own = profile_for("", seller_country=company.country)
    ordered = [own, *(law for law in PROFILES.values() if law is not own)] if own else list(PROFILES.values())
    halves = _half_years(today)
    return {
        "laws": [_law(with_own_rates(session, law), halves[1:], today, is_own=law is own) for law in ordered],
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
