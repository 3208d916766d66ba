"""The words of a step that leaves alone: its template in the client's language, about one invoice."""

from dataclasses import replace

from sqlalchemy import select

from plugin.domain.money import Money
from plugin.domain.reminders.consolidate import stage_on
from plugin.domain.reminders.policy import Anchor
from plugin.domain.reminders.wording import text_for
from plugin.services.effects.step_channel import StepAbout
from plugin.services.follow_ups.asked import instalment_of, promised_on
from plugin.services.follow_ups.standing import counted_due_day, was_reminded
from plugin.services.texts.from_rows import claims_on, invoice_values, seller_values
from plugin.services.texts.mail import WrittenMail, write_mail
from plugin.services.texts.values import InstalmentValues, InvoiceValues, MailValues
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
    number = about.step.occurrence if about.wanted.anchor is Anchor.INSTALMENT else None
    part = instalment_of(session, about.invoice, number=number, day=about.today)
    values = MailValues(
        client_name=about.client.name,
        contact_name=session.scalars(contact.order_by(Contact.id)).first() or "",
        invoices=(_invoice(about, amount, part if number is not None else None),),
        total_due=amount,
        deadline=about.entry.deadline,
        received=None,
        day=about.today,
        tone=about.entry.tone.value,
        seller=seller_values(company),
        reminded=was_reminded(
            session,
            about.invoice,
            counted_due_day(session, about.invoice, about.client),
            but_for=about.step.id,
        ),
        claims=claims_on(session, [about.invoice], day=about.today) if about.wanted.states_claim else (),
        promised_on=promised_on(session, about.invoice),
        instalment=part,
    )
    stage = stage_on(about.today, about.entry.pay_by or about.today)
    return write_mail(session, text_for(about.entry, stage, [about.entry]), about.client.language, values)


def _invoice(about: StepAbout, amount: Money, part: InstalmentValues | None) -> InvoiceValues:
    """What is asked for of an instalment is due on its own day."""
    values = invoice_values(about.invoice, amount_due=amount, day=about.today)
    return values if part is None else replace(values, due_on=part.due_on, days_late=part.days_late)
