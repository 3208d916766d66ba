"""The pattern of invoice numbers. The count is never set by hand once a number was given (L21)."""

from datetime import datetime

from plugin.domain.billing.numbering import NumberPattern
from plugin.domain.errors import InvalidInput
from plugin.services.billing.lookup import check_version
from plugin.services.billing.numbers import locked_series
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.company import NumberSeries


def save_numbering(
    session: TenantSession, *, key: str, pattern: str, first: int | None, row_version: int, now: datetime, actor: str
) -> NumberSeries:
    """Stores a pattern such as ``INV-{year}-{number:04d}``; ``first``: where a series begins that gave none yet."""
    series = locked_series(session, key)
    check_version(series, row_version)
    checked = NumberPattern(pattern)
    before = {"pattern": series.pattern, "last": series.last}
    series.pattern = checked.text
    if first is not None and first != series.last + 1:
        if series.last_issued_on is not None:
            raise InvalidInput(
                "Numbers were given already, so the count goes on by itself; a jump would leave a gap.", field="first"
            )
        if not 1 <= first <= 10**9:
            raise InvalidInput("Enter the first number, 1 or more.", field="first")
        series.last = first - 1
    series.row_version += 1
    record_audit(
        session,
        actor=actor,
        action="numbering.saved",
        subject=key,
        now=now,
        before=before,
        after={"pattern": series.pattern, "last": series.last},
    )
    return series
