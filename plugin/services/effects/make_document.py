"""Makes the PDF of what was issued from its frozen snapshot and stores it once: the same bytes for ever (I6)."""

from sqlalchemy import select

from plugin.crash_points import crash_point
from plugin.domain.documents.snapshot import from_snapshot, snapshot_sha256
from plugin.domain.errors import Permanent
from plugin.services.effects import outcomes
from plugin.services.effects.attempt import Attempt
from plugin.services.renderer import RenderedDocument
from plugin.store import effects as moves
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Document, Invoice
from plugin.store.tables.law import DebitNote, DebitNoteDocument

PDF = "pdf"


def make_document(attempt: Attempt) -> None:
    """Carries out a claimed effect of kind document. Raises Permanent where the snapshot is broken."""
    with attempt.runtime.reading(attempt.tenant_id) as session:
        issued = _issued(session, attempt.held.subject_id)
        made = _stored(session, issued.id)
    rendered = None if made else _render(attempt, issued)
    crash_point("document_rendered", issued.id)
    attempt.keep(lambda session: _store(session, attempt, rendered))


def _issued(session: TenantSession, subject_id: str) -> Invoice | DebitNote:
    """What the effect is about: ids are random, so no note has that of an invoice."""
    note = session.get(DebitNote, (session.tenant_id, subject_id))
    return note if note is not None else session.get_one(Invoice, (session.tenant_id, subject_id))


def _render(attempt: Attempt, issued: Invoice | DebitNote) -> RenderedDocument:
    if issued.snapshot is None or snapshot_sha256(issued.snapshot) != issued.snapshot_sha256:
        raise Permanent(f"The frozen content of {issued.number} does not match its hash; restore it from a backup.")
    return attempt.runtime.renderer.render(from_snapshot(issued.snapshot))


def _store(session: TenantSession, attempt: Attempt, rendered: RenderedDocument | None) -> None:
    now = attempt.now()
    if not moves.finish(session, attempt.held, to="sent", now=now):
        outcomes.late(session, attempt, attempt.entry("document", stored=False))
        return
    if rendered is not None and not _stored(session, attempt.held.subject_id):
        row = _row(session, attempt.held.subject_id)
        row.file_name, row.media_type, row.body = rendered.file_name, rendered.media_type, rendered.content
        row.sha256, row.made_at = rendered.sha256, now
        session.add(row)
        session.flush()
    moves.release_dependents(session, attempt.held.effect_id, now=now)


def _row(session: TenantSession, subject_id: str) -> Document | DebitNoteDocument:
    if isinstance(_issued(session, subject_id), DebitNote):
        return DebitNoteDocument(note_id=subject_id)
    return Document(id=new_id(), invoice_id=subject_id, kind=PDF)


def _stored(session: TenantSession, subject_id: str) -> bool:
    of_invoice = select(Document.id).where(Document.invoice_id == subject_id, Document.kind == PDF)
    of_note = select(DebitNoteDocument.note_id).where(DebitNoteDocument.note_id == subject_id)
    return any(session.scalars(query).first() is not None for query in (of_invoice, of_note))
