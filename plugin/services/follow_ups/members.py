"""The rows a message is about, loaded together: members, their invoices, their steps."""

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Invoice


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One invoice and step that a message speaks of. The mail that brings an invoice, and a receipt, have no step."""

    row: MessageMember
    invoice: Invoice
    step: PlannedStep | None


_MEMBERS = (
    select(MessageMember, Invoice, PlannedStep)
    .join(Invoice, (Invoice.tenant_id == MessageMember.tenant_id) & (Invoice.id == MessageMember.invoice_id))
    .outerjoin(
        PlannedStep,
        (PlannedStep.tenant_id == MessageMember.tenant_id)
        & (PlannedStep.invoice_id == MessageMember.invoice_id)
        & (PlannedStep.step_key == MessageMember.step_key)
        & (PlannedStep.occurrence == MessageMember.occurrence),
    )
    .where(MessageMember.message_row_id == bindparam("message"))
    .order_by(Invoice.due_on, Invoice.number, Invoice.id)
)


def members_of(session: TenantSession, message: Message) -> list[Member]:
    """All members of a message, in the order of their invoices' due dates and numbers."""
    return [
        Member(row=row, invoice=invoice, step=step)
        for row, invoice, step in session.execute(_MEMBERS, {"message": message.id})
    ]


def has_mail(session: TenantSession, invoice_id: str, step_key: str, occurrence: int, *, to: str) -> bool:
    """Whether a mail about this step was made for an address before, and not called off (I1)."""
    known = select(MessageMember.id).where(
        MessageMember.invoice_id == invoice_id,
        MessageMember.step_key == step_key,
        MessageMember.occurrence == occurrence,
        func.lower(MessageMember.recipient) == to.lower(),
    )
    return session.scalars(known).first() is not None
