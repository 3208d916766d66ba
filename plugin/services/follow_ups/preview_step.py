"""The mail that a step to come would send, written with what is known now; nothing is stored and nothing leaves."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.money import Money
from plugin.domain.reminders.consolidate import stage_on
from plugin.domain.reminders.policy import Anchor, Channel
from plugin.domain.reminders.timeline import Entry
from plugin.domain.reminders.wording import text_for
from plugin.services.answers.mail_links import MailLinks
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.amounts import amount_to_ask
from plugin.services.follow_ups.asked import instalment_of, promised_on
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.services.follow_ups.standing import was_reminded
from plugin.services.texts.from_rows import claims_on, invoice_values, seller_values
from plugin.services.texts.mail import WrittenMail, write_mail
from plugin.services.texts.values import MailValues
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.invoices import Invoice


@dataclass(frozen=True, kw_only=True, slots=True)
class StepPreview:
    """What the client would read, from whom and to whom; ``day`` is when it is expected to go, if that is known."""

    sender: str
    recipients: tuple[str, ...]
    day: date | None
    mail: WrittenMail


def preview_step(session: TenantSession, invoice_id: str, key: str, *, now: datetime, links: MailLinks) -> StepPreview:
    """Writes it as the sender would: the same planner, wording, language, amounts and deadline.

    Other invoices of the client that are due on the same day join the mail when it goes; here it speaks of this one.
    NotFound for a step that the ladder has not, InvalidInput for one that sends no mail or is over.
    """
    invoice = invoice_of(session, invoice_id)
    asked, timeline = timeline_of(session, invoice, now=now)
    entry = next((one for one in reversed(timeline.entries) if one.key == key), None)
    if entry is None:
        raise NotFound("The ladder of this invoice has no such step; reload the page.")
    if entry.channel is not Channel.EMAIL:
        raise InvalidInput("This step is a task for a person; it sends no mail.")
    if entry.settled:
        raise InvalidInput("This step is over; what was sent stands in the history.")
    company = session.get_one(CompanyProfile, session.tenant_id)
    settings = session.get_one(MailSettings, session.tenant_id)
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    copies = links.for_preview(session.tenant_id, invoice.id, tone=entry.tone.value, now=now)
    day = entry.day or asked.today
    rule = asked.policy.step(key)
    values = replace(
        _values(session, invoice, entry, client, company, day=day),
        links=copies,
        claims=claims_on(session, [invoice], day=day) if rule.states_claim else (),
        promised_on=promised_on(session, invoice),
        instalment=instalment_of(
            session, invoice, number=entry.occurrence if rule.anchor is Anchor.INSTALMENT else None, day=day
        ),
    )
    name, address = settings.from_name or company.name, settings.from_address or company.email
    return StepPreview(
        sender=f"{name} <{address}>" if name else address,
        recipients=tuple(one.address for one in entry.recipients),
        day=entry.day,
        mail=write_mail(session, text_for(entry, stage_on(day, entry.pay_by or day), [entry]), client.language, values),
    )


def _values(
    session: TenantSession, invoice: Invoice, entry: Entry, client: Client, company: CompanyProfile, *, day: date
) -> MailValues:
    asked: Money = entry.amount or amount_to_ask(session, invoice)
    return MailValues(
        client_name=client.name,
        contact_name=next((one.name for one in entry.recipients), ""),
        invoices=(invoice_values(invoice, amount_due=asked, day=day),),
        total_due=asked,
        deadline=entry.deadline,
        received=None,
        day=day,
        tone=entry.tone.value,
        seller=seller_values(company),
        reminded=was_reminded(session, invoice, client),
    )
