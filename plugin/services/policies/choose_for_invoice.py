"""A policy is chosen on an issued invoice itself: it moves there at once, as it was shown before, and stays there."""

from datetime import datetime

from plugin.domain.errors import Conflict
from plugin.domain.reminders.policy_move import InvoiceMove
from plugin.services.billing.lookup import invoice_of
from plugin.services.policies.move_invoices import move_invoices, preview_move
from plugin.services.policies.resolution import audit_choice
from plugin.services.policies.versions import published_version
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyVersion


def look_at_choice(
    session: TenantSession, invoice: Invoice, policy_id: str, *, now: datetime
) -> tuple[PolicyVersion, InvoiceMove]:
    """What the newest version of a policy would change for an open invoice. Stores nothing."""
    target = published_version(session, policy_id)
    if invoice.policy_version_id is None:
        raise Conflict("This invoice is a draft; choose its policy there, and it counts from its issue.")
    (move,) = preview_move(session, [invoice], target, now=now)
    return target, move


def choose_for_issued(
    session: TenantSession, invoice_id: str, policy_id: str, *, seen: str, now: datetime, actor: str
) -> InvoiceMove:
    """Moves the invoice to the policy's newest version and remembers that it was chosen on it.

    ``seen``: the seal of what was shown. Raises Conflict when it would be something else by now.
    """
    invoice = invoice_of(session, invoice_id, lock=True)
    target, _ = look_at_choice(session, invoice, policy_id, now=now)
    (move,) = move_invoices(session, [invoice], target, seen=seen, now=now, actor=actor)
    before, invoice.policy_id = invoice.policy_id, policy_id
    audit_choice(session, f"invoice:{invoice.id}", before, policy_id, now=now, actor=actor)
    return move
