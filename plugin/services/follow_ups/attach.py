"""What goes along with a mail: the documents that the step of each invoice names, each once."""

from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import select

from plugin.domain.errors import Transient
from plugin.domain.money import total
from plugin.domain.reminders.policy import Attachment as Wanted
from plugin.services.currencies import currency_of
from plugin.services.effects.mail_channel import Attachment
from plugin.services.follow_ups.amounts import amount_to_ask
from plugin.services.follow_ups.asked import rule_of
from plugin.services.follow_ups.gather_rows import open_rows
from plugin.services.follow_ups.members import Member
from plugin.services.letters.parts import LetterParts
from plugin.services.texts.from_rows import invoice_values, seller_values
from plugin.services.texts.mail import write_mail
from plugin.services.texts.values import InvoiceValues, MailValues
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.follow_ups import Message
from plugin.store.tables.invoices import Document, Invoice

PrintLetter = Callable[[LetterParts], bytes]
STATEMENT_FILE = "statement.pdf"


def wanted_of(session: TenantSession, members: Iterable[Member]) -> dict[str, set[Wanted]]:
    """What is to go along, by invoice id; without a step it is the PDF."""
    found: dict[str, set[Wanted]] = {}
    for member in members:
        rule = rule_of(session, member)
        found.setdefault(member.invoice.id, set()).update(rule.attachments if rule else (Wanted.PDF,))
    return found


def attachments_of(
    session: TenantSession, message: Message, members: Iterable[Member], *, print_letter: PrintLetter
) -> tuple[Attachment, ...]:
    """The files of a mail. Transient while a PDF is not made yet; an XML goes along where the invoice has one."""
    wanted = wanted_of(session, members)
    found = [each for invoice_id, kinds in wanted.items() for each in _documents(session, invoice_id, kinds)]
    if any(Wanted.STATEMENT in kinds for kinds in wanted.values()):
        statement = print_letter(_statement(session, message))
        found.append(Attachment(file_name=STATEMENT_FILE, media_type="application/pdf", content=statement))
    return tuple(found)


def open_items(session: TenantSession, message: Message) -> list[InvoiceValues]:
    """What a statement of the mail's day lists: the client's open invoices in its currency, the oldest due first."""
    rows = open_rows(session, Invoice.client_id == message.client_id, Invoice.currency == message.currency)
    ids = [row.id for row in rows if row.balance_minor > 0]
    invoices = session.scalars(select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.due_on, Invoice.number))
    return [invoice_values(each, amount_due=amount_to_ask(session, each), day=message.day) for each in invoices]


def _documents(session: TenantSession, invoice_id: str, kinds: set[Wanted]) -> Iterator[Attachment]:
    query = select(Document).where(Document.invoice_id == invoice_id, Document.kind.in_([kind.value for kind in kinds]))
    documents = session.scalars(query.order_by(Document.kind)).all()
    if Wanted.PDF in kinds and "pdf" not in {document.kind for document in documents}:
        number = session.get_one(Invoice, (session.tenant_id, invoice_id)).number
        raise Transient(f"The PDF of invoice {number} is not made yet.", retry_after=5)
    for document in documents:
        yield Attachment(file_name=document.file_name, media_type=document.media_type, content=document.body)


def _statement(session: TenantSession, message: Message) -> LetterParts:
    client = session.get_one(Client, (session.tenant_id, message.client_id))
    company = session.get_one(CompanyProfile, session.tenant_id)
    items = open_items(session, message)
    values = MailValues(
        client_name=client.name,
        contact_name="",
        invoices=tuple(items),
        total_due=total((item.amount_due for item in items), currency_of(message.currency)),
        deadline=None,
        received=None,
        day=message.day,
        tone="",
        seller=seller_values(company),
    )
    written = write_mail(session, "statement", message.language, values)
    return LetterParts(
        sender=company.name,
        sender_address=company.address,
        address=f"{client.name}\n{client.address}",
        subject=written.subject,
        text=written.text,
        language=message.language,
        day=message.day,
    )
