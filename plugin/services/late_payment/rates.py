"""Reference rates that a site enters itself, each with its source; they go before those that come with the product."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy import select

from plugin.domain.errors import InvalidInput
from plugin.domain.late_payment.profile import LawProfile, Rate, half_year_of
from plugin.domain.late_payment.reference_rates import SERIES
from plugin.services.settings import checks
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.law import ReferenceRate

LOWEST, HIGHEST = Decimal(-5), Decimal(50)


def own_rates(session: TenantSession, series: str) -> Mapping[date, Rate]:
    """What the site entered of a bank's rates, by half-year."""
    rows = session.scalars(select(ReferenceRate).where(ReferenceRate.series == series))
    return {row.valid_from: Rate(Decimal(row.percent), row.source, row.entered_at.date()) for row in rows}


def with_own_rates(session: TenantSession, law: LawProfile) -> LawProfile:
    """A profile with the site's own rates."""
    own = own_rates(session, law.reference.key)
    return replace(law, reference=law.reference.with_own(own)) if own else law


def enter_rate(
    session: TenantSession, *, series: str, half_year: date, percent: str, source: str, now: datetime, actor: str
) -> ReferenceRate:
    """Enters a rate, or corrects the one that was entered for the same half-year. InvalidInput names the field."""
    if series not in SERIES:
        raise InvalidInput("Choose one of the banks.", field="series")
    if half_year != half_year_of(half_year):
        raise InvalidInput("A half-year begins on 1 January or on 1 July.", field="half_year")
    value = _percent(percent)
    said = checks.required(checks.clean_line(source, field="source"), field="source", what="where you read it")
    query = select(ReferenceRate).where(ReferenceRate.series == series, ReferenceRate.valid_from == half_year)
    row = session.scalars(query.with_for_update()).one_or_none()
    before = {"percent": row.percent} if row else None
    if row is None:
        row = ReferenceRate(id=new_id(), series=series, valid_from=half_year)
        session.add(row)
    row.percent, row.source, row.entered_by, row.entered_at = value, said, actor, now
    session.flush()
    after = {"percent": value, "half_year": half_year.isoformat()}
    record_audit(
        session, actor=actor, action="reference_rate.entered", subject=series, now=now, before=before, after=after
    )
    return row


def _percent(text: str) -> str:
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise InvalidInput("Write the rate in percent, such as 1.27.", field="percent") from None
    if not value.is_finite() or not LOWEST <= value <= HIGHEST or value != round(value, 2):
        raise InvalidInput(f"A rate lies from {LOWEST} to {HIGHEST} percent, with two decimals.", field="percent")
    return f"{value:.2f}"
