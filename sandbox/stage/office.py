"""What people do in Dunlin, each as one call of its service in one transaction: bill, log a call, record a payment."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from plugin.bootstrap import Container
from plugin.domain.billing.draft import Draft
from plugin.domain.calendar import civil_day
from plugin.domain.money import Money
from plugin.services.billing.confirm_worklogs import confirm_worklogs
from plugin.services.billing.draft_invoice import draft_invoice
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.billing.lookup import client_of, project_of
from plugin.services.billing.unbilled import preview_draft
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.close_task import Outcome, close_task
from plugin.services.follow_ups.holds import lift_hold, put_hold
from plugin.services.payments.record_payment import record_payment
from plugin.store.tables.follow_ups import Task
from plugin.store.tables.invoices import Invoice
from sandbox.stage.house import ACTOR, COMPANY


class Office:
    """The people of one tenant at their desks; the time is the container's clock."""

    def __init__(self, container: Container, tenant_id: str, *, zone: str = COMPANY.zone) -> None:
        self._container = container
        self._tenant_id = tenant_id
        self._zone = zone

    @property
    def now(self) -> datetime:
        """Business time, aware UTC."""
        return self._container.clock.now()

    @property
    def today(self) -> date:
        """The seller's civil day."""
        return civil_day(self.now, self._zone)

    def look(self, project_id: str, *, since: date | None, until: date) -> Draft:
        """The preview of a draft, as the project's page shows it."""
        with self._container.reading(self._tenant_id) as session:
            project = project_of(session, project_id)
            client = client_of(session, project)
            return preview_draft(session, project, client, since=since, until=until, today=self.today).draft

    def confirm(self, worklog_ids: Sequence[str]) -> int:
        """Says that worklogs over 24 hours are right, and gives how many were found."""
        with self._container.writing(self._tenant_id) as session:
            return confirm_worklogs(session, worklog_ids, now=self.now, actor=ACTOR)

    def draft(self, project_id: str, *, since: date | None, until: date) -> Invoice:
        """Stores a draft of a project's open time in a period (civil days, inclusive)."""
        with self._container.writing(self._tenant_id) as session:
            return draft_invoice(
                session,
                project_id=project_id,
                since=since,
                until=until,
                today=self.today,
                now=self.now,
                actor=ACTOR,
            )

    def issue(self, draft_id: str, *, due: date | None = None) -> Invoice:
        """Issues a draft today; ``due`` overrides the client's terms."""
        with self._container.writing(self._tenant_id) as session:
            return issue_invoice(
                session,
                draft_id,
                today=self.today,
                now=self.now,
                actor=ACTOR,
                renderer=self._container.renderer,
                message_ids=self._message_id,
                due=due,
            )

    def pay(self, invoice_id: str, minor: int | None = None) -> int:
        """Records a payment of today, of all that is open where no amount is given, and gives its minor units."""
        with self._container.writing(self._tenant_id) as session:
            invoice = session.get_one(Invoice, (self._tenant_id, invoice_id))
            amount = Money(invoice.balance_minor if minor is None else minor, currency_of(invoice.currency))
            record_payment(
                session,
                invoice_id,
                amount=amount,
                received_on=self.today,
                today=self.today,
                now=self.now,
                actor=ACTOR,
                message_ids=self._message_id,
            )
            return amount.minor

    def dispute(self, invoice_id: str, reason: str) -> str:
        """Notes that the client disputes the whole invoice; gives the id of the hold."""
        with self._container.writing(self._tenant_id) as session:
            hold = put_hold(
                session, invoice_id, kind="disputed", reason=reason, today=self.today, now=self.now, actor=ACTOR
            )
            return hold.id

    def settle(self, hold_id: str) -> None:
        """Ends a hold."""
        with self._container.writing(self._tenant_id) as session:
            lift_hold(session, hold_id, now=self.now, actor=ACTOR)

    def tasks(self) -> list[Task]:
        """The tasks that wait for somebody, oldest first."""
        with self._container.reading(self._tenant_id) as session:
            return list(session.scalars(select(Task).where(Task.state == "open").order_by(Task.due_on, Task.id)))

    def close(self, task_id: str, said: Outcome) -> None:
        """Fills in a task's outcome form."""
        with self._container.writing(self._tenant_id) as session:
            close_task(session, task_id, said, today=self.today, now=self.now, actor=ACTOR)

    def _message_id(self, row_id: str) -> str:
        return self._container.message_id(self._tenant_id, row_id)
