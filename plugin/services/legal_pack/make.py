"""Makes the pack of one invoice, for those who may have it: after the final notice, and with two people's word."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.legal import HAND_OVER, require_final_deadline_over
from plugin.services.legal_pack.archive import archive
from plugin.services.legal_pack.contents import documents, history, interest, mails, statement
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import Task


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalPack:
    """The finished archive."""

    file_name: str
    content: bytes


def is_approved(session: TenantSession, invoice_id: str) -> bool:
    """Whether handing over was proposed by one person and approved by another."""
    approved = select(Task.id).where(Task.invoice_id == invoice_id, Task.outcome == HAND_OVER, Task.approved_by != "")
    return session.scalars(approved.limit(1)).first() is not None


def legal_pack(session: TenantSession, invoice_id: str, *, today: date, now: datetime, actor: str) -> LegalPack:
    """The archive as things stand on ``today``, the client's civil day; the same rows and day give the same bytes.

    Raises Conflict before the final notice's deadline is over and while nobody has approved handing over.
    """
    invoice = invoice_of(session, invoice_id)
    require_final_deadline_over(session, invoice.id, today=today)
    if not is_approved(session, invoice.id):
        raise Conflict("The pack is for a lawyer: handing over has to be proposed and approved first.")
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    files = {
        "statement.csv": statement(session, invoice),
        "history.csv": history(session, invoice.id),
        "interest.txt": interest(session, invoice, day=today),
        **documents(session, invoice.id),
        **mails(session, invoice.id),
    }
    facts: dict[str, object] = {
        "invoice": invoice.number,
        "client": client.name,
        "issued_on": str(invoice.issued_on),
        "due_on": str(invoice.due_on),
        "balance_minor": invoice.balance_minor,
        "currency": invoice.currency,
        "as_of": today.isoformat(),
    }
    record_audit(session, actor=actor, action="legal.pack", subject=invoice.id, now=now, after={"files": len(files)})
    return LegalPack(file_name=f"{invoice.number}-legal-pack.zip", content=archive(files, facts))
