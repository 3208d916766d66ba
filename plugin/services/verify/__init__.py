"""Checks the invariants I1 to I9 on a database as it stands; each finding names the row."""

from collections.abc import Callable, Iterator

from plugin.services.verify.audit import audit_findings
from plugin.services.verify.billing import billing_findings
from plugin.services.verify.debit_notes import debit_note_findings
from plugin.services.verify.finding import VerifyFinding
from plugin.services.verify.follow_ups import follow_up_findings
from plugin.services.verify.numbers import number_findings
from plugin.store.session import TenantSession

CHECKS: tuple[Callable[[TenantSession], Iterator[VerifyFinding]], ...] = (
    follow_up_findings,
    number_findings,
    billing_findings,
    debit_note_findings,
    audit_findings,
)


def verify_tenant(session: TenantSession) -> list[VerifyFinding]:
    """Everything that does not hold for one tenant; empty is good."""
    return [finding for check in CHECKS for finding in check(session)]
