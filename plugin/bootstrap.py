"""Ties the adapters to the services; the only place that knows both. Everything else gets the container it builds."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import Engine

from plugin.catalogue import check_catalogues
from plugin.channels.email.dns_lookup import dns_lookup
from plugin.channels.email.evidence import HttpEvidence
from plugin.channels.email.signing import new_private_key, sign
from plugin.channels.email.smtp import SmtpChannel, SmtpTimeouts
from plugin.channels.rooms import step_channels
from plugin.channels.webhook.room import call, judge, trial_body
from plugin.clock import Clock, FileClock, SystemClock, monotonic
from plugin.documents.letter import letter_pdf
from plugin.documents.renderer import TypstRenderer
from plugin.domain.errors import DunlinError, Permanent
from plugin.environment import SmtpServer
from plugin.gateways.imap.folder import ImapFolder
from plugin.hosts.connect.authenticate import ConnectHost
from plugin.hosts.connect.base_urls import BaseUrls
from plugin.hosts.connect.descriptor import APP_KEY
from plugin.hosts.connect.directory import Installations
from plugin.hosts.connect.keys import InstallKeys
from plugin.hosts.connect.licence import licence_reader
from plugin.hosts.connect.signing import ConnectAuth
from plugin.hosts.permissions import PermissionCache
from plugin.jira.site import JiraSite
from plugin.keys import KeyRing
from plugin.services.answers.mail_links import MailLinks
from plugin.services.control.look_after import ControlRound
from plugin.services.effects.jira_site import installation_of
from plugin.services.effects.mail_route import MailRoute
from plugin.services.effects.message_ids import new_message_id
from plugin.services.effects.step_channel import StepChannel
from plugin.services.follow_ups.hold_links import HoldLinks
from plugin.services.follow_ups.port import FollowUpRules
from plugin.services.follow_ups.run_due import run_due_steps
from plugin.services.jira_budget import HourlyBudget
from plugin.services.jira_gateway import CallBudget
from plugin.services.letters.parts import LetterParts
from plugin.services.mail_domain.keys import signing_key
from plugin.services.mail_domain.lookup import Lookup
from plugin.services.public_address import reachable_address
from plugin.services.settings.inbound import mailbox_of
from plugin.services.settings.smtp import own_server
from plugin.services.startup import add_new_cursors, require_keys, wake_under
from plugin.services.sync.context import SyncContext
from plugin.services.sync.run import run_cursor
from plugin.services.tenant_defaults import READ_WHILE
from plugin.services.wakeups import WakeupKind, Wakeups
from plugin.settings import Settings
from plugin.store.database import open_engine
from plugin.store.deployment import is_clock_off
from plugin.store.jira_points import reading_tenants
from plugin.store.session import TenantSession, reading, writing
from plugin.store.tables.company import MailSettings
from plugin.store.tables.staff import WebhookTarget
from plugin.store.tables.tenants import Installation


@dataclass
class Container:
    """What edges need. Connections open lazily, so a forked worker opens its own."""

    settings: Settings
    clock: Clock
    wakeups: Wakeups

    @cached_property
    def keys(self) -> KeyRing:
        """The key ring of this deployment."""
        return KeyRing(self.settings.secret_keys)

    @cached_property
    def engine(self) -> Engine:
        """The application's engine: on PostgreSQL a role that sees one tenant at a time."""
        return open_engine(self.settings.database_url)

    @cached_property
    def planner_engine(self) -> Engine:
        """The engine of the queries that look at all tenants and return ids."""
        if self.settings.database_planner_url == self.settings.database_url:
            return self.engine
        return open_engine(self.settings.database_planner_url)

    @cached_property
    def renderer(self) -> TypstRenderer:
        """Makes PDFs; keeps a compiler for each thread."""
        return TypstRenderer()

    @cached_property
    def mail_channel(self) -> SmtpChannel:
        """The way to the mail server; one connection a process."""
        return SmtpChannel(
            self.settings.smtp,
            SmtpTimeouts.scaled(self.settings.sending_lease_seconds),
            monotonic=monotonic,
            local_name=self.settings.host_name,
        )

    @cached_property
    def own_channels(self) -> dict[SmtpServer, SmtpChannel]:
        """The ways to mail servers of tenants; one connection each in a process."""
        return {}

    def mail_route(self, session: TenantSession) -> MailRoute:
        """The tenant's own mail server where it named one, else ours; signed where it has a key."""
        settings = session.get(MailSettings, session.tenant_id)
        server = None if settings is None else own_server(settings, self.keys)
        key = None if settings is None else signing_key(settings, self.keys)
        channel = self.mail_channel if server is None else self.channel_to(server)
        if key is None:
            return MailRoute(channel=channel)
        return MailRoute(channel=channel, sign=lambda message, at: sign(message, key, at=at))

    def channel_to(self, server: SmtpServer) -> SmtpChannel:
        """The way to a server that a person named: never into a private network that the settings do not name."""
        if server not in self.own_channels:
            self.own_channels[server] = SmtpChannel(
                server,
                SmtpTimeouts.scaled(self.settings.sending_lease_seconds),
                monotonic=monotonic,
                local_name=self.settings.host_name,
                address_of=self.address_of,
            )
        return self.own_channels[server]

    def address_of(self, host: str, port: int) -> str:
        """The address to connect to for a host that a person named. Raises InvalidInput where it is private."""
        return reachable_address(host, port, may_be_private=self.settings.may_be_private(host))

    def new_dkim_key(self) -> str:
        """A fresh key to sign mails with, in PEM."""
        return new_private_key()

    def close_mail(self) -> None:
        """Says goodbye to the mail servers that were spoken to."""
        for channel in (self.mail_channel, *self.own_channels.values()):
            channel.close()

    @cached_property
    def dns_lookup(self) -> Lookup | None:
        """Where the records of a sender's domain are looked up; None in demo and tests, which ask nobody outside."""
        return dns_lookup if self.settings.is_production else None

    @cached_property
    def mail_evidence(self) -> HttpEvidence | None:
        """Where a mail in doubt can be looked up, if anywhere."""
        return HttpEvidence(self.settings.mail_evidence_url) if self.settings.mail_evidence_url else None

    @cached_property
    def follow_ups(self) -> FollowUpRules:
        """The rules and records of follow-ups that carrying out a mail needs."""
        return FollowUpRules(self.mail_links, letter_pdf)

    @cached_property
    def mail_links(self) -> MailLinks:
        """Makes the links under a mail."""
        return MailLinks(self.keys, self.settings.base_url)

    @cached_property
    def hold_links(self) -> HoldLinks:
        """Makes and opens the addresses behind the digest's hold buttons."""
        return HoldLinks(self.keys, self.settings.base_url)

    def try_webhook(self, target: WebhookTarget, *, key: str) -> None:
        """Calls a target with a signed trial. Raises what is in the way."""
        judge(call(self, target, trial_body(key), key=key))

    def letter_pdf(self, letter: LetterParts) -> bytes:
        """A letter to print."""
        return letter_pdf(letter)

    @cached_property
    def step_channels(self) -> Mapping[str, StepChannel]:
        """The rooms of channels that carry one step alone."""
        return step_channels()

    @cached_property
    def installations(self) -> Installations:
        """The installations of Connect sites, with their secrets."""
        return Installations(self.engine, self.keys)

    @cached_property
    def connect_host(self) -> ConnectHost:
        """Checks tokens of Connect sites."""
        return ConnectHost(
            app_key=APP_KEY,
            base_url=self.settings.base_url,
            directory=self.installations,
            install_keys=InstallKeys([self.settings.connect_keys_url]),
            base_urls=BaseUrls(self.settings.allowed_hosts, production=self.settings.is_production),
            checker_for=lambda known: self.jira_of(known.tenant_id),
            permission_cache=PermissionCache(monotonic=monotonic),
            licence=licence_reader(),
        )

    def writing(self, tenant_id: str) -> AbstractContextManager[TenantSession]:
        """One transaction of one tenant, kept when its block ends well."""
        return writing(self.engine, tenant_id)

    def reading(self, tenant_id: str) -> AbstractContextManager[TenantSession]:
        """A transaction that only looks."""
        return reading(self.engine, tenant_id)

    def message_id(self, tenant_id: str, message_row_id: str) -> str:
        """The Message-ID header that a message row has for ever."""
        return new_message_id(
            self.keys, host_name=self.settings.host_name, tenant_id=tenant_id, message_row_id=message_row_id
        )

    def jira_for(self, installation: Installation) -> JiraSite:
        """A site's gateway for work behind the scenes, within the tenant's budget of points."""
        budget = HourlyBudget(
            self.engine,
            installation.tenant_id,
            points_per_hour=self.settings.jira_points_per_hour,
            now=self.clock.now,
            tenants=lambda: reading_tenants(self.planner_engine),
        )
        return self._gateway(installation, budget)

    def jira_of(self, tenant_id: str) -> JiraSite:
        """The gateway for a page that somebody looks at. Raises Permanent where no installation is alive."""
        return self._gateway(self._installation(tenant_id), None)

    def _installation(self, tenant_id: str) -> Installation:
        with self.reading(tenant_id) as session:
            row = installation_of(session)
        if row is None or row.state not in READ_WHILE:
            raise Permanent("Dunlin is not installed on this Jira site any more; install it again to go on.")
        return row

    def _gateway(self, installation: Installation, budget: CallBudget | None) -> JiraSite:
        """Signs with the newest secret at each request."""
        known = self.installations.opened(installation)
        auth = ConnectAuth(
            app_key=APP_KEY,
            client_key=known.client_key,
            base_url=known.base_url,
            secret=lambda: self.installations.newest_secret(known.tenant_id, known.installation_id),
        )
        return JiraSite(known.base_url, auth, budget=budget)

    def run_due_steps(self, tenant_id: str, ids: list[str]) -> None:
        """Plans and composes what is due among these steps; nothing while the clock is wrong."""
        with self.reading(tenant_id) as session:
            if is_clock_off(session):
                return
        effects = run_due_steps(
            lambda: self.writing(tenant_id),
            ids,
            now=self.clock.now(),
            message_ids=lambda row_id: self.message_id(tenant_id, row_id),
        )
        self.wakeups.wake(WakeupKind.EFFECTS, tenant_id, effects)

    def run_sync(self, tenant_id: str, names: list[str]) -> None:
        """Reads what these cursors stand for; one that fails does not stop the others."""
        problems: list[DunlinError] = []
        context = SyncContext(
            jira=self.jira_for(self._installation(tenant_id)),
            writing=lambda: self.writing(tenant_id),
            now=self.clock.now(),
            folder=lambda: self._mailbox(tenant_id),
            look_after=lambda value: self._control_of(tenant_id).run(value, now=self.clock.now()),
        )
        for name in names:
            try:
                run_cursor(context, name)
            except DunlinError as problem:
                problems.append(problem)
        if problems:
            raise problems[0]

    def _control_of(self, tenant_id: str) -> ControlRound:
        """What is looked after by itself for a tenant."""
        return ControlRound(
            writing=lambda: self.writing(tenant_id),
            message_ids=lambda row_id: self.message_id(tenant_id, row_id),
            links=self.hold_links,
        )

    def _mailbox(self, tenant_id: str) -> ImapFolder | None:
        """The mailbox in which a tenant's answers come in, if it has named one."""
        with self.reading(tenant_id) as session:
            mailbox = mailbox_of(session, self.keys)
        return ImapFolder(*mailbox, production=self.settings.is_production) if mailbox else None


def build_container(settings: Settings, *, wakeups: Wakeups, clock: Clock | None = None) -> Container:
    """The container of one process."""
    return Container(settings=settings, clock=clock or clock_of(settings), wakeups=wakeups)


def check_start(container: Container) -> None:
    """What a service process looks at before it serves. Raises Permanent where a key or a word is missing."""
    check_catalogues()
    require_keys(container.planner_engine, container.keys)
    wake_under(
        container.engine,
        container.planner_engine,
        base_url=container.settings.base_url,
        writing=container.writing,
        now=container.clock.now(),
    )
    add_new_cursors(container.planner_engine, writing=container.writing, now=container.clock.now())


def clock_of(settings: Settings) -> Clock:
    """The machine's clock, or the time machine's where the settings name its file."""
    return FileClock(settings.clock_file) if settings.clock_file else SystemClock()
