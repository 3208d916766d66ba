"""An address that a server refused, or that bounced, works again: a person or a server that takes mail says so."""

from datetime import datetime

from sqlalchemy import func, select, update

from plugin.domain.errors import Conflict
from plugin.services.follow_ups.wake import wake_follow_ups
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.invoices import Invoice


def address_works(session: TenantSession, client_id: str, address: str, *, now: datetime, actor: str) -> None:
    """A person has seen to it that mail arrives there. Raises Conflict where it is not marked (any more).

    The address itself stays out of the audit chain: it is personal.
    """
    session.execute(select(Client.id).where(Client.id == client_id).with_for_update(key_share=True))
    if not forget_failure(session, client_id, address, now=now):
        raise Conflict("No address like that is marked as failed at this client (any more); reload the page.")
    record_audit(session, actor=actor, action="client.address_works", subject=client_id, now=now)


def forget_failure(session: TenantSession, client_id: str, address: str, *, now: datetime) -> bool:
    """Takes the mark off and has the client's open invoices planned anew; False where there was none."""
    marked = (
        update(Contact)
        .where(
            Contact.tenant_id == session.tenant_id,
            Contact.client_id == client_id,
            func.lower(Contact.email) == address.strip().lower(),
            Contact.failed_reason != "",
        )
        .values(failed_reason="")
        .returning(Contact.id)
        .execution_options(synchronize_session="fetch")
    )
    if not session.execute(marked).all():
        return False
    wake_follow_ups(session, Invoice.client_id == client_id, now=now)
    return True
