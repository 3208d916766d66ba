"""Rows and stand-ins for tests of delivery: one tenant with one client, invoices, mails; rules that a test scripts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Engine, select, update

from plugin.channels.email.smtp import SmtpChannel, SmtpTimeouts
from plugin.clock import FrozenClock, monotonic
from plugin.keys import KeyRing
from plugin.services.effects.evidence import EvidenceSource, Finding
from plugin.services.effects.mail_channel import MailChannel, MailParts
from plugin.services.effects.mail_route import MailRoute
from plugin.services.effects.message_ids import new_message_id
from plugin.services.effects.ports import Dropped, Recheck, Refusal, RenderedMail
from plugin.services.effects.run import run_effect
from plugin.services.effects.step_channel import StepAbout, StepChannel
from plugin.services.follow_ups import step_effects
from plugin.services.jira_gateway import JiraGateway
from plugin.services.renderer import Renderer
from plugin.services.tenant_defaults import add_defaults
from plugin.settings import Settings
from plugin.store.base import new_id
from plugin.store.database import open_engine
from plugin.store.outbox import add_effect
from plugin.store.session import TenantSession, reading, writing
from plugin.store.tables.audit import Alert
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.company import MailSettings
from plugin.store.tables.follow_ups import Message, MessageMember, PlannedStep
from plugin.store.tables.invoices import Document, Invoice
from plugin.store.tables.outbox import Effect
from plugin.store.tables.policies import PolicyVersion
from plugin.store.tables.tenants import Installation, Tenant
from tests.support.databases import Urls
from tests.support.wakeups import MemoryWakeups

NOW = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
"""A Wednesday, within every send window."""
TENANT = "a" * 32


@dataclass
class ScriptedFollowUps:
    """Rules that say what the test wants, and remember what they were told."""

    answer: Recheck = field(default_factory=lambda: Recheck(go=True))
    stopped: Refusal | None = None
    hash: str = "first"
    text: str = "Please pay."
    told: list[tuple[str, object]] = field(default_factory=list)
    at_gate: Callable[[TenantSession], None] = lambda _session: None

    def render_message(self, session: TenantSession, message: Message) -> RenderedMail:
        self.told.append(("rendered", self.hash))
        parts = MailParts(
            from_name="Fernwood",
            from_address="billing@fernwood.example",
            reply_to="",
            recipient=message.recipient,
            subject="Invoice",
            text=self.text,
            html="",
        )
        return RenderedMail(parts=parts, content_hash=self.hash)

    def current_content_hash(self, session: TenantSession, message: Message) -> str:
        return self.hash

    def site_stops(self, session: TenantSession) -> Refusal | None:
        return self.stopped

    def may_offer(self, session: TenantSession, message: Message, *, now: datetime) -> bool:
        return True

    def before_offer(self, session: TenantSession, message: Message, *, now: datetime) -> Recheck | None:
        return None

    def recheck(self, session: TenantSession, message: Message, *, now: datetime) -> Recheck:
        self.at_gate(session)
        return self.answer

    def members_dropped(
        self, session: TenantSession, message: Message, dropped: tuple[Dropped, ...], *, now: datetime
    ) -> None:
        for drop in dropped:
            session.delete(session.get_one(MessageMember, (session.tenant_id, drop.member_id)))
        self.told.append(("dropped", [drop.code for drop in dropped]))

    def message_sent(self, session: TenantSession, message: Message, *, now: datetime, crossed: bool) -> None:
        self.told.append(("sent", crossed))

    def message_failed(self, session: TenantSession, message: Message, *, now: datetime, reason: str) -> None:
        self.told.append(("failed", reason))

    def message_deferred(
        self, session: TenantSession, message: Message, *, now: datetime, next_at: datetime, reason: str
    ) -> None:
        self.told.append(("deferred", next_at))

    def message_in_doubt(self, session: TenantSession, message: Message, *, now: datetime, reason: str) -> None:
        self.told.append(("in_doubt", reason))

    def message_cancelled(
        self, session: TenantSession, message: Message, *, now: datetime, code: str, reason: str
    ) -> None:
        self.told.append(("cancelled", code))

    def step_at_gate(
        self, session: TenantSession, step: PlannedStep, *, effect_id: str, now: datetime
    ) -> StepAbout | Refusal:
        self.at_gate(session)
        return step_effects.step_at_gate(session, step, effect_id=effect_id, now=now)

    def step_sent(self, session: TenantSession, step: PlannedStep, *, now: datetime, text: str, note: str) -> None:
        self.told.append(("step_sent", text))

    def step_failed(self, session: TenantSession, step: PlannedStep, *, now: datetime, reason: str) -> None:
        self.told.append(("step_failed", reason))

    def step_deferred(self, session: TenantSession, step: PlannedStep, *, next_at: datetime, reason: str) -> None:
        self.told.append(("step_deferred", next_at))

    def step_in_doubt(self, session: TenantSession, step: PlannedStep, *, reason: str) -> None:
        self.told.append(("step_in_doubt", reason))

    def step_given_back(self, session: TenantSession, step: PlannedStep, *, now: datetime, refusal: Refusal) -> None:
        self.told.append(("step_given_back", refusal.code))


@dataclass
class ScriptedEvidence:
    """A source that answers as told, and counts how often it was asked."""

    answer: Finding = Finding.ABSENT
    asked: list[str] = field(default_factory=list)

    def look(self, message_id: str) -> Finding:
        self.asked.append(message_id)
        return self.answer


@dataclass
class DeliveryWorld:
    """A tenant on a real database, and a runtime whose adapters a test may replace. Satisfies ``WorkerContainer``."""

    urls: Urls
    settings: Settings
    clock: FrozenClock
    follow_ups: ScriptedFollowUps = field(default_factory=ScriptedFollowUps)
    wakeups: MemoryWakeups = field(default_factory=MemoryWakeups)
    mail_evidence: EvidenceSource | None = None
    jira: JiraGateway | None = None
    step_channels: dict[str, StepChannel] = field(default_factory=dict)
    made_renderer: Renderer | None = None
    steps_run: list[list[str]] = field(default_factory=list)
    syncs_run: list[list[str]] = field(default_factory=list)
    channel: MailChannel | None = None
    tenant_id: str = TENANT

    @cached_property
    def engine(self) -> Engine:
        return open_engine(self.urls.app)

    @cached_property
    def planner_engine(self) -> Engine:
        return open_engine(self.urls.planner)

    @cached_property
    def keys(self) -> KeyRing:
        return KeyRing(self.settings.secret_keys)

    @cached_property
    def mail_channel(self) -> MailChannel:
        if self.channel is not None:
            return self.channel
        timeouts = SmtpTimeouts.scaled(self.settings.sending_lease_seconds)
        return SmtpChannel(self.settings.smtp, timeouts, monotonic=monotonic)

    def mail_route(self, session: TenantSession) -> MailRoute:
        return MailRoute(channel=self.mail_channel)

    def close_mail(self) -> None:
        """Says goodbye to the server, if it was spoken to."""
        self.mail_channel.close()

    @property
    def renderer(self) -> Renderer:
        assert self.made_renderer is not None
        return self.made_renderer

    def jira_for(self, installation: Installation) -> JiraGateway:
        assert self.jira is not None
        return self.jira

    def writing(self, tenant_id: str) -> AbstractContextManager[TenantSession]:
        return writing(self.engine, tenant_id)

    def reading(self, tenant_id: str) -> AbstractContextManager[TenantSession]:
        return reading(self.engine, tenant_id)

    def run_due_steps(self, tenant_id: str, ids: list[str]) -> None:
        self.steps_run.append(ids)

    def run_sync(self, tenant_id: str, names: list[str]) -> None:
        self.syncs_run.append(names)

    def run(self, effect_id: str, *, seconds: float = 900.0) -> None:
        """Does one wake-up's work for one effect."""
        run_effect(self, self.tenant_id, effect_id, time_left=lambda: seconds)

    def add_tenant(self, tenant_id: str = TENANT) -> None:
        """The tenant with its defaults, live, with an enabled installation, a client, a contact and a project."""
        with self.writing(tenant_id) as session:
            session.add(Tenant(tenant_id=tenant_id, name="Fernwood", mode="live", created_at=NOW))
            session.flush()
            add_defaults(session, now=NOW)
            session.get_one(MailSettings, tenant_id).from_address = "billing@fernwood.example"
            session.add(_installation(tenant_id, self.keys))
            session.add(Client(id="client", name="Acme"))
            session.flush()
            session.add(Contact(client_id="client", email="pay@acme.example", name="Ann"))
            session.add(Project(id="10000", key="ACM", name="Acme relaunch", client_id="client"))

    def add_invoice(self, name: str = "one", *, balance: int = 119_000, due: date = date(2026, 11, 1)) -> str:
        """An issued invoice with a stored PDF."""
        with self.writing(self.tenant_id) as session:
            version = session.scalars(select(PolicyVersion.id)).first()
            session.add(
                Invoice(
                    id=f"invoice-{name}",
                    state="issued",
                    number=f"INV-{name}",
                    client_id="client",
                    project_id="10000",
                    home_issue_id="10001",
                    currency="EUR",
                    language="en",
                    issued_on=date(2026, 10, 1),
                    due_on=due,
                    gross_minor=119_000,
                    balance_minor=balance,
                    policy_version_id=version,
                    created_at=NOW,
                    issued_at=NOW,
                )
            )
            session.flush()
            session.add(
                Document(
                    invoice_id=f"invoice-{name}",
                    kind="pdf",
                    file_name=f"{name}.pdf",
                    media_type="application/pdf",
                    body=b"%PDF-1.7 made for tests",
                    sha256="0" * 64,
                    made_at=NOW,
                )
            )
        return f"invoice-{name}"

    def add_mail(
        self, name: str = "one", *, invoices: tuple[str, ...] = ("invoice-one",), kind: str = "invoice"
    ) -> str:
        """A message about these invoices with its due effect; gives the effect's id."""
        row_id = message_row_id(name)
        with self.writing(self.tenant_id) as session:
            session.add(self._message(row_id, kind=kind))
            session.flush()
            for invoice_id in invoices:
                session.add(_member(row_id, invoice_id, kind))
                if kind == "follow_up":
                    version = session.get_one(Invoice, (self.tenant_id, invoice_id)).policy_version_id
                    session.add(_step(row_id, invoice_id, version or ""))
            now = self.clock.now()
            return add_effect(session, kind="mail", key=f"mail:{row_id}", subject_id=row_id, now=now).id

    def effect(self, effect_id: str) -> Effect:
        """The row as it stands now."""
        with self.reading(self.tenant_id) as session:
            row = session.get_one(Effect, (self.tenant_id, effect_id))
            session.expunge(row)
            return row

    def message_id(self, name: str = "one") -> str:
        """The Message-ID of the mail of that name."""
        return new_message_id(
            self.keys, host_name=self.settings.host_name, tenant_id=self.tenant_id, message_row_id=message_row_id(name)
        )

    def alerts(self) -> list[str]:
        """The kinds of all alerts, oldest first."""
        with self.reading(self.tenant_id) as session:
            return list(session.scalars(select(Alert.kind).order_by(Alert.at, Alert.id)))

    def steps(self) -> dict[str, str]:
        """The state of each step by its invoice."""
        with self.reading(self.tenant_id) as session:
            return dict(session.execute(select(PlannedStep.invoice_id, PlannedStep.state)).all())

    def end_grace(self) -> None:
        """Lets the grace of everything in doubt be over."""
        with self.writing(self.tenant_id) as session:
            long_ago = NOW - timedelta(days=400)
            session.execute(update(Effect).where(Effect.state == "unknown").values(lease_until=long_ago))

    def close(self) -> None:
        """Gives the connections back."""
        if "mail_channel" in self.__dict__:
            self.mail_channel.close()
        for engine in (self.engine, self.planner_engine):
            engine.dispose()

    def _message(self, row_id: str, *, kind: str) -> Message:
        return Message(
            id=row_id,
            kind=kind,
            client_id="client",
            currency="EUR",
            day=NOW.date(),
            recipient="pay@acme.example",
            message_id=new_message_id(
                self.keys, host_name=self.settings.host_name, tenant_id=self.tenant_id, message_row_id=row_id
            ),
            language="en",
            template="invoice" if kind == "invoice" else "friendly",
            created_at=NOW,
        )


def message_row_id(name: str) -> str:
    """The id of the message of that name, as our own are: links in a mail hold it."""
    return uuid5(NAMESPACE_OID, name).hex


def _member(row_id: str, invoice_id: str, kind: str) -> MessageMember:
    return MessageMember(
        id=f"member-{row_id}-{invoice_id}",
        message_row_id=row_id,
        invoice_id=invoice_id,
        step_key="issue" if kind == "invoice" else "friendly",
        recipient="pay@acme.example",
        amount_minor=119_000,
    )


def _step(row_id: str, invoice_id: str, version: str) -> PlannedStep:
    return PlannedStep(
        invoice_id=invoice_id,
        policy_version_id=version,
        step_key="friendly",
        channel="email",
        tone="friendly",
        planned_on=NOW.date(),
        message_row_id=row_id,
    )


def _installation(tenant_id: str, keys: KeyRing) -> Installation:
    secret = keys.encrypt("s" * 40, tenant=tenant_id, table="installation", field="shared_secret")
    return Installation(
        id=new_id(),
        kind="connect",
        client_key=f"client-{tenant_id}",
        base_url="http://localhost:1",
        shared_secret=secret,
        state="enabled",
        event_at=NOW,
        installed_at=NOW,
    )


@contextmanager
def delivery_world(urls: Urls, **environment: str) -> Iterator[DeliveryWorld]:
    """A world over a migrated database, with the tenant in it; ``environment`` overrides settings."""
    settings = Settings.from_environment(
        {"DUNLIN_ENV": "test", "BASE_URL": "http://127.0.0.1:8701", **urls.environment, **environment}
    )
    world = DeliveryWorld(urls=urls, settings=settings, clock=FrozenClock(NOW))
    try:
        world.add_tenant()
        yield world
    finally:
        world.close()


__all__ = ["NOW", "TENANT", "DeliveryWorld", "ScriptedEvidence", "ScriptedFollowUps", "delivery_world"]
