"""A story: one company, one client, one project with logged time; what people do, and what is seen from outside."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from plugin.bootstrap import Container
from plugin.clock import FrozenClock
from plugin.domain.calendar import civil_day
from plugin.domain.money import Money
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.holds import put_hold
from plugin.services.payments.record_payment import record_payment, reverse_payment
from plugin.services.policies.save_policy import save_policy
from plugin.services.settings.mail import MailForm, save_mail
from plugin.services.verify import verify_tenant
from plugin.store.session import TenantSession
from plugin.store.tables.audit import Alert
from plugin.store.tables.clients import Client
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.invoices import Invoice, InvoiceEvent
from plugin.store.tables.outbox import Effect
from plugin.store.tables.payments import Payment
from plugin.store.tables.policies import PolicyRow
from sandbox import Mailbox, PretendJira
from sandbox.jira.model import Issue, Person, Project, Worklog
from sandbox.stage import Stage
from sandbox.stage.drain import drain
from sandbox.stage.house import ACTOR, CLIENT, assign, rates_by_person
from sandbox.stage.office import Office
from sandbox.stage.witness import SeenMail, seen_mails

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
"""A Tuesday, ten in the morning in Berlin. An invoice of this day with 14 days is due on Tuesday, 15 September."""
JUST_BEFORE = timedelta(minutes=2)
"""Jira's delta leaves the last minute out."""
PRICE = "100.00"
ENGLISH = replace(CLIENT, language="en")
OWN_MISTAKE = "An error of Dunlin's own"


@dataclass
class Story:
    """One tenant whose project ACM is billed to one client; Bob logs time at 100.00 an hour, 19 % tax."""

    stage: Stage
    tenant: str
    alice: Person
    bob: Person
    project: Project
    issue: Issue
    client_id: str = ""

    @property
    def jira(self) -> PretendJira:
        return self.stage.jira

    @property
    def box(self) -> Mailbox:
        return self.stage.mailbox

    @property
    def container(self) -> Container:
        return self.stage.container

    @property
    def clock(self) -> FrozenClock:
        clock = self.stage.clock
        assert isinstance(clock, FrozenClock)
        return clock

    @property
    def now(self) -> datetime:
        return self.stage.clock.now()

    @property
    def today(self) -> date:
        """The seller's civil day."""
        return self.office.today

    @property
    def office(self) -> Office:
        return Office(self.container, self.tenant)

    @property
    def billed(self) -> str:
        """The Jira id of the project, as Dunlin's rows name it."""
        return str(self.project.id)

    def writing(self) -> AbstractContextManager[TenantSession]:
        return self.container.writing(self.tenant)

    def reading(self) -> AbstractContextManager[TenantSession]:
        return self.container.reading(self.tenant)

    def message_id(self, row_id: str) -> str:
        return self.container.message_id(self.tenant, row_id)

    # -- time

    def drain(self, *, sync: bool = False) -> int:
        """Does all that is due; Jira is read only where a story is about that."""
        return drain(self.container, with_sync=sync)

    def at(self, day: date, hour: int = 10, minute: int = 0) -> None:
        """Moves the clock to an hour UTC of a day and works; the days between pass without the service."""
        self.clock.instant = datetime.combine(day, time(hour, minute), UTC)
        self.drain()

    def walk(self, until: date, each_day: Callable[[date], None] | None = None) -> None:
        """Lives through every day up to ``until``, at ten UTC, and works each day."""
        while self.now.date() < until:
            self.at(date.fromordinal(self.now.date().toordinal() + 1))
            if each_day is not None:
                each_day(self.now.date())
                self.drain()

    # -- what people do

    def log(
        self, hours: float = 10, *, issue: Issue | None = None, day: date | None = None, author: Person | None = None
    ) -> Worklog:
        """Logs time in Jira, by default yesterday."""
        on = day or date.fromordinal(self.today.toordinal() - 1)
        started = datetime.combine(on, time(9), UTC)
        return self.jira.add_worklog(
            issue or self.issue,
            started=started,
            seconds=round(hours * 3600),
            author=author or self.bob,
            updated=self.now - JUST_BEFORE,
        )

    def read_jira(self, *names: str) -> None:
        """Reads Jira now; by default what changed in the worklogs."""
        self.container.run_sync(self.tenant, list(names) or ["worklogs_updated", "worklogs_deleted"])

    def draft(self, hours: float = 10, *, project: Project | None = None, issue: Issue | None = None) -> Invoice:
        """Logs time, reads it, and makes a draft of all that is open."""
        self.log(hours, issue=issue)
        self.read_jira()
        target = self.billed if project is None else str(project.id)
        return self.office.draft(target, since=None, until=self.today)

    def bill(self, hours: float = 10, *, project: Project | None = None, issue: Issue | None = None) -> Invoice:
        """An issued invoice; ten hours are 1,190.00 EUR gross. Its mail is not sent before the next drain."""
        return self.office.issue(self.draft(hours, project=project, issue=issue).id)

    def second_project(self, key: str = "NXT", *, client: str | None = None) -> tuple[Project, Issue]:
        """One more project with one issue, billed to the same client at the same price."""
        project = self.jira.add_project(key, f"Project {key}", lead=self.alice, members=[self.bob], admins=[self.alice])
        issue = self.jira.add_issue(project, f"Work on {key}")
        self.read_jira("projects")
        with self.writing() as session:
            assign(session, str(project.id), client or self.client_id, now=self.now)
            rates_by_person(
                session, str(project.id), {self.bob.account_id: PRICE}, since=date(2026, 1, 1), now=self.now
            )
        return project, issue

    def pay(self, invoice: Invoice, amount: str, *, received_on: date | None = None, receipt: bool = True) -> None:
        with self.writing() as session:
            record_payment(
                session,
                invoice.id,
                amount=Money.parse(amount, currency_of(invoice.currency)),
                received_on=received_on or self.today,
                today=self.today,
                now=self.now,
                actor=ACTOR,
                message_ids=self.message_id,
                receipt=receipt,
            )

    def take_back(self, invoice: Invoice, reason: str = "Chargeback by the bank") -> None:
        """Reverses the invoice's newest payment."""
        with self.writing() as session:
            newest = select(Payment).where(Payment.invoice_id == invoice.id, Payment.kind == "payment")
            payment = session.scalars(newest.order_by(Payment.recorded_at.desc()).limit(1)).one()
            reverse_payment(session, payment.id, today=self.today, now=self.now, actor=ACTOR, reason=reason)

    def hold(
        self,
        invoice: Invoice,
        kind: str,
        *,
        until: date | None = None,
        amount_minor: int | None = None,
        reason: str = "They asked for it",
    ) -> str:
        with self.writing() as session:
            return put_hold(
                session,
                invoice.id,
                kind=kind,
                reason=reason,
                today=self.today,
                now=self.now,
                actor=ACTOR,
                until=until,
                amount_minor=amount_minor,
            ).id

    def mail_settings(self, *, start: time = time(9), end: time = time(17), interval: int = 1) -> None:
        """The site's send window and the days between two contacts with one client."""
        with self.writing() as session:
            row = session.get_one(MailSettings, session.tenant_id)
            form = MailForm(
                from_name=row.from_name,
                from_address=row.from_address,
                reply_to="",
                window_start=start,
                window_end=end,
                contact_interval_days=interval,
                row_version=row.row_version,
            )
            save_mail(session, form, now=self.now, actor=ACTOR)

    def publish(self, body: Mapping[str, object], *, name: str = "Standard") -> str:
        """Publishes a policy's next version and gives the policy's id."""
        with self.writing() as session:
            row = session.scalars(select(PolicyRow).where(PolicyRow.name == name)).one_or_none()
            saved, _, _ = save_policy(
                session,
                row.id if row else None,
                name=name,
                body=body,
                row_version=row.row_version if row else 0,
                now=self.now,
                actor=ACTOR,
            )
            return saved.id

    # -- what is there

    def invoice(self, invoice: Invoice) -> Invoice:
        """The row as it stands now."""
        with self.reading() as session:
            return session.get_one(Invoice, (self.tenant, invoice.id))

    def client(self) -> Client:
        with self.reading() as session:
            return session.get_one(Client, (self.tenant, self.client_id))

    def steps(self, invoice: Invoice) -> dict[str, str]:
        """The state of each step by its key."""
        return {row.step_key: row.state for row in self.step_rows(invoice)}

    def step(self, invoice: Invoice, key: str) -> PlannedStep:
        return next(row for row in self.step_rows(invoice) if row.step_key == key)

    def step_rows(self, invoice: Invoice) -> Sequence[PlannedStep]:
        with self.reading() as session:
            return session.scalars(
                select(PlannedStep).where(PlannedStep.invoice_id == invoice.id).order_by(PlannedStep.level)
            ).all()

    def events(self, invoice: Invoice) -> list[str]:
        """The kinds of the invoice's history, oldest first."""
        with self.reading() as session:
            rows = select(InvoiceEvent).where(InvoiceEvent.invoice_id == invoice.id)
            return [row.kind for row in session.scalars(rows.order_by(InvoiceEvent.at, InvoiceEvent.dedupe_key))]

    def alerts(self) -> list[str]:
        with self.reading() as session:
            return [row.kind for row in session.scalars(select(Alert).order_by(Alert.at))]

    def effects(self, kind: str) -> list[str]:
        """The states of all effects of a kind, in order of their making."""
        with self.reading() as session:
            query = select(Effect.state).where(Effect.kind == kind).order_by(Effect.created_at, Effect.id)
            return list(session.scalars(query))

    def mails(self) -> list[SeenMail]:
        """What the mailbox accepted, oldest first."""
        return seen_mails(self.box.mails)

    def sent(self, zone: str = "Europe/Berlin") -> list[tuple[str, str]]:
        """(step, day at the client's place) of each accepted mail, oldest first."""
        return [(mail.step, civil_day(mail.at, zone).isoformat()) for mail in self.mails()]

    def reminders(self) -> list[tuple[str, str]]:
        """The same without invoices and receipts."""
        wanted = {"notice", "friendly", "second", "final"}
        return [(step, day) for step, day in self.sent() if step in wanted]

    def mistakes(self) -> list[str]:
        """Effects that our own code stumbled over, however well they ended later."""
        with self.reading() as session:
            return [row.reason for row in session.scalars(select(Effect)) if row.reason.startswith(OWN_MISTAKE)]

    def findings(self) -> list[str]:
        """What ``dunlin verify`` says."""
        with self.reading() as session:
            return [f"{finding.invariant} {finding.sentence}" for finding in verify_tenant(session)]
