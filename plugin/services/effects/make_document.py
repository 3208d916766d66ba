"""Makes the PDF of an issued invoice from its frozen snapshot and stores it once: the same bytes for ever (I6)."""

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

PDF = "pdf"


def make_document(attempt: Attempt) -> None:
    """Carries out a claimed effect of kind document. Raises Permanent where the snapshot is broken."""
    with attempt.runtime.reading(attempt.tenant_id) as session:
        invoice = session.get_one(Invoice, (attempt.tenant_id, attempt.held.subject_id))
        made = _stored(session, invoice.id)
    rendered = None if made else _render(attempt, invoice)
    crash_point("document_rendered", invoice.id)
    attempt.keep(lambda session: _store(session, attempt, rendered))


def _render(attempt: Attempt, invoice: Invoice) -> RenderedDocument:
    if invoice.snapshot is None or snapshot_sha256(invoice.snapshot) != invoice.snapshot_sha256:
        raise Permanent(
            f"The frozen content of invoice {invoice.number} does not match its hash; restore it from a backup."
        )
    return attempt.runtime.renderer.render(from_snapshot(invoice.snapshot))


def _store(session: TenantSession, attempt: Attempt, rendered: RenderedDocument | None) -> None:
    now = attempt.now()
    if not moves.finish(session, attempt.held, to="sent", now=now):
        outcomes.late(session, attempt, attempt.entry("document", stored=False))
        return
    if rendered is not None and not _stored(session, attempt.held.subject_id):
        session.add(
            Document(
                id=new_id(),
                invoice_id=attempt.held.subject_id,
                kind=PDF,
                file_name=rendered.file_name,
                media_type=rendered.media_type,
                body=rendered.content,
                sha256=rendered.sha256,
                made_at=now,
            )
        )
        session.flush()
    moves.release_dependents(session, attempt.held.effect_id, now=now)


def _stored(session: TenantSession, invoice_id: str) -> bool:
    query = select(Document.id).where(Document.invoice_id == invoice_id, Document.kind == PDF)
    return session.scalars(query).first() is not None
