"""Whether money came in between the gate and the body of a mail that could not be held back any more (F53)."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

GATE = "gate"
"""The kind of evidence that holds the open balances as they stood when the gate was passed."""

_MEMBERS = select(MessageMember.invoice_id).where(MessageMember.message_row_id == bindparam("message"))
_BALANCES = select(Invoice.id, Invoice.balance_minor).where(Invoice.id.in_(_MEMBERS))
_BALANCES_AND_EVIDENCE = (
    select(Invoice.id, Invoice.balance_minor, Effect.evidence)
    .join(Effect, (Effect.tenant_id == Invoice.tenant_id) & (Effect.id == bindparam("effect")))
    .where(Invoice.id.in_(_MEMBERS))
)


def open_balances(session: TenantSession, message: Message) -> dict[str, int]:
    """The balance of each invoice of a message, in minor units, by invoice id. Call it with the invoices locked."""
    return dict(session.execute(_BALANCES, {"message": message.id}).all())


def has_crossed(session: TenantSession, message: Message, effect_id: str) -> bool:
    """Whether less is open now than when the gate was passed. A payment is seen either by that gate or here."""
    asked = {"message": message.id, "effect": effect_id}
    for invoice_id, balance, entries in session.execute(_BALANCES_AND_EVIDENCE, asked):
        gates = [entry for entry in entries if entry.get("kind") == GATE]
        then = gates[-1].get("open_minor") if gates else None
        if isinstance(then, Mapping) and balance < then.get(invoice_id, 0):
            return True
    return False
