"""The words of a step that leaves alone: its template in the client's language, about one invoice."""

from sqlalchemy import select

from plugin.services.effects.step_channel import StepAbout
from plugin.services.texts.from_rows import invoice_values, seller_values
from plugin.services.texts.mail import WrittenMail, write_mail
from plugin.services.texts.values import MailValues
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Contact
from plugin.store.tables.company import CompanyProfile


def step_text(session: TenantSession, about: StepAbout) -> WrittenMail | None:
    """Subject, text and HTML; None where the step names no template or asks for nothing."""
    amount = about.entry.amount
    if not about.wanted.template or amount is None:
        return None
    company = session.get_one(CompanyProfile, session.tenant_id)
    address = about.entry.recipients[0].address if about.entry.recipients else ""
    contact = select(Contact.name).where(Contact.client_id == about.client.id, Contact.email == address)
    values = MailValues(
        client_name=about.client.name,
        contact_name=session.scalars(contact.order_by(Contact.id)).first() or "",
        invoices=(invoice_values(about.invoice, amount_due=amount, day=about.today),),
        total_due=amount,
        deadline=about.entry.deadline,
        received=None,
        day=about.today,
        tone=about.entry.tone.value,
        seller=seller_values(company),
    )
    return write_mail(session, about.wanted.template, about.client.language, values)
