"""Puts a message into words: gathers what it is about and hands it to the texts of the client's language."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlalchemy import select

from plugin.domain.money import Money, total
from plugin.services.answers.mail_links import MailLinks
from plugin.services.currencies import currency_of
from plugin.services.debit_notes.mail import note_files, note_values
from plugin.services.effects.mail_channel import Attachment, MailParts
from plugin.services.effects.ports import RenderedMail
from plugin.services.follow_ups.asked import asked_of, claims_of, instalment_alone, instalment_asked, promised_on
from plugin.services.follow_ups.attach import PrintLetter, attachments_of
from plugin.services.follow_ups.content_hash import content_hash
from plugin.services.follow_ups.members import Member, members_of
from plugin.services.follow_ups.messages import MessageKind
from plugin.services.follow_ups.standing import counted_due_days, stage_of, was_reminded
from plugin.services.inbound.addresses import reply_address
from plugin.services.own_words.speaking import source_of
from plugin.services.payments.ledger import ledger_of
from plugin.services.statements.account import account_of
from plugin.services.texts.from_rows import invoice_values, seller_values
from plugin.services.texts.mail import write
from plugin.services.texts.values import InvoiceValues, Link, MailValues
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.follow_ups import Message, MessageMember
from plugin.store.tables.invoices import Invoice

WITHOUT_DOCUMENTS = (MessageKind.RECEIPT, MessageKind.STATEMENT)


def render_message(
    session: TenantSession, message: Message, links: MailLinks, *, print_letter: PrintLetter
) -> RenderedMail:
    """The mail with its attachments and the hash of what it says. Transient while a document is not rendered yet."""
    members = members_of(session, message)
    # Before the words: what changes while they are written makes the hash an old one, and the gate turns them away.
    says = content_hash(session, message, members)
    company = session.get_one(CompanyProfile, session.tenant_id)
    mail = session.get_one(MailSettings, session.tenant_id)
    values = replace(mail_values(session, message, members), links=_links(message, members, links))
    written = write(source_of(session, message, members), message.language, values)
    parts = MailParts(
        from_name=mail.from_name or company.name,
        from_address=mail.from_address or company.email,
        reply_to=reply_address(mail.reply_to, message.message_id),
        recipient=message.recipient,
        subject=written.subject,
        text=written.text,
        html=written.html,
        attachments=_files(session, message, members, print_letter),
        in_reply_to=_first_mail(session, message, members),
    )
    return RenderedMail(parts=parts, content_hash=says)


def mail_values(session: TenantSession, message: Message, members: list[Member]) -> MailValues:
    """What a mail speaks of, as it stands now; without links."""
    company = session.get_one(CompanyProfile, session.tenant_id)
    client = session.get_one(Client, (session.tenant_id, message.client_id))
    currency = currency_of(message.currency)
    due = counted_due_days(session, (member.invoice for member in members), client)
    asked, beside = _asked_and_beside(session, message, members, due)
    lead = asked[0]
    invoices = _invoices(session, message, asked)
    note = note_values(session, lead.row) if message.kind == MessageKind.DEBIT_NOTE else None
    deadlines = [member.step.deadline_on for member in asked if member.step and member.step.deadline_on]
    return MailValues(
        client_name=client.name,
        contact_name=_contact_name(session, client.id, message.recipient),
        invoices=invoices,
        beside=_invoices(session, message, beside),
        reminded=all(
            was_reminded(session, member.invoice, due[member.invoice.id], but_for=member.step.id if member.step else "")
            for member in asked
        ),
        total_due=total((invoice.amount_due for invoice in invoices), currency),
        deadline=max(deadlines) if deadlines else None,
        received=_received(message, members),
        day=message.day,
        tone=message.tone,
        seller=seller_values(company),
        claims=claims_of(session, asked, day=message.day),
        promised_on=_promised_on(session, asked),
        instalment=instalment_asked(session, lead, day=message.day),
        statement=account_of(session, message) if message.kind == MessageKind.STATEMENT else None,
        note=note,
        reference=note.number if note else "",
    )


def _promised_on(session: TenantSession, asked: list[Member]) -> date | None:
    """The promised day where it is the same for all that the words are about."""
    days = {promised_on(session, member.invoice) for member in asked}
    return days.pop() if len(days) == 1 else None


def _files(
    session: TenantSession, message: Message, members: list[Member], print_letter: PrintLetter
) -> tuple[Attachment, ...]:
    if message.kind in WITHOUT_DOCUMENTS:
        return ()
    if message.kind == MessageKind.DEBIT_NOTE:
        return note_files(session, members[0].row)
    return attachments_of(session, message, members, print_letter=print_letter)


def _links(message: Message, members: list[Member], links: MailLinks) -> tuple[Link, ...]:
    return links.for_message(message, [member.invoice.id for member in members])


def _asked_and_beside(
    session: TenantSession, message: Message, members: list[Member], due: Mapping[str, date | None]
) -> tuple[list[Member], list[Member]]:
    """What the words of the mail are about, and what only comes along: no invoice is demanded before it is due.

    A statement demands nothing: it lists all of them alike.
    """
    if message.kind == MessageKind.STATEMENT:
        return members, []
    staged = [(stage_of(session, member, due[member.invoice.id], day=message.day), member) for member in members]
    furthest = max(stage for stage, _ in staged)
    asked = [member for stage, member in staged if stage is furthest]
    return asked, [member for stage, member in staged if stage is not furthest]


def _invoices(session: TenantSession, message: Message, members: list[Member]) -> tuple[InvoiceValues, ...]:
    return tuple(_invoice(session, member, day=message.day) for member in _each_invoice_once(members))


def _invoice(session: TenantSession, member: Member, *, day: date) -> InvoiceValues:
    """What is asked for of an instalment is due on its own day; the invoice itself keeps its due date."""
    credited = _credited(session, member.invoice)
    values = invoice_values(member.invoice, amount_due=asked_of(session, member), day=day, credited_minor=credited)
    part = instalment_alone(session, member, day=day)
    return values if part is None else replace(values, due_on=part.due_on, days_late=part.days_late)


def _credited(session: TenantSession, invoice: Invoice) -> int:
    """Credit notes, in minor units; most invoices have no entry at all."""
    return ledger_of(session, invoice).credited.minor if invoice.balance_minor != invoice.gross_minor else 0


def _each_invoice_once(members: list[Member]) -> list[Member]:
    """Two steps of one invoice meet in a mail where a person asked for one of them; the money is owed once."""
    return list({member.invoice.id: member for member in members}.values())


def _received(message: Message, members: list[Member]) -> Money | None:
    """The payment that a receipt confirms: its member holds the amount."""
    if message.kind != MessageKind.RECEIPT or not members:
        return None
    return Money(members[0].row.amount_minor, currency_of(message.currency))


def _contact_name(session: TenantSession, client_id: str, address: str) -> str:
    query = select(Contact.name).where(Contact.client_id == client_id, Contact.email == address)
    return session.scalars(query.order_by(Contact.id)).first() or ""


def _first_mail(session: TenantSession, message: Message, members: list[Member]) -> str:
    """The Message-ID of the mail that brought the first invoice, so that mail programs thread them (L51)."""
    if message.kind in (MessageKind.INVOICE, MessageKind.STATEMENT) or not members:
        return ""
    query = (
        select(Message.message_id)
        .join(
            MessageMember,
            (MessageMember.tenant_id == Message.tenant_id) & (MessageMember.message_row_id == Message.id),
        )
        .where(
            MessageMember.invoice_id == members[0].invoice.id,
            Message.kind == MessageKind.INVOICE.value,
            Message.recipient == message.recipient,
            Message.created_at <= message.created_at,
        )
        .order_by(Message.created_at)
    )
    return session.scalars(query).first() or ""
