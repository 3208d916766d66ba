"""The mail that a step to come would send, written with what is known now; nothing is stored and nothing leaves."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.money import Money
from plugin.domain.reminders.consolidate import stage_on
from plugin.domain.reminders.deadlines import deadline_for
from plugin.domain.reminders.policy import Anchor, AskKind, Channel, PolicyStep
from plugin.domain.reminders.timeline import Entry
from plugin.domain.reminders.wording import text_for
from plugin.services.answers.mail_links import MailLinks
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.amounts import amount_to_ask
from plugin.services.follow_ups.asked import instalment_of, promised_on
from plugin.services.follow_ups.gather import PlanInput
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.services.follow_ups.standing import counted_due_day, was_reminded
from plugin.services.own_words.draft import Draft
from plugin.services.texts.from_rows import claims_on, invoice_values, seller_values
from plugin.services.texts.mail import WrittenMail, write
from plugin.services.texts.source import text_source
from plugin.services.texts.values import MailValues
from plugin.store.session import TenantSession
from plugin.store.tables.by_hand import MailWords
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice


@dataclass(frozen=True, kw_only=True, slots=True)
class StepPreview:
    """What the client would read, from whom and to whom; ``day`` is when it is expected to go, if that is known."""

    sender: str
    recipients: tuple[str, ...]
    day: date | None
    mail: WrittenMail


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftedStep:
    """A step to come with the words and the data of its mail; ``entry`` is what the planner says of it."""

    entry: Entry
    draft: Draft


def preview_step(session: TenantSession, invoice_id: str, key: str, *, now: datetime, links: MailLinks) -> StepPreview:
    """Writes it as the sender would: the same planner, wording, language, amounts and deadline.

    Other invoices of the client that are due on the same day join the mail when it goes; here it speaks of this one.
    NotFound for a step that the ladder has not, InvalidInput for one that sends no mail or is over.
    """
    drafted = draft_step(session, invoice_id, key, now=now)
    company = session.get_one(CompanyProfile, session.tenant_id)
    settings = session.get_one(MailSettings, session.tenant_id)
    name, address = settings.from_name or company.name, settings.from_address or company.email
    draft, tone = drafted.draft, drafted.entry.tone.value
    copies = links.for_preview(session.tenant_id, invoice_id, tone=tone, now=now)
    return StepPreview(
        sender=f"{name} <{address}>" if name else address,
        recipients=tuple(one.address for one in drafted.entry.recipients),
        day=drafted.entry.day,
        mail=write(draft.source, draft.language, replace(draft.values, links=copies)),
    )


def draft_step(session: TenantSession, invoice_id: str, key: str, *, now: datetime) -> DraftedStep:
    """The same before it is written and without links: whose words it speaks in, and what they fill in."""
    invoice = invoice_of(session, invoice_id)
    asked, timeline = timeline_of(session, invoice, now=now)
    entry = next((one for one in reversed(timeline.entries) if one.key == key), None)
    if entry is None:
        raise NotFound("The ladder of this invoice has no such step; reload the page.")
    if entry.channel is not Channel.EMAIL:
        raise InvalidInput("This step is a task for a person; it sends no mail.")
    if entry.settled:
        raise InvalidInput("This step is over; what was sent stands in the history.")
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    day = entry.day or asked.today
    rule = asked.policy.step(key)
    template = text_for(entry, stage_on(day, entry.pay_by or day), [entry])
    values = replace(
        _values(session, invoice, entry, client, day=day),
        deadline=entry.deadline or _deadline(asked, rule, day),
        claims=claims_on(session, [invoice], day=day) if rule.states_claim else (),
        promised_on=promised_on(session, invoice),
        instalment=instalment_of(
            session, invoice, number=entry.occurrence if rule.anchor is Anchor.INSTALMENT else None, day=day
        ),
    )
    draft = Draft(
        template=template,
        language=client.language,
        standing=text_source(session, template, client.language),
        own=_own_words(session, entry, template, client.language),
        values=values,
        promises_deadline=rule.ask.kind is AskKind.DEADLINE,
    )
    return DraftedStep(entry=entry, draft=draft)


def _deadline(asked: PlanInput, rule: PolicyStep, day: date) -> date | None:
    """The planner names none for a step that waits for a person: the mail gives it all the same, from its day on."""
    return deadline_for(rule.ask, day, asked.calendar, at_least_days=asked.facts.least_deadline_days)


def _own_words(session: TenantSession, entry: Entry, template: str, language: str) -> MailWords | None:
    """What a person wrote for this step, where it fits the text that it speaks in."""
    query = (
        select(MailWords)
        .join(PlannedStep, (PlannedStep.tenant_id == MailWords.tenant_id) & (PlannedStep.words_id == MailWords.id))
        .where(
            PlannedStep.invoice_id == entry.invoice_id,
            PlannedStep.step_key == entry.key,
            PlannedStep.occurrence == entry.occurrence,
            MailWords.template == template,
            MailWords.language == language,
        )
    )
    return session.scalars(query).one_or_none()


def _values(session: TenantSession, invoice: Invoice, entry: Entry, client: Client, *, day: date) -> MailValues:
    asked: Money = entry.amount or amount_to_ask(session, invoice)
    return MailValues(
        client_name=client.name,
        contact_name=next((one.name for one in entry.recipients), ""),
        invoices=(invoice_values(invoice, amount_due=asked, day=day),),
        total_due=asked,
        deadline=None,
        received=None,
        day=day,
        tone=entry.tone.value,
        seller=seller_values(session.get_one(CompanyProfile, session.tenant_id)),
        reminded=was_reminded(session, invoice, counted_due_day(session, invoice, client)),
    )
