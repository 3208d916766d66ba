"""I5 to I7: claims, frozen documents, and sums that agree on paper."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from plugin.domain.billing.lines import amount_for
from plugin.domain.billing.rounding import HUNDREDTH_HOUR
from plugin.domain.documents.snapshot import from_snapshot, snapshot_sha256
from plugin.services.billing.document import billed_totals
from plugin.services.payments.ledger import ledger_of
from plugin.services.verify.finding import VerifyFinding
from plugin.store.session import TenantSession
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.invoices import Document, Invoice, InvoiceLine, WorklogClaim


def billing_findings(session: TenantSession) -> Iterator[VerifyFinding]:
    """Looks at every invoice with its lines, claims and documents."""
    lines: dict[str, list[InvoiceLine]] = defaultdict(list)
    for line in session.scalars(select(InvoiceLine).order_by(InvoiceLine.position)):
        lines[line.invoice_id].append(line)
    billed, audited = dict(_billed_seconds(session)), dict(_audited_hashes(session))
    for invoice in session.scalars(select(Invoice).order_by(Invoice.id)):
        name = invoice.number or f"draft {invoice.id}"
        yield from _sums(invoice, lines[invoice.id], name)
        yield from _claims(lines[invoice.id], billed, name)
        if invoice.issued_on is not None:
            yield from _frozen(invoice, audited.get(invoice.id), name)
            if ledger_of(session, invoice).balance.minor != invoice.balance_minor:
                yield VerifyFinding("I7", f"{name}: the balance does not follow from its payments.")
    yield from _doubles(session)
    yield from _documents(session)


def _sums(invoice: Invoice, lines: Sequence[InvoiceLine], name: str) -> Iterator[VerifyFinding]:
    for line in lines:
        if amount_for(line.quantity_hundredths, line.unit_price_minor) != line.amount_minor:
            yield VerifyFinding("I7", f"{name}, line {line.position}: quantity x price is not the amount.")
    totals = billed_totals(lines)
    if (totals.net, totals.tax, totals.gross) != (invoice.net_minor, invoice.tax_minor, invoice.gross_minor):
        yield VerifyFinding("I7", f"{name}: net, tax or gross do not follow from its lines.")


def _claims(lines: Sequence[InvoiceLine], billed: dict[str, int], name: str) -> Iterator[VerifyFinding]:
    for line in lines:
        if line.unit == "HUR" and billed.get(line.id, 0) != line.quantity_hundredths * HUNDREDTH_HOUR:
            yield VerifyFinding("I5", f"{name}, line {line.position}: its worklogs do not add up to its hours.")


def _billed_seconds(session: TenantSession) -> Iterator[tuple[str, int]]:
    query = (
        select(WorklogClaim.line_id, func.sum(WorklogClaim.seconds_billed))
        .where(WorklogClaim.tenant_id == session.tenant_id)
        .group_by(WorklogClaim.line_id)
    )
    for line_id, seconds in session.execute(query):
        yield line_id, int(seconds)


def _audited_hashes(session: TenantSession) -> Iterator[tuple[str, object]]:
    """What the audit chain says was issued: whoever edits a snapshot and its hash has not edited the chain."""
    for row in session.scalars(select(AuditRow).where(AuditRow.action == "invoice.issued")):
        yield row.subject, (row.after or {}).get("sha256")


def _frozen(invoice: Invoice, audited: object, name: str) -> Iterator[VerifyFinding]:
    if audited != invoice.snapshot_sha256:
        yield VerifyFinding("I6", f"{name}: the audit chain has another snapshot for its issue.")
    if invoice.snapshot is None or snapshot_sha256(invoice.snapshot) != invoice.snapshot_sha256:
        yield VerifyFinding("I6", f"{name}: the frozen snapshot is not what was issued.")
        return
    frozen = from_snapshot(invoice.snapshot)
    on_paper = (frozen.number, frozen.issue_date, frozen.due_date, frozen.totals.gross_minor)
    if on_paper != (invoice.number, invoice.issued_on, invoice.due_on, invoice.gross_minor):
        yield VerifyFinding("I6", f"{name}: number, dates or total differ from the document that was issued.")


def _doubles(session: TenantSession) -> Iterator[VerifyFinding]:
    query = (
        select(WorklogClaim.worklog_id, func.count())
        .where(WorklogClaim.tenant_id == session.tenant_id, WorklogClaim.released_at.is_(None))
        .group_by(WorklogClaim.worklog_id)
        .having(func.count() > 1)
    )
    for worklog_id, count in session.execute(query):
        yield VerifyFinding("I5", f"Worklog {worklog_id} is claimed {count} times.")


def _documents(session: TenantSession) -> Iterator[VerifyFinding]:
    for document in session.scalars(select(Document)):
        if hashlib.sha256(document.body).hexdigest() != document.sha256:
            yield VerifyFinding("I6", f"Document {document.file_name} is not byte for byte what was stored.")
