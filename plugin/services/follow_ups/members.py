"""The rows a message is about, loaded together: members, their invoices, their steps."""

from dataclasses import dataclass

from sqlalchemy import select

from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.outbox import Effect

CARRYING = ("planned", "claimed", "sending", "deferred", "unknown", "verify", "parked", "sent")


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """One invoice and step that a message speaks of. The mail that brings an invoice, and a receipt, have no step."""

    row: MessageMember
    invoice: Invoice
    step: PlannedStep | None


def members_of(session: TenantSession, message: Message) -> list[Member]:
    """All members of a message, in the order of their invoices' due dates and numbers."""
    query = (
        select(MessageMember, Invoice, PlannedStep)
        .join(Invoice, (Invoice.tenant_id == MessageMember.tenant_id) & (Invoice.id == MessageMember.invoice_id))
        .outerjoin(
            PlannedStep,
            (PlannedStep.tenant_id == MessageMember.tenant_id)
            & (PlannedStep.invoice_id == MessageMember.invoice_id)
            & (PlannedStep.step_key == MessageMember.step_key)
            & (PlannedStep.occurrence == MessageMember.occurrence),
        )
        .where(MessageMember.message_row_id == message.id)
        .order_by(Invoice.due_on, Invoice.number, Invoice.id)
    )
    return [Member(row=row, invoice=invoice, step=step) for row, invoice, step in session.execute(query)]


def hand_to_other_mail(session: TenantSession, member: Member) -> bool:
    """Lets another recipient's mail about the same step speak for the step; False where there is none.

    A step with several recipients is several mails. The step stands for the first that was accepted, and until then for
    any that is on its way.
    """
    row = member.row
    query = (
        select(MessageMember.message_row_id, Effect.state)
        .join(
            Effect, (Effect.tenant_id == MessageMember.tenant_id) & (Effect.subject_id == MessageMember.message_row_id)
        )
        .where(
            MessageMember.invoice_id == row.invoice_id,
            MessageMember.step_key == row.step_key,
            MessageMember.occurrence == row.occurrence,
            MessageMember.message_row_id != row.message_row_id,
            Effect.kind == "mail",
            Effect.state.in_(CARRYING),
        )
        .order_by(MessageMember.recipient)
    )
    other = session.execute(query).first()
    if other is None or member.step is None:
        return False
    member.step.message_row_id, member.step.state, member.step.next_at = other[0], other[1], None
    return True
