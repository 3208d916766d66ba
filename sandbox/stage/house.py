"""What a story's company looks like: profile, mail, a client, a project that is billed, rates by person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import select

from plugin.services.follow_ups.switches import go_live
from plugin.services.settings.clients import ClientForm, ContactForm, save_client
from plugin.services.settings.company import CompanyForm, save_company
from plugin.services.settings.control import control_of, save_control
from plugin.services.settings.mail import MailForm, save_mail
from plugin.services.settings.projects import ProjectForm, save_project
from plugin.services.settings.rates import RateForm, add_rate
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.company import CompanyProfile, MailSettings

ACTOR = "stage"

COMPANY = CompanyForm(
    name="Seestern Software GmbH",
    address="Speicherstraße 12\n20457 Hamburg",
    country="DE",
    vat_id="DE136695976",
    tax_number="",
    email="billing@seestern.example",
    phone="+49 40 5550 180",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    bank_name="Hafenbank",
    footer="Seestern Software GmbH · Amtsgericht Hamburg HRB 000000 · Geschäftsführung: Jule Petersen",
    colour="#0B5FA5",
    zone="Europe/Berlin",
    region="HH",
    currency="EUR",
    language="en",
    row_version=1,
)
CLIENT = ClientForm(
    name="Brandt & Kollegen GmbH",
    address="Lindenallee 4\n50668 Köln",
    country="DE",
    region="NW",
    vat_id="DE129273398",
    language="de",
    terms_days=14,
    phone="+49 221 5550 33",
    contacts=(
        ContactForm(role="billing", name="Ines Brandt", email="rechnung@brandt.example", phone="+49 221 5550 34"),
    ),
)


def furnish(session: TenantSession, *, now: datetime, live: bool = True, company: CompanyForm = COMPANY) -> None:
    """Company profile and mail settings, and out of sandbox mode."""
    profile = session.get_one(CompanyProfile, session.tenant_id)
    save_company(session, replace(company, row_version=profile.row_version), now=now, actor=ACTOR)
    mail = session.get_one(MailSettings, session.tenant_id)
    save_mail(
        session,
        MailForm(
            from_name="Seestern Software",
            from_address="billing@seestern.example",
            reply_to="",
            window_start=time(9),
            window_end=time(17),
            contact_interval_days=1,
            row_version=mail.row_version,
        ),
        now=now,
        actor=ACTOR,
    )
    # A reminder leaves at once, unless a story is about the wait.
    save_control(session, replace(control_of(mail), undo_minutes=0), now=now, actor=ACTOR)
    go_live(session, live=live, now=now, actor=ACTOR)


def bill_to(session: TenantSession, project_id: str, client: ClientForm, *, now: datetime) -> Client:
    """Adds a client and has a project billed to it, 15 minutes up for each worklog, one line an issue."""
    row = save_client(session, None, client, now=now, actor=ACTOR)
    assign(session, project_id, row.id, now=now)
    return row


def assign(session: TenantSession, project_id: str, client_id: str, *, now: datetime, grouping: str = "issue") -> None:
    """Has a project billed to a client that exists."""
    project = session.scalars(select(Project).where(Project.id == project_id)).one()
    form = ProjectForm(
        client_id=client_id,
        policy_id="",
        rounding_unit="worklog",
        rounding_mode="up",
        rounding_minutes=15,
        minimum_minutes=0,
        grouping=grouping,
        comment_on="home",
        comment_visibility="open",
        reminders_on=True,
        row_version=project.row_version,
    )
    save_project(session, project_id, form, now=now, actor=ACTOR)


def rates_by_person(
    session: TenantSession,
    project_id: str,
    prices: Mapping[str, str],
    *,
    since: date,
    now: datetime,
    currency: str = "EUR",
) -> None:
    """One price per hour a person in a project, in major units."""
    for account_id, price in prices.items():
        form = RateForm(
            level="person_in_project",
            price=price,
            currency=currency,
            valid_from=since,
            project_id=project_id,
            account_id=account_id,
        )
        add_rate(session, form, now=now, actor=ACTOR)
