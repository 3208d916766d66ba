"""Reads everything that the planner may know about one invoice, in the caller's transaction."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from plugin.domain.calendar import BusinessCalendar, civil_day
from plugin.domain.money import Money
from plugin.domain.reminders.facts import (
    InvoiceFacts,
    InvoiceState,
    Mode,
    Obstacle,
    OptOut,
    Recipient,
    Switches,
    TenantStatus,
)
from plugin.domain.reminders.policy import Policy, Role
from plugin.services.answers.waiting import replies_waiting
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.calendar import client_calendar, client_today, client_window
from plugin.services.follow_ups.gather_holds import hold_facts
from plugin.services.follow_ups.gather_steps import calls_of, contacts_of, records_of
from plugin.services.follow_ups.own_mail import OwnMail, own_mail_of
from plugin.services.follow_ups.policies import policy_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.company import MailSettings
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.tenants import Installation, Tenant

CONTACTS_BACK = timedelta(days=60)
NOT_THERE_YET = Obstacle("the mail that brings the invoice has not left yet")
LOST = Obstacle("the mail with the invoice did not arrive; send it again, or say that the client has it")
"""Nobody is reminded of an invoice whose own mail has not left: a site may go live days later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanInput:
    """The four arguments of ``plan``; ``today`` is the civil day in the client's zone."""

    facts: InvoiceFacts
    policy: Policy
    calendar: BusinessCalendar
    today: date


def gather(session: TenantSession, invoice: Invoice, *, now: datetime) -> PlanInput:
    """Facts, policy and calendar of an issued invoice as they stand in this transaction at ``now`` (aware UTC)."""
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    project = session.get_one(Project, (session.tenant_id, invoice.project_id))
    mail = session.get_one(MailSettings, session.tenant_id)
    today = client_today(client, now)
    facts = _facts(session, invoice, client=client, project=project, mail=mail, now=now)
    return PlanInput(
        facts=facts, policy=policy_of(session, invoice), calendar=client_calendar(client, today), today=today
    )


def _facts(
    session: TenantSession, invoice: Invoice, *, client: Client, project: Project, mail: MailSettings, now: datetime
) -> InvoiceFacts:
    currency = currency_of(invoice.currency)
    holds = hold_facts(session, invoice.id, currency)
    own_mail = own_mail_of(session, invoice.id, client.zone)
    replied = replies_waiting(session, [invoice]).get(invoice.id)
    if invoice.issued_on is None or invoice.due_on is None:
        raise ValueError("only an issued invoice is followed up")
    return InvoiceFacts(
        invoice_id=invoice.id,
        number=invoice.number or "",
        state=InvoiceState(invoice.state),
        gross=Money(invoice.gross_minor, currency),
        balance=Money(max(invoice.balance_minor, 0), currency),
        issue_date=invoice.issued_on,
        due_date=invoice.due_on,
        client_id=client.id,
        client_name=client.name,
        project_id=project.id,
        language=client.language,
        read_at=now,
        # While it waits it leaves today at the earliest, so no step falls due, or is superseded, before it left.
        left_on=own_mail.left_on or (client_today(client, now) if own_mail.is_waiting or own_mail.is_lost else None),
        switches=_switches(session, invoice, client=client, project=project),
        opt_outs=_opt_outs(client, invoice),
        pauses=holds.pauses,
        disputes=holds.disputes,
        promise=holds.promise,
        plan=holds.plan,
        obstacles=(*holds.obstacles, *_not_there(own_mail)),
        handed_over_on=holds.handed_over_on,
        recipients=recipients_of(session, client.id),
        contacts=contacts_of(session, client, since=now - CONTACTS_BACK),
        contact_interval_days=mail.contact_interval_days,
        records=records_of(session, invoice.id),
        calls=calls_of(session, invoice.id, client.zone),
        reply_on=civil_day(replied, client.zone) if replied else None,
        viewed_on=civil_day(invoice.viewed_at, client.zone) if invoice.viewed_at else None,
        is_consumer=not client.is_business,
        window=client_window(client, mail),
    )


def _not_there(own_mail: OwnMail) -> tuple[Obstacle, ...]:
    """Nobody is reminded of an invoice that has not reached them."""
    if own_mail.is_waiting:
        return (NOT_THERE_YET,)
    return (LOST,) if own_mail.is_lost else ()


def recipients_of(session: TenantSession, client_id: str) -> tuple[Recipient, ...]:
    """The client's people by role; an address that failed comes along with why."""
    rows = session.scalars(select(Contact).where(Contact.client_id == client_id).order_by(Contact.id))
    return tuple(
        Recipient(address=row.email, role=Role(row.role), name=row.name, failed_reason=row.failed_reason)
        for row in rows
    )


def tenant_status(session: TenantSession) -> TenantStatus:
    """Whether any installation of the tenant lets it send."""
    states = session.execute(select(Installation.state, Installation.licensed)).all()
    if any(state in ("installed", "enabled") for state, _ in states):
        licensed = any(licensed for state, licensed in states if state in ("installed", "enabled"))
        return TenantStatus.ACTIVE if licensed else TenantStatus.UNLICENSED
    found = {state for state, _ in states}
    if "broken" in found:
        return TenantStatus.BROKEN
    return TenantStatus.DISABLED if "disabled" in found else TenantStatus.UNINSTALLED


def _switches(session: TenantSession, invoice: Invoice, *, client: Client, project: Project) -> Switches:
    tenant = session.get_one(Tenant, session.tenant_id)
    return Switches(
        tenant=tenant_status(session),
        kill_switch=tenant.kill_switch,
        mode=Mode(tenant.mode),
        site_on=tenant.reminders_on,
        project_on=project.reminders_on,
        client_on=client.reminders_on,
        invoice_on=invoice.reminders_on,
    )


def _opt_outs(client: Client, invoice: Invoice) -> tuple[OptOut, ...]:
    found = []
    if client.opt_out_reason:
        found.append(OptOut("client", client.opt_out_reason, actor=client.opt_out_by, until=client.opt_out_until))
    if invoice.opt_out_reason:
        found.append(OptOut("invoice", invoice.opt_out_reason))
    return tuple(found)
