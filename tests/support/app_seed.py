"""A small believable business on the app of ``tests.support.app``: company, client, rates, time, an invoice, a draft.

Everything is made by the services and the sync that the product uses; nothing is written into tables by hand.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from plugin.bootstrap import Container
from plugin.domain.calendar import civil_day
from plugin.domain.money import Money
from plugin.services.billing.draft_invoice import draft_invoice
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.contacts.note import note_contact
from plugin.services.currencies import currency_of
from plugin.services.effects.run import run_effect
from plugin.services.follow_ups.holds import lift_hold, put_hold
from plugin.services.follow_ups.switches import go_live
from plugin.services.inbound.parse import parse_mail
from plugin.services.inbound.take import take_mail
from plugin.services.payments.record_payment import record_payment
from plugin.services.policies.begin import from_preset
from plugin.services.settings.clients import ClientForm, ContactForm, save_client
from plugin.services.settings.company import CompanyForm, save_company
from plugin.services.settings.control import control_of, save_control
from plugin.services.settings.mail import MailForm, save_mail
from plugin.services.settings.numbering import save_numbering
from plugin.services.settings.projects import ProjectForm, save_project
from plugin.services.settings.rates import RateForm, add_rate
from plugin.services.webhooks.targets import add_target
from plugin.store.audit import raise_alert
from plugin.store.base import new_id
from plugin.store.outbox import add_effect
from plugin.store.tables.audit import Alert
from plugin.store.tables.clients import Project as ProjectRow
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.follow_ups import PlannedStep, Task
from plugin.store.tables.law import DebitNote, DebitNoteDocument
from plugin.store.tables.outbox import Effect
from plugin.store.tables.policies import PolicyVersion
from sandbox import PretendJira
from sandbox.jira.model import Issue, Person, Project
from tests.support.app import START, AppWorld, Sites, on_sqlite, start_app

BERLIN = timezone(timedelta(hours=1))
LATE = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
"""A Friday on which the seeded invoice is eleven days late, so that its call is due."""
OCTOBER = date(2026, 10, 31)


@dataclass(frozen=True)
class Seeded:
    """Ids of what stands in one tenant."""

    client: str
    rate: str
    policy: str
    policy_row: str
    policy_draft: str
    invoice: str
    draft: str
    payment: str
    task: str
    hold: str
    alert: str
    effect: str
    message: str
    note: str
    debit_note: str
    voice: str
    target: str
    letter: str
    project: str
    issue: str


@dataclass
class Business:
    """The app with two businesses on it: ours, and Charlie's; ``hidden`` is an invoice of a project Bob may not see."""

    world: AppWorld
    ours: Seeded
    foreign: Seeded
    hidden_invoice: str


def company_form(version: int, **more: str) -> CompanyForm:
    values = {
        "name": "Fernwood Services GmbH",
        "address": "Lindenallee 4\n10115 Berlin",
        "country": "DE",
        "vat_id": "DE136695976",
        "tax_number": "",
        "email": "office@fernwood.example",
        "phone": "",
        "iban": "DE89370400440532013000",
        "bic": "",
        "bank_name": "",
        "footer": "",
        "colour": "#0055CC",
        "zone": "Europe/Berlin",
        "region": "",
        "currency": "EUR",
        "language": "en",
    }
    return CompanyForm(**{**values, **more}, row_version=version)


def seed(
    container: Container,
    tenant: str,
    project: Project,
    issues: list[Issue],
    author: Person,
    *,
    client_name: str = "Northwind Ltd",
    numbers: str = "INV-{year}-{number:04d}",
) -> Seeded:
    """One tenant: October is invoiced with a part payment, early November is a draft, some time is open."""
    who = author.account_id
    container.run_sync(tenant, ["projects", "worklogs_updated"])
    now = START
    with container.writing(tenant) as session:
        today = civil_day(now, "Europe/Berlin")
        save_company(session, company_form(session.get_one(CompanyProfile, tenant).row_version), now=now, actor=who)
        mail = session.get_one(MailSettings, tenant)
        save_mail(session, _mail(mail), now=now, actor=who)
        save_control(session, replace(control_of(mail), undo_minutes=0), now=now, actor=who)
        go_live(session, live=True, now=now, actor=who)
        save_numbering(session, key="invoice", pattern=numbers, first=None, row_version=1, now=now, actor=who)
        client = save_client(session, None, client_form(name=client_name), now=now, actor=who)
        rate = add_rate(
            session,
            RateForm(level="site", price="120.00", currency="EUR", valid_from=date(2026, 1, 1)),
            now=now,
            actor=who,
        )
        row = session.get_one(ProjectRow, (tenant, str(project.id)))
        save_project(session, row.id, project_form(client.id, row.row_version), now=now, actor=who)
        billed = draft_invoice(session, project_id=row.id, since=None, until=OCTOBER, today=today, now=now, actor=who)
        issue_invoice(
            session,
            billed.id,
            today=today,
            now=now,
            actor=who,
            renderer=container.renderer,
            message_ids=lambda row_id: container.message_id(tenant, row_id),
            # Nobody is reminded of an invoice whose own mail waits; here it was handed over by a person.
            send=False,
        )
        policy = billed.policy_version_id or ""
        policy_row = session.get_one(PolicyVersion, (tenant, policy)).policy_id
        begun = from_preset(session, "gentle", name="", project_id=row.id, now=now, actor=who)
        draft = draft_invoice(
            session, project_id=row.id, since=None, until=date(2026, 11, 1), today=today, now=now, actor=who
        )
    task, payment = _follow_up(container, tenant, billed.id, who)
    hold, alert, effect = _trouble(container, tenant, billed.id, who)
    return Seeded(
        client=client.id,
        rate=rate.id,
        policy=policy,
        policy_row=policy_row,
        policy_draft=begun.id,
        invoice=billed.id,
        draft=draft.id,
        payment=payment,
        task=task,
        hold=hold,
        alert=alert,
        effect=effect,
        message=_message(container, tenant, effect),
        note=_noted(container, tenant, client.id, who),
        debit_note=_debit_note(container, tenant, billed.id, who),
        voice=_out_of_office(container, tenant),
        target=_webhook(container, tenant, who),
        letter=_letter(container, tenant, billed.id),
        project=str(project.id),
        issue=str(issues[0].id),
    )


def client_form(**more: object) -> ClientForm:
    values: dict[str, object] = {
        "name": "Northwind Ltd",
        "address": "12 Harbour Street\nHamburg",
        "country": "DE",
        "terms_days": 14,
        "contacts": (ContactForm(role="billing", name="Ada Quint", email="ada@northwind.example"),),
    }
    return ClientForm(**{**values, **more})  # type: ignore[arg-type]


def project_form(client_id: str, version: int) -> ProjectForm:
    return ProjectForm(
        client_id=client_id,
        policy_id="",
        rounding_unit="worklog",
        rounding_mode="up",
        rounding_minutes=15,
        minimum_minutes=0,
        grouping="issue",
        comment_on="home",
        comment_visibility="restricted",
        reminders_on=True,
        row_version=version,
    )


def _follow_up(container: Container, tenant: str, invoice_id: str, who: str) -> tuple[str, str]:
    """Lets the ladder run to its call, and records a part payment: ids of the task and of the payment."""
    with container.reading(tenant) as session:
        steps = list(session.scalars(select(PlannedStep.id).where(PlannedStep.invoice_id == invoice_id)))
    container.run_due_steps(tenant, steps)
    with container.writing(tenant) as session:
        task = session.scalars(select(Task.id).where(Task.invoice_id == invoice_id)).one()
        change = record_payment(
            session,
            invoice_id,
            amount=Money(10000, currency_of("EUR")),
            received_on=LATE.date(),
            today=LATE.date(),
            now=LATE,
            actor=who,
            message_ids=lambda row_id: container.message_id(tenant, row_id),
        )
        payment = change.ledger.entries[-1].entry_id
    return task, payment


def _trouble(container: Container, tenant: str, invoice_id: str, who: str) -> tuple[str, str, str]:
    """The PDF is rendered, a pause was lifted, an alert is open: ids of hold, alert and the invoice's mail."""
    with container.writing(tenant) as session:
        made = session.scalars(select(Effect.id).where(Effect.kind == "document")).one()
        hold = put_hold(
            session, invoice_id, kind="paused", reason="Asked for", today=LATE.date(), now=LATE, actor=who, until=None
        )
        lift_hold(session, hold.id, now=LATE, actor=who)
        raise_alert(session, kind="bounced", sentence="A mail came back.", subject=invoice_id, key="seeded", now=LATE)
        alert = session.scalars(select(Alert.id)).one()
        mail = session.scalars(select(Effect.id).where(Effect.kind == "mail").order_by(Effect.created_at)).first()
    run_effect(container, tenant, made, time_left=lambda: 60.0)
    return hold.id, alert, mail or ""


def _message(container: Container, tenant: str, effect_id: str) -> str:
    """The message of a mail's effect."""
    with container.reading(tenant) as session:
        return session.get_one(Effect, (tenant, effect_id)).subject_id


def _noted(container: Container, tenant: str, client_id: str, who: str) -> str:
    """A meeting long ago, which holds nothing any more: its id."""
    with container.writing(tenant) as session:
        made = note_contact(
            session, client_id, way="meeting", made_on=date(2026, 3, 2), spoke_with="Ada", note="", now=LATE, actor=who
        )
        return made.id


def _debit_note(container: Container, tenant: str, invoice_id: str, who: str) -> str:
    """One that was cancelled, with its document: its id."""
    with container.writing(tenant) as session:
        note = DebitNote(
            id=new_id(),
            invoice_id=invoice_id,
            place=1,
            series="debit_note",
            number="DN-2026-0001",
            state="cancelled",
            currency="EUR",
            until=LATE.date(),
            interest_minor=100,
            fixed_sum_minor=0,
            issued_on=LATE.date(),
            due_on=LATE.date(),
            snapshot="{}",
            snapshot_sha256="0" * 64,
            issued_by=who,
            issued_at=LATE,
            reason="Made by mistake",
        )
        session.add(note)
        session.flush()
        paper = DebitNoteDocument(note_id=note.id, file_name="debit-note.pdf", media_type="application/pdf")
        paper.body, paper.sha256, paper.made_at = b"%PDF-1.7", "0" * 64, LATE
        session.add(paper)
        return note.id


def _out_of_office(container: Container, tenant: str) -> str:
    """Ada's robot has answered, which changes nothing: the id of its mail."""
    lines = ("From: ada@northwind.example", "Subject: Out of office", "Auto-Submitted: auto-replied", "", "Back soon.")
    with container.writing(tenant) as session:
        stored = take_mail(session, parse_mail("\r\n".join(lines).encode()), now=LATE)
        return stored.id if stored else ""


def _webhook(container: Container, tenant: str, who: str) -> str:
    """A target that nobody answers at: its id."""
    with container.writing(tenant) as session:
        target, _ = add_target(
            session, name="SMS", url="http://127.0.0.1:9/", keys=container.keys, strict=False, now=LATE, actor=who
        )
        return target.id


def _letter(container: Container, tenant: str, invoice_id: str) -> str:
    """A letter that was posted: the id of its task."""
    facts = {"sender": "Fernwood", "sender_address": "Lindenallee 4", "address": "Northwind Ltd", "language": "en"}
    content = {"facts": facts, "subject": "Reminder", "text": "Please pay.", "day": LATE.date().isoformat()}
    with container.writing(tenant) as session:
        effect = add_effect(session, kind="letter", key="letter:seeded", subject_id=invoice_id, now=LATE)
        effect.state, effect.next_at, effect.done_at, effect.payload = "sent", None, LATE, {"content": content}
        task = Task(
            id=new_id(),
            invoice_id=invoice_id,
            step_key=f"letter:{effect.id}",
            kind="letter",
            state="done",
            outcome="posted",
            due_on=LATE.date(),
            detail={"effect_id": effect.id},
            created_at=LATE,
            done_at=LATE,
        )
        session.add(task)
        session.flush()
        return task.id


def _log_time(jira: PretendJira, issues: list[Issue], author: Person) -> None:
    """October for the invoice, the first of November for the draft, the second stays open; one entry is too long."""
    for month, day, issue, hours in ((10, 5, 0, 4), (10, 6, -1, 2), (10, 20, 0, 8), (11, 1, 0, 3), (11, 2, 0, 2)):
        _log(jira, issues[issue], datetime(2026, month, day, 9, tzinfo=BERLIN), hours, author)
    _log(jira, issues[0], datetime(2026, 11, 2, 12, tzinfo=BERLIN), 30, author)


def _log(jira: PretendJira, issue: Issue, started: datetime, hours: int, author: Person) -> None:
    jira.add_worklog(issue, started=started, seconds=hours * 3600, author=author)


def _mail(mail: MailSettings) -> MailForm:
    return MailForm(
        from_name="Fernwood",
        from_address="billing@fernwood.example",
        reply_to="",
        window_start=mail.window_start,
        window_end=mail.window_end,
        contact_interval_days=mail.contact_interval_days,
        row_version=mail.row_version,
    )


@pytest.fixture(scope="session")
def business_database(
    sites: Sites, installed_database: tuple[Path, str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Seeded, Seeded, str]:
    """The seeded file, made once a run."""
    original, tenant, foreign_tenant = installed_database
    path = tmp_path_factory.mktemp("app") / "business.db"
    shutil.copy(original, path)
    sites.clock.instant = START
    foreign_issue = sites.other.add_issue(sites.foreign, "Foreign page")
    _log_time(sites.jira, [sites.login, sites.api], sites.bob)
    _log_time(sites.other, [foreign_issue], sites.charlie)
    _log(sites.jira, sites.hidden, datetime(2026, 10, 7, 9, tzinfo=BERLIN), 5, sites.alice)
    # Jira keeps the last minute to itself, so the time is read later than it was logged.
    sites.clock.instant = LATE
    container, _, _ = start_app(sites, on_sqlite(path))
    ours = seed(container, tenant, sites.acme, [sites.login, sites.api], sites.bob)
    foreign = seed(
        container,
        foreign_tenant,
        sites.foreign,
        [foreign_issue],
        sites.charlie,
        client_name="Tailspin AG",
        numbers="TS-{year}-{number:04d}",
    )
    hidden = _hidden_invoice(container, tenant, sites, ours.client)
    container.engine.dispose()
    return path, ours, foreign, hidden


def _hidden_invoice(container: Container, tenant: str, sites: Sites, client: str) -> str:
    who = sites.alice.account_id
    with container.writing(tenant) as session:
        row = session.get_one(ProjectRow, (tenant, str(sites.secret_project.id)))
        save_project(session, row.id, project_form(client, row.row_version), now=START, actor=who)
        draft = draft_invoice(
            session, project_id=row.id, since=None, until=OCTOBER, today=START.date(), now=START, actor=who
        )
    return draft.id


@pytest.fixture
def business(
    app_world: AppWorld, business_database: tuple[Path, Seeded, Seeded, str], tmp_path: Path
) -> Iterator[Business]:
    """The app on a fresh copy of the seeded file, on the day when the call is due."""
    original, ours, foreign, hidden = business_database
    app_world.container.engine.dispose()
    path = tmp_path / "business.db"
    shutil.copy(original, path)
    app_world.clock.instant = LATE
    container, app, wakeups = start_app(app_world.sites, on_sqlite(path))
    world = AppWorld(app_world.sites, container, app, app_world.tenant, app_world.foreign_tenant, wakeups)
    yield Business(world, ours, foreign, hidden)
    container.engine.dispose()
