"""The issue property ``dunlin``: which invoices bill an issue and how they stand, so that JQL finds them (U01).

It holds dates and buckets, never days overdue, so a day on which no bucket changes writes nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select

from plugin.clock import civil_date
from plugin.domain.billing.states import ISSUED_STATES
from plugin.services.history.standing import shown
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.jira_facts import Worklog

KEY = "dunlin"


def property_body(session: TenantSession, issue_id: str, *, now: datetime) -> dict[str, object]:
    """``{invoices: [{number, state, due, bucket}], unbilledHours}`` as it should stand now."""
    return {
        "invoices": [_invoice(invoice, zone, now) for invoice, zone in _invoices_of(session, issue_id)],
        "unbilledHours": _unbilled_hours(session, issue_id),
    }


def body_hash(body: Mapping[str, object]) -> str:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _invoices_of(session: TenantSession, issue_id: str) -> list[tuple[Invoice, str]]:
    # Released claims count too: the invoice that a credit note undid still stands in the history of the issue.
    claimed = select(WorklogClaim.invoice_id).where(WorklogClaim.issue_id == issue_id)
    query = (
        select(Invoice, Client.zone)
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .where(Invoice.id.in_(claimed), Invoice.state.in_([state.value for state in ISSUED_STATES]))
        .order_by(Invoice.issued_on, Invoice.number)
    )
    return [(invoice, zone) for invoice, zone in session.execute(query)]


def _invoice(invoice: Invoice, zone: str, now: datetime) -> dict[str, object]:
    how = shown(invoice, today=civil_date(now, zone))
    due = invoice.due_on.isoformat() if invoice.due_on else None
    return {"number": invoice.number, "state": how.state, "due": due, "bucket": how.bucket.value}


def _unbilled_hours(session: TenantSession, issue_id: str) -> float:
    """Hours logged and not claimed by a live line, with two decimals: a figure to search by, never one to bill."""
    claimed = select(WorklogClaim.worklog_id).where(
        WorklogClaim.issue_id == issue_id, WorklogClaim.released_at.is_(None)
    )
    query = select(func.coalesce(func.sum(Worklog.seconds), 0)).where(
        Worklog.issue_id == issue_id, Worklog.gone_at.is_(None), Worklog.id.not_in(claimed)
    )
    seconds = session.execute(query).scalar_one()
    return float((Decimal(int(seconds)) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP))
