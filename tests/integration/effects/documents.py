"""A renderer that counts, and an invoice whose document is due."""

import hashlib
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update

from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import InvoiceDocument
from plugin.domain.documents.snapshot import snapshot_sha256, to_snapshot
from plugin.services.renderer import RenderedDocument
from plugin.store.outbox import add_effect
from plugin.store.tables.invoices import Document, Invoice
from tests.samples.documents import invoice as sample_invoice
from tests.support.delivery import NOW, DeliveryWorld


@dataclass
class CountingRenderer:
    """Makes another file each time, so that a second rendering would show."""

    rendered: list[InvoiceDocument] = field(default_factory=list)
    problem: Exception | None = None

    def check(self, document: InvoiceDocument) -> list[Finding]:
        return []

    def render(self, document: InvoiceDocument) -> RenderedDocument:
        if self.problem is not None:
            raise self.problem
        self.rendered.append(document)
        content = b"%PDF " + str(len(self.rendered)).encode()
        digest = hashlib.sha256(content).hexdigest()
        return RenderedDocument(content=content, sha256=digest, media_type="application/pdf", file_name="a.pdf")


def add_document(world: DeliveryWorld) -> str:
    snapshot = to_snapshot(sample_invoice())
    with world.writing(world.tenant_id) as session:
        session.execute(delete(Document))
        session.execute(update(Invoice).values(snapshot=snapshot, snapshot_sha256=snapshot_sha256(snapshot)))
        return add_effect(session, kind="document", key="document", subject_id="invoice-one", now=NOW).id


def stored(world: DeliveryWorld) -> list[bytes]:
    with world.reading(world.tenant_id) as session:
        return list(session.scalars(select(Document.body)))
