"""The issue property ``dunlin``: which invoices bill an issue and how they stand, so that JQL finds them (U01).

It holds dates and buckets, never days overdue, so a day on which no bucket changes writes nothing.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import exists, func, select

from plugin.domain.billing.states import ISSUED_STATES
from plugin.domain.calendar import civil_day
from plugin.services.history.standing import shown
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice, WorklogClaim
from plugin.store.tables.jira_facts import Worklog

KEY = "dunlin"
BATCH = 500


def property_body(session: TenantSession, issue_id: str, *, now: datetime) -> dict[str, object]:
    """``{invoices: [{number, state, due, bucket}], unbilledHours}`` as it should stand now."""
    return property_bodies(session, [issue_id], now=now)[issue_id]


def property_bodies(session: TenantSession, issue_ids: Sequence[str], *, now: datetime) -> dict[str, dict[str, object]]:
    """The bodies of many issues by id, with as few questions to the database as for one."""
    bodies: dict[str, dict[str, object]] = {}
    for start in range(0, len(issue_ids), BATCH):
        batch = issue_ids[start : start + BATCH]
        invoices, hours = _invoices_of(session, batch), _unbilled_hours(session, batch)
        for issue_id in batch:
            bodies[issue_id] = {
                "invoices": [_invoice(invoice, zone, now) for invoice, zone in invoices.get(issue_id, ())],
                "unbilledHours": hours.get(issue_id, 0.0),
            }
    return bodies


def body_hash(body: Mapping[str, object]) -> str:
    """SHA-256 over the canonical JSON."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _invoices_of(session: TenantSession, issue_ids: Sequence[str]) -> dict[str, list[tuple[Invoice, str]]]:
    # Released claims count too: the invoice that a credit note undid still stands in the history of the issue.
    pairs = set(
        session.execute(
            select(WorklogClaim.issue_id, WorklogClaim.invoice_id).where(WorklogClaim.issue_id.in_(issue_ids))
        ).all()
    )
    query = (
        select(Invoice, Client.zone)
        .join(Client, (Client.tenant_id == Invoice.tenant_id) & (Client.id == Invoice.client_id))
        .where(
            Invoice.id.in_(sorted({invoice_id for _, invoice_id in pairs})),
            Invoice.state.in_([state.value for state in ISSUED_STATES]),
        )
        .order_by(Invoice.issued_on, Invoice.number)
    )
    found: dict[str, list[tuple[Invoice, str]]] = {}
    issues_of: dict[str, list[str]] = {}
    for issue_id, invoice_id in pairs:
        issues_of.setdefault(invoice_id, []).append(issue_id)
    for invoice, zone in session.execute(query):
        for issue_id in issues_of[invoice.id]:
            found.setdefault(issue_id, []).append((invoice, zone))
    return found


def _invoice(invoice: Invoice, zone: str, now: datetime) -> dict[str, object]:
    how = shown(invoice, today=civil_day(now, zone))
    due = invoice.due_on.isoformat() if invoice.due_on else None
    return {"number": invoice.number, "state": how.state, "due": due, "bucket": how.bucket.value}


def _unbilled_hours(session: TenantSession, issue_ids: Sequence[str]) -> dict[str, float]:
    """Hours logged and not claimed by a live line, with two decimals: a figure to search by, never one to bill."""
    # By worklog, not by issue: a billed worklog that was moved to another issue is billed there as well.
    claimed = exists().where(
        WorklogClaim.tenant_id == Worklog.tenant_id,
        WorklogClaim.worklog_id == Worklog.id,
        WorklogClaim.released_at.is_(None),
    )
    query = (
        select(Worklog.issue_id, func.sum(Worklog.seconds))
        .where(Worklog.issue_id.in_(issue_ids), Worklog.gone_at.is_(None), Worklog.missing_since.is_(None), ~claimed)
        .group_by(Worklog.issue_id)
    )
    return {issue_id: _hours(int(seconds)) for issue_id, seconds in session.execute(query)}


def _hours(seconds: int) -> float:
    return float((Decimal(seconds) / 3600).quantize(Decimal("0.01"), ROUND_HALF_UP))
