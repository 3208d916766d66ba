"""Acts for the people of the pretend company, through the product's own services and on the world's clock."""

from dataclasses import replace
from datetime import time

from sqlalchemy import select

from plugin.bootstrap import Container
from plugin.domain.calendar import civil_day
from plugin.domain.money import Money
from plugin.services.billing.draft_invoice import draft_invoice
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.follow_ups.holds import put_hold
from plugin.services.follow_ups.switches import go_live
from plugin.services.history.refresh import refresh_jira
from plugin.services.payments.record_payment import record_payment
from plugin.services.settings.clients import save_client
from plugin.services.settings.company import save_company
from plugin.services.settings.control import control_of, save_control
from plugin.services.settings.mail import MailForm, save_mail
from plugin.services.settings.rates import RateForm, add_rate, set_role
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.company import CompanyProfile, MailSettings
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from sandbox.history.plot import Event, month_of
from sandbox.history.terms import CLIENTS, CONTACT_INTERVAL_DAYS, ROLE_RATES, ROLES, SINCE, company
from sandbox.stage.house import assign

ALICE = "712020:alice"
PRIYA = "712020:priya"


class Life:
    """One company of one tenant; ``today`` is its civil day at the real present."""

    def __init__(self, container: Container, tenant_id: str) -> None:
        self._container = container
        self._tenant_id = tenant_id
        self._invoices: dict[tuple[str, int], str] = {}
        self.today = civil_day(container.clock.now(), "Europe/Berlin")

    def furnish(self) -> None:
        """Company, mail, clients, rates: what an admin sets up on the first day."""
        now = self._container.clock.now()
        with self._container.writing(self._tenant_id) as session:
            profile = session.get_one(CompanyProfile, session.tenant_id)
            save_company(session, company(profile.row_version), now=now, actor=ALICE)
            self._mail(session)
            for account_id, role in ROLES.items():
                set_role(session, account_id, role, now=now, actor=ALICE)
            for role, price in ROLE_RATES.items():
                rate = RateForm(level="role", role=role, price=price, currency="EUR", valid_from=SINCE)
                add_rate(session, rate, now=now, actor=ALICE)
            projects = {project.key: project.id for project in session.scalars(select(Project))}
            for key, terms in CLIENTS.items():
                client = save_client(session, None, terms, now=now, actor=ALICE)
                assign(session, projects[key], client.id, now=now)
            go_live(session, live=True, now=now, actor=ALICE)

    def happen(self, event: Event) -> None:
        """Lets one event of the plot happen, on its day."""
        with self._container.writing(self._tenant_id) as session:
            match event.kind:
                case "bill":
                    self._bill(session, event)
                case "pay":
                    self._pay(session, event)
                case "dispute":
                    self._dispute(session, event)
                case "call":
                    self._call(session, event)

    def catch_up(self) -> None:
        """The days went by without the daily reader: what the issues say of overdue invoices is brought up to date."""
        refresh_jira(lambda: self._container.writing(self._tenant_id), now=self._container.clock.now())

    def _mail(self, session: TenantSession) -> None:
        mail = session.get_one(MailSettings, session.tenant_id)
        form = MailForm(
            from_name="Heron & Vale",
            from_address="billing@heronvale.example",
            reply_to="",
            window_start=time(9),
            window_end=time(17),
            contact_interval_days=CONTACT_INTERVAL_DAYS,
            row_version=mail.row_version,
        )
        now = self._container.clock.now()
        saved = save_mail(session, form, now=now, actor=ALICE)
        # The time machine jumps from one follow-up to the next; nobody waits ten minutes for each.
        save_control(session, replace(control_of(saved), undo_minutes=0), now=now, actor=ALICE)

    def _bill(self, session: TenantSession, event: Event) -> None:
        now = self._container.clock.now()
        project = session.scalars(select(Project).where(Project.key == event.project)).one()
        first, last = month_of(self.today, event.month)
        draft = draft_invoice(
            session,
            project_id=project.id,
            since=first,
            until=last,
            today=event.day,
            now=now,
            actor=PRIYA,
        )
        issue_invoice(
            session,
            draft.id,
            today=event.day,
            now=now,
            actor=PRIYA,
            renderer=self._container.renderer,
            message_ids=self._message_id,
        )
        self._invoices[event.project, event.month] = draft.id

    def _pay(self, session: TenantSession, event: Event) -> None:
        invoice = self._invoice(session, event)
        amount = invoice.balance_minor * event.part // 100
        record_payment(
            session,
            invoice.id,
            amount=Money(amount, currency_of(invoice.currency)),
            received_on=event.day,
            today=event.day,
            now=self._container.clock.now(),
            actor=ALICE,
            message_ids=self._message_id,
            reference=event.text,
        )

    def _dispute(self, session: TenantSession, event: Event) -> None:
        invoice = self._invoice(session, event)
        put_hold(
            session,
            invoice.id,
            kind="disputed",
            reason=event.text,
            today=event.day,
            now=self._container.clock.now(),
            actor=PRIYA,
        )

    def _call(self, session: TenantSession, event: Event) -> None:
        invoice = self._invoice(session, event)
        task = session.scalars(
            select(Task).where(Task.invoice_id == invoice.id, Task.kind == "call", Task.state == "open")
        ).one()
        said = Outcome(outcome="answered", notes=event.text, spoke_with="Heike Ostermann")
        close_task(session, task.id, said, today=event.day, now=self._container.clock.now(), actor=PRIYA)

    def _invoice(self, session: TenantSession, event: Event) -> Invoice:
        return session.get_one(Invoice, (session.tenant_id, self._invoices[event.project, event.month]))

    def _message_id(self, row_id: str) -> str:
        return self._container.message_id(self._tenant_id, row_id)
