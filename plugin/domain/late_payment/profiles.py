"""The profiles that come with the product, by the seller's country. Whoever is not here makes no claim."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from plugin.domain.late_payment.profile import FixedSum, LawProfile, RateSelection, ReferenceRates, Terms
from plugin.domain.late_payment.reference_rates import AUSTRIA, BANK_OF_ENGLAND, BUNDESBANK, ECB, NORGES_BANK

NONE = "none"
"""The key of a client with whom late payment is settled otherwise: nothing is claimed."""
FORTY_EURO = (FixedSum(0, 40_00, "EUR"),)
UK_SUMS = (FixedSum(0, 40_00, "GBP"), FixedSum(1_000_00, 70_00, "GBP"), FixedSum(10_000_00, 100_00, "GBP"))
_DIRECTIVE = "https://www.legislation.gov.uk/eudr/2011/7"
_READ = date(2026, 11, 22)
_EURO_MEMBERS = "BE CY EE FI GR HR IT LT LU LV MT NL PT SI SK"


def _european(
    key: str,
    name: str,
    *,
    margin: str = "8",
    reference: ReferenceRates = ECB,
    consumer_margin: str = "",
    rate_selection: RateSelection = RateSelection.HALF_YEAR_SPLIT,
    source_url: str = _DIRECTIVE,
) -> LawProfile:
    return LawProfile(
        key=key,
        name=name,
        reference=reference,
        business=Terms(Decimal(margin), FORTY_EURO),
        consumer=Terms(Decimal(consumer_margin)) if consumer_margin else None,
        rate_selection=rate_selection,
        source_url=source_url,
        verified_on=_READ,
    )


PROFILES: Mapping[str, LawProfile] = {
    profile.key: profile
    for profile in (
        _european("eu", "Euro countries (ECB rate + 8 points)"),
        _european(
            "de",
            "Germany (Basiszinssatz + 9 points, consumers + 5)",
            margin="9",
            consumer_margin="5",
            reference=BUNDESBANK,
            source_url="https://www.gesetze-im-internet.de/bgb/__288.html",
        ),
        _european("at", "Austria (Basiszinssatz + 9.2 points)", margin="9.2", reference=AUSTRIA),
        _european("fr", "France (ECB rate + 10 points)", margin="10"),
        _european("es", "Spain (ECB rate + 8 points)"),
        _european(
            "ie",
            "Ireland (ECB rate + 8 points, fixed on the first late day)",
            rate_selection=RateSelection.FROZEN_AT_START,
            source_url="https://enterprise.gov.ie/en/What-We-Do/Supports-for-SMEs/Late-Payments/",
        ),
        LawProfile(
            key="gb",
            name="United Kingdom (Bank of England rate + 8 points, fixed on the first late day)",
            reference=BANK_OF_ENGLAND,
            business=Terms(Decimal(8), UK_SUMS),
            rate_selection=RateSelection.FROZEN_AT_START,
            source_url="https://www.legislation.gov.uk/ukpga/1998/20",
            verified_on=_READ,
        ),
        LawProfile(
            key="no",
            name="Norway (14 new days in each reminder; no rates yet)",
            reference=NORGES_BANK,
            business=Terms(Decimal(0)),
            min_deadline_days=14,
            source_url="https://lovdata.no/lov/1976-12-17-100",
            verified_on=_READ,
        ),
    )
}
_BY_COUNTRY = {
    **dict.fromkeys(_EURO_MEMBERS.split(), "eu"),
    **{country: country.lower() for country in ("DE", "AT", "FR", "ES", "IE", "GB", "NO")},
}


def profile_for(chosen: str, *, seller_country: str) -> LawProfile | None:
    """The profile that a client's row names, else that of the seller's country; None where no rules are known."""
    key = chosen or _BY_COUNTRY.get(seller_country.upper(), NONE)
    return PROFILES.get(key)
