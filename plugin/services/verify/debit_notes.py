"""I6 and I7 for debit notes: frozen, as issued by the audit chain, and no day claimed twice."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sqlalchemy import select

from plugin.domain.documents.snapshot import from_snapshot, snapshot_sha256
from plugin.services.late_payment.noted import CANCELLED, PAID
from plugin.services.verify.finding import VerifyFinding
from plugin.store.session import TenantSession
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.law import DebitNote, DebitNoteDocument


def debit_note_findings(session: TenantSession) -> Iterator[VerifyFinding]:
    """Looks at every note with its document, and at those of one invoice together."""
    issued = select(AuditRow).where(AuditRow.action == "debit_note.issued")
    audited = {row.subject: (row.after or {}).get("sha256") for row in session.scalars(issued)}
    standing: dict[str, list[DebitNote]] = defaultdict(list)
    for note in session.scalars(select(DebitNote).order_by(DebitNote.invoice_id, DebitNote.place)):
        yield from _frozen(note, audited.get(note.id))
        if (note.state == PAID) != (note.paid_on is not None):
            yield VerifyFinding("I7", f"{note.number}: it is {note.state}, and its day of payment says otherwise.")
        if note.state != CANCELLED:
            standing[note.invoice_id].append(note)
    for notes in standing.values():
        yield from _together(notes)
    for document in session.scalars(select(DebitNoteDocument)):
        if hashlib.sha256(document.body).hexdigest() != document.sha256:
            yield VerifyFinding("I6", f"Document {document.file_name} is not byte for byte what was stored.")


def _frozen(note: DebitNote, audited: object) -> Iterator[VerifyFinding]:
    if audited != note.snapshot_sha256:
        yield VerifyFinding("I6", f"{note.number}: the audit chain has another snapshot for its issue.")
    if snapshot_sha256(note.snapshot) != note.snapshot_sha256:
        yield VerifyFinding("I6", f"{note.number}: the frozen snapshot is not what was issued.")
        return
    frozen = from_snapshot(note.snapshot)
    on_paper = (frozen.number, frozen.issue_date, frozen.due_date, frozen.totals.gross_minor)
    if on_paper != (note.number, note.issued_on, note.due_on, note.interest_minor + note.fixed_sum_minor):
        yield VerifyFinding("I6", f"{note.number}: number, dates or total differ from the document that was issued.")


def _together(notes: Sequence[DebitNote]) -> Iterator[VerifyFinding]:
    for one, two in pairwise(notes):
        if two.until < one.until:
            yield VerifyFinding("I7", f"{two.number} claims days that {one.number} claims already.")
