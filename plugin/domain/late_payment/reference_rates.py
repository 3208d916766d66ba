"""Reference rates by half-year, each with its source. A half-year that is not here is unknown: no claim is made."""

from datetime import date
from decimal import Decimal

from plugin.domain.late_payment.profile import Rate, ReferenceRates

_READ = date(2026, 11, 22)
_FRANCE = "Banque de France, key ECB interest rates"
_SLOVENIA = "Banka Slovenije, ECB interest rates"
_PAY_ON_TIME = "payontime.co.uk, reference rate table"
_BUNDESBANK = "Deutsche Bundesbank, § 247 BGB"


def _first(year: int, half: int) -> date:
    return date(year, 1 if half == 1 else 7, 1)


def _rate(percent: str, source: str, confirmed_on: date | None = None) -> Rate:
    return Rate(Decimal(percent), source, confirmed_on)


ECB = ReferenceRates(
    "ecb",
    "European Central Bank, main refinancing operations",
    {
        _first(2023, 1): _rate("2.50", _FRANCE, _READ),
        _first(2023, 2): _rate("4.00", _FRANCE, _READ),
        _first(2024, 1): _rate("4.50", _FRANCE, _READ),
        _first(2024, 2): _rate("4.25", _FRANCE, _READ),
        _first(2025, 1): _rate("3.15", _SLOVENIA, _READ),
        _first(2025, 2): _rate("2.15", "secondary: finanzmarktnachrichten.de; Belgian rate of the same half-year"),
        _first(2026, 1): _rate("2.15", "OJ C/2026/01398 (2.15 on 1 April 2026)"),
        _first(2026, 2): _rate("2.40", "secondary: two sources, rise of 0.25 from 17 June 2026"),
    },
)
"""In force on 1 January and on 1 July."""

BUNDESBANK = ReferenceRates(
    "bundesbank",
    "Basiszinssatz of the Deutsche Bundesbank",
    {
        _first(2023, 2): _rate("3.12", _BUNDESBANK + ", secondary"),
        _first(2024, 1): _rate("3.62", _BUNDESBANK + ", secondary"),
        _first(2024, 2): _rate("3.37", _BUNDESBANK + ", secondary: follows the ECB's rate by the law's own rule"),
        _first(2025, 1): _rate("2.27", _BUNDESBANK + ", secondary"),
        _first(2025, 2): _rate("1.27", _BUNDESBANK + ", secondary"),
        _first(2026, 1): _rate("1.27", _BUNDESBANK + ", secondary"),
    },
)
"""Announced for each half-year; the second of 2026 is to be entered from the Bundesbank."""

AUSTRIA = ReferenceRates("austria", "Basiszinssatz of the Oesterreichische Nationalbank", {})
"""To be entered from the bank; until then no claim is made."""

NORGES_BANK = ReferenceRates("norges-bank", "Norges Bank", {})
"""The rate on late payments is set by the ministry twice a year; to be entered from there."""

BANK_OF_ENGLAND = ReferenceRates(
    "bank-of-england",
    "Bank of England, official dealing rate",
    {
        **{_first(year, half): _rate("0.50", _PAY_ON_TIME) for year in (2015, 2016) for half in (1, 2)},
        _first(2017, 1): _rate("0.25", _PAY_ON_TIME),
        _first(2017, 2): _rate("0.25", _PAY_ON_TIME),
        _first(2018, 1): _rate("0.50", _PAY_ON_TIME),
        _first(2018, 2): _rate("0.50", _PAY_ON_TIME),
        _first(2019, 1): _rate("0.75", _PAY_ON_TIME),
        _first(2019, 2): _rate("0.75", _PAY_ON_TIME),
        _first(2020, 1): _rate("0.75", _PAY_ON_TIME),
        _first(2020, 2): _rate("0.10", _PAY_ON_TIME),
        _first(2021, 1): _rate("0.10", _PAY_ON_TIME),
        _first(2021, 2): _rate("0.10", _PAY_ON_TIME),
        _first(2022, 1): _rate("0.25", _PAY_ON_TIME),
        _first(2022, 2): _rate("1.25", _PAY_ON_TIME),
        _first(2023, 1): _rate("3.50", _PAY_ON_TIME),
        _first(2023, 2): _rate("5.00", _PAY_ON_TIME),
        _first(2024, 1): _rate("5.25", _PAY_ON_TIME),
        _first(2024, 2): _rate("5.25", "secondary: in force until 31 July 2024"),
        _first(2025, 1): _rate("4.75", "secondary: in force from 7 November 2024 to 5 February 2025"),
        _first(2025, 2): _rate("4.25", "secondary"),
        _first(2026, 1): _rate("3.75", "secondary"),
        _first(2026, 2): _rate("3.75", "secondary: held on 18 June 2026"),
    },
)
"""In force on 31 December counts from 1 January, on 30 June from 1 July (SI 2002/1675 art. 4)."""

SERIES = {series.key: series for series in (ECB, BUNDESBANK, AUSTRIA, NORGES_BANK, BANK_OF_ENGLAND)}
