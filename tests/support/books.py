"""A tenant with a company, a client and a project whose time is billed: real services on a real database, no Jira."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Engine, select

from plugin.domain.billing.worklogs import content_hash
from plugin.domain.documents.findings import Finding
from plugin.domain.documents.model import InvoiceDocument
from plugin.services.billing.draft_invoice import draft_invoice
from plugin.services.billing.issue_invoice import issue_invoice
from plugin.services.renderer import RenderedDocument
from plugin.services.tenant_defaults import add_defaults
from plugin.services.verify import verify_tenant
from plugin.store.base import new_id
from plugin.store.database import open_engine
from plugin.store.session import TenantSession, reading, writing
from plugin.store.tables.clients import Project
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.jira_facts import JiraIssue, Worklog
from plugin.store.tables.tenants import Installation, Tenant
from sandbox.stage.house import ACTOR, CLIENT, bill_to, furnish, rates_by_person
from tests.support.databases import Urls

NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)
TODAY = date(2026, 9, 1)
FIRST_DAY = date(2026, 1, 1)
PROJECT, ISSUE, BOB = "10000", "20000", "712020:bob"


class NoRenderer:
    """Objects to nothing; makes no document, since none is asked for here."""

    def check(self, _document: InvoiceDocument) -> list[Finding]:
        return []

    def render(self, document: InvoiceDocument) -> RenderedDocument:
        raise AssertionError(f"{document.number} is not rendered in these tests")


@dataclass
class Books:
    """``log`` adds worklogs of one hour, each on a day of its own, so that a draft can be made of each."""

    urls: Urls
    tenant: str = field(default_factory=new_id)
    client_id: str = ""
    engine: Engine = field(init=False)

    def __post_init__(self) -> None:
        self.engine = open_engine(self.urls.app)

    def writing(self) -> AbstractContextManager[TenantSession]:
        return writing(self.engine, self.tenant)

    def reading(self) -> AbstractContextManager[TenantSession]:
        return reading(self.engine, self.tenant)

    def open(self, name: str = "Brandt & Kollegen GmbH") -> None:
        """Writes the tenant and everything it needs to issue."""
        with self.writing() as session:
            session.add(Tenant(tenant_id=self.tenant, name="Seestern", created_at=NOW))
            session.flush()
            add_defaults(session, now=NOW)
            session.add(
                Installation(
                    kind="connect",
                    client_key=f"key-{self.tenant}",
                    base_url="https://seestern.atlassian.net",
                    state="enabled",
                    event_at=NOW,
                    installed_at=NOW,
                )
            )
            session.add(Project(id=PROJECT, key="ACM", name="Acme relaunch"))
            session.add(JiraIssue(id=ISSUE, key="ACM-1", summary="Login page", project_id=PROJECT))
            session.flush()
            furnish(session, now=NOW)
            self.client_id = bill_to(session, PROJECT, replace(CLIENT, name=name, language="en"), now=NOW).id
            rates_by_person(session, PROJECT, {BOB: "100.00"}, since=FIRST_DAY, now=NOW)

    def log(self, count: int, *, first: int = 1) -> list[str]:
        """Worklogs of one hour from 1 January on; gives their ids."""
        rows = [_worklog(number) for number in range(first, first + count)]
        with self.writing() as session:
            session.add_all(rows)
            return [row.id for row in rows]

    def draft(self, number: int) -> str:
        """A draft of the worklog of one day; gives its id."""
        with self.writing() as session:
            return self.draft_in(session, number)

    def draft_in(self, session: TenantSession, number: int) -> str:
        day = day_of(number)
        return draft_invoice(session, project_id=PROJECT, since=day, until=day, today=TODAY, now=NOW, actor=ACTOR).id

    def issue_in(self, session: TenantSession, draft_id: str, *, today: date = TODAY) -> str:
        """Issues within a transaction of the caller's; gives the number."""
        issued = issue_invoice(
            session,
            draft_id,
            today=today,
            now=NOW,
            actor=ACTOR,
            renderer=NoRenderer(),
            message_ids=lambda row_id: f"<{row_id}@dunlin.example>",
            send=False,
        )
        return issued.number or ""

    def issue(self, draft_id: str) -> str:
        with self.writing() as session:
            return self.issue_in(session, draft_id)

    def numbers(self) -> list[str]:
        """All numbers that were given, in order."""
        with self.reading() as session:
            found = session.scalars(select(Invoice.number).where(Invoice.number.is_not(None)))
            return sorted(number for number in found if number is not None)

    def findings(self) -> list[str]:
        with self.reading() as session:
            return [f"{finding.invariant} {finding.sentence}" for finding in verify_tenant(session)]


def day_of(number: int) -> date:
    """The civil day of the n-th worklog; they go round the months before September."""
    return FIRST_DAY + timedelta(days=number - 1)


def _worklog(number: int) -> Worklog:
    started = datetime.combine(day_of(number), time(9), UTC)
    worklog_id = str(30_000 + number)
    return Worklog(
        id=worklog_id,
        issue_id=ISSUE,
        author_id=BOB,
        started_at=started,
        day=day_of(number),
        seconds=3600,
        updated_at=started,
        content_hash=content_hash(issue_id=ISSUE, author=BOB, started=started, seconds=3600, comment=""),
    )


@contextmanager
def open_books(urls: Urls, *, tenant: str = "") -> Iterator[Books]:
    """Books on a database; the engine is closed at the end."""
    books = Books(urls, tenant or new_id())
    try:
        books.open()
        yield books
    finally:
        books.engine.dispose()
