"""Carries out what is due: asks the planner for every open invoice of a client, then makes mails and tasks of it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime

from sqlalchemy import or_, select

from plugin.domain.reminders.consolidate import Member, MessageProposal, TaskProposal, propose
from plugin.domain.reminders.facts import InvoiceFacts
from plugin.domain.reminders.policy import Channel
from plugin.domain.reminders.timeline import Entry
from plugin.services.follow_ups.add_mail import NewMember, add_mail
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.members import has_mail
from plugin.services.follow_ups.messages import MessageIds, MessageKind
from plugin.services.follow_ups.open_task import open_task
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.step_effects import add_step_effect
from plugin.services.follow_ups.undo import leaves_at
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice

REFUSED_BEFORE = "The mail server refused this mail before; send it again by hand once the address is right."
WAITING = ("planned", "deferred", "held")


def run_due_steps(
    writing: Callable[[], AbstractContextManager[TenantSession]],
    step_ids: Sequence[str],
    *,
    now: datetime,
    message_ids: MessageIds,
) -> list[str]:
    """Plans what these steps belong to, one client a transaction, and gives the ids of the mail effects it made.

    A client's row is locked while its day is put together, so two workers never compose the same mail twice.
    """
    with writing() as session:
        named = session.execute(
            select(Invoice.client_id, Invoice.id)
            .join(PlannedStep, (PlannedStep.tenant_id == Invoice.tenant_id) & (PlannedStep.invoice_id == Invoice.id))
            .where(PlannedStep.id.in_(list(step_ids)))
            .distinct()
        ).all()
    effects: list[str] = []
    for client_id in sorted({client_id for client_id, _ in named}):
        invoice_ids = [invoice_id for of_client, invoice_id in named if of_client == client_id]
        with writing() as session:
            effects.extend(follow_up_client(session, client_id, invoice_ids, now=now, message_ids=message_ids))
    return effects


def follow_up_client(
    session: TenantSession, client_id: str, invoice_ids: Sequence[str], *, now: datetime, message_ids: MessageIds
) -> list[str]:
    """One client's day: plans its open invoices, composes one mail a currency and recipient, opens tasks.

    A step that leaves by a channel of its own becomes an effect.

    ``invoice_ids`` are planned in any case: the tick has pushed on what woke them, so their rows do not tell it.
    """
    client = session.scalars(select(Client).where(Client.id == client_id).with_for_update(key_share=True)).one()
    today = client_today(client, now)
    due: list[tuple[InvoiceFacts, Entry]] = []
    invoices: dict[str, Invoice] = {}
    for invoice in _invoices_to_look_at(session, client_id, invoice_ids, today=today, now=now):
        asked, timeline = replan(session, invoice, now=now)
        invoices[invoice.id] = invoice
        due.extend((asked.facts, entry) for entry in timeline.due if _is_free(session, entry))
    alone = [_hand_over(session, entry, now=now) for _, entry in due if entry.channel.is_effect]
    proposals = propose([(facts, entry) for facts, entry in due if not entry.channel.is_effect], today)
    for task in proposals.tasks:
        _open(session, task, invoices, today=today, now=now)
    composed = [_compose(session, client, each, now=now, message_ids=message_ids) for each in proposals.messages]
    for _, entry in due:
        if entry.channel is Channel.EMAIL:
            _end_unsendable(session, entry)
    return [*alone, *(effect_id for effect_id in composed if effect_id is not None)]


def _invoices_to_look_at(
    session: TenantSession, client_id: str, invoice_ids: Sequence[str], *, today: date, now: datetime
) -> list[Invoice]:
    """The client's invoices that were named, and those with a step whose day or instant has come.

    A settled one comes along to have its steps cancelled.
    """
    due = or_(PlannedStep.planned_on <= today, PlannedStep.next_at <= now, PlannedStep.requested)
    waiting = (
        select(PlannedStep.invoice_id)
        .where(
            PlannedStep.tenant_id == session.tenant_id,
            PlannedStep.state.in_(WAITING),
            PlannedStep.message_row_id.is_(None),
            PlannedStep.effect_id.is_(None),
            or_(due, PlannedStep.invoice_id.in_(list(invoice_ids))),
        )
        .scalar_subquery()
    )
    query = (
        select(Invoice)
        .where(Invoice.client_id == client_id, Invoice.issued_on.is_not(None), Invoice.id.in_(waiting))
        .order_by(Invoice.id)
        .with_for_update(key_share=True)
    )
    return list(session.scalars(query))


def _is_free(session: TenantSession, entry: Entry) -> bool:
    """A step that a message or an effect carries already stays with it; the gate judges it there."""
    step = _step(session, entry)
    return step.message_row_id is None and step.effect_id is None


def _hand_over(session: TenantSession, entry: Entry, *, now: datetime) -> str:
    return add_step_effect(session, _step(session, entry), entry, now=now)


def _step(session: TenantSession, entry: Entry) -> PlannedStep:
    return session.scalars(
        select(PlannedStep).where(
            PlannedStep.invoice_id == entry.invoice_id,
            PlannedStep.step_key == entry.key,
            PlannedStep.occurrence == entry.occurrence,
        )
    ).one()


def _open(
    session: TenantSession, task: TaskProposal, invoices: dict[str, Invoice], *, today: date, now: datetime
) -> None:
    step = _step(session, task.member.entry)
    step.deadline_on = task.member.entry.deadline
    invoice = invoices[task.member.invoice_id]
    open_task(session, invoice, step, today=today, now=now)
    replan(session, invoice, now=now)


def _compose(
    session: TenantSession, client: Client, proposal: MessageProposal, *, now: datetime, message_ids: MessageIds
) -> str | None:
    """The id of the mail's effect; None where the recipient has a mail about each of these steps already (I1)."""
    members = [each for each in proposal.members if not has_mail(session, *each.ref, to=proposal.recipient.address)]
    if not members:
        return None
    steps = [_step(session, member.entry) for member in members]
    message, effect = add_mail(
        session,
        kind=MessageKind.FOLLOW_UP,
        client=client,
        currency=proposal.currency,
        day=proposal.day,
        recipient=proposal.recipient.address,
        template=proposal.template,
        tone=proposal.tone.value,
        members=[_new_member(member, step) for member, step in zip(members, steps, strict=True)],
        message_ids=message_ids,
        now=now,
        leaves_at=leaves_at(session, client, steps, now=now),
    )
    for member, step in zip(members, steps, strict=True):
        step.message_row_id, step.next_at = message.id, None
        step.state, step.deadline_on = "planned", member.entry.deadline
    session.flush()
    return effect.id


def _end_unsendable(session: TenantSession, entry: Entry) -> None:
    """Every recipient's mail about this step was refused before: it ends, so that it is not planned for ever."""
    step = _step(session, entry)
    if step.message_row_id is None:
        step.state, step.next_at, step.reason_code, step.reason = "failed", None, "failed", REFUSED_BEFORE
        session.flush()


def _new_member(member: Member, step: PlannedStep) -> NewMember:
    return NewMember(
        invoice_id=member.invoice_id,
        step_key=member.entry.key,
        occurrence=member.entry.occurrence,
        amount_minor=member.amount.minor,
        words_id=step.words_id,
    )
