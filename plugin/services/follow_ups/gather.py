"""Reads everything that the planner may know about invoices, in the caller's transaction. One is a batch of one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from plugin.domain.billing.states import InvoiceState
from plugin.domain.calendar import BusinessCalendar, civil_day
from plugin.domain.errors import Permanent
from plugin.domain.money import Money
from plugin.domain.reminders.facts import InvoiceFacts, Obstacle, OptOut, Switches
from plugin.domain.reminders.policy import Policy
from plugin.services.answers.waiting import ANSWERS, REPLIES, Waiting, replies_waiting
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.gather_clients import CONTACTS_BACK, QUIET, ClientFacts, client_facts
from plugin.services.follow_ups.gather_contacts import ASKED_FOR, CALLS, NOTED, RESENT, WENT_ALONE, asked_of_clients
from plugin.services.follow_ups.gather_holds import LIVE, HoldFacts, holds_of
from plugin.services.follow_ups.gather_plans import ACCEPTED, NO_PLAN, PlanFacts, plan_facts
from plugin.services.follow_ups.gather_rows import InvoiceRow, in_batches, row_of
from plugin.services.follow_ups.gather_site import SiteFacts, site_facts
from plugin.services.follow_ups.gather_steps import TASKS, StepFacts, step_facts
from plugin.services.follow_ups.own_mail import OwnMail, own_mails
from plugin.services.follow_ups.policies import read_policy
from plugin.services.follow_ups.rare import RareRows, look_for
from plugin.store.kept import kept_rows
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Project
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyVersion

NOT_THERE_YET = Obstacle("the mail that brings the invoice has not left yet")
LOST = Obstacle("the mail with the invoice did not arrive; send it again, or say that the client has it")
"""Nobody is reminded of an invoice whose own mail has not left: a site may go live days later."""


FEW = 8
"""Invoices for which it is worth while to ask first what is there; for many, something nearly always is."""
_RARE = (LIVE, ACCEPTED, TASKS, ANSWERS, REPLIES, QUIET, CALLS, WENT_ALONE, NOTED, RESENT, ASKED_FOR)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanInput:
    """The four arguments of ``plan``; ``today`` is the civil day in the client's zone."""

    facts: InvoiceFacts
    policy: Policy
    calendar: BusinessCalendar
    today: date


@dataclass(frozen=True, kw_only=True, slots=True)
class _Batch:
    """What was read for some invoices together, by invoice, client, project and version."""

    site: SiteFacts
    clients: Mapping[str, ClientFacts]
    projects_on: Mapping[str, bool]
    policies: Mapping[str, Policy]
    holds: Mapping[str, HoldFacts]
    plans: Mapping[str, PlanFacts]
    steps: Mapping[str, StepFacts]
    own_mails: Mapping[str, OwnMail]
    replies: Mapping[str, Waiting]


def gather(session: TenantSession, invoice: Invoice, *, now: datetime) -> PlanInput:
    """Facts, policy and calendar of an issued invoice as they stand in this transaction at ``now`` (aware UTC)."""
    return gather_many(session, [invoice], now=now)[0]


def gather_many(session: TenantSession, invoices: Iterable[Invoice], *, now: datetime) -> list[PlanInput]:
    """The same for many, in their order; the number of queries depends on that of batches only."""
    return gather_rows(session, [row_of(invoice) for invoice in invoices], now=now)


def gather_rows(session: TenantSession, rows: Sequence[InvoiceRow], *, now: datetime) -> list[PlanInput]:
    """The same for invoices of which only some columns were read. Raises Permanent where one has no policy."""
    found: list[PlanInput] = []
    rare = _rare(session, rows, now=now)
    site = site_facts(session)
    clients: dict[str, ClientFacts] = {}
    for batch in in_batches(rows):
        new = {row.client_id for row in batch} - clients.keys()
        if new:
            wanted = kept_rows(session, Client, sorted(new)).values()
            clients |= client_facts(session, rare, list(wanted), site.mail, now=now)
        read = _read(session, rare, batch, site=site, clients=clients)
        found += [_input(row, read, now=now) for row in batch]
    return found


def _rare(session: TenantSession, rows: Sequence[InvoiceRow], *, now: datetime) -> RareRows:
    if not 0 < len(rows) <= FEW:
        return RareRows(session)
    asked = asked_of_clients(sorted({row.client_id for row in rows}), since=now - CONTACTS_BACK)
    return look_for(session, _RARE, asked | {"invoices": [row.id for row in rows]})


def _read(
    session: TenantSession,
    rare: RareRows,
    rows: Sequence[InvoiceRow],
    *,
    site: SiteFacts,
    clients: Mapping[str, ClientFacts],
) -> _Batch:
    zones = {row.id: clients[row.client_id].zone for row in rows}
    plans = plan_facts(session, rare, rows)
    projects = kept_rows(session, Project, sorted({row.project_id for row in rows}))
    return _Batch(
        site=site,
        clients=clients,
        projects_on={project.id: project.reminders_on for project in projects.values()},
        policies=_policies(session, rows),
        holds=holds_of(rare, {row.id: currency_of(row.currency) for row in rows}),
        plans=plans,
        steps=step_facts(session, rare, zones, whole=plans.keys()),
        own_mails=own_mails(session, zones),
        replies=replies_waiting(rare, {row.id: row.client_id for row in rows}),
    )


def _policies(session: TenantSession, rows: Sequence[InvoiceRow]) -> dict[str, Policy]:
    for row in rows:
        if row.policy_version_id is None:
            raise Permanent(f"Invoice {row.number} has no reminder policy; choose one on the invoice.")
    versions = kept_rows(session, PolicyVersion, sorted({row.policy_version_id or "" for row in rows}))
    return {version.id: read_policy(version) for version in versions.values()}


def _input(row: InvoiceRow, read: _Batch, *, now: datetime) -> PlanInput:
    client = read.clients[row.client_id]
    return PlanInput(
        facts=_facts(row, read, client, now=now),
        policy=read.policies[row.policy_version_id or ""],
        calendar=client.calendar,
        today=client.today,
    )


def _facts(row: InvoiceRow, read: _Batch, client: ClientFacts, *, now: datetime) -> InvoiceFacts:
    if row.issued_on is None or row.due_on is None:
        raise ValueError("only an issued invoice is followed up")
    currency = currency_of(row.currency)
    holds, steps, own_mail = read.holds[row.id], read.steps[row.id], read.own_mails[row.id]
    plan = read.plans.get(row.id, NO_PLAN)
    replied, mail = read.replies.get(row.id), read.site.mail
    return InvoiceFacts(
        invoice_id=row.id,
        number=row.number or "",
        state=InvoiceState(row.state),
        gross=Money(row.gross_minor, currency),
        balance=Money(max(row.balance_minor, 0), currency),
        issue_date=row.issued_on,
        due_date=row.due_on,
        client_id=row.client_id,
        client_name=client.name,
        project_id=row.project_id,
        language=client.language,
        read_at=now,
        # While it waits it leaves today at the earliest, so no step falls due, or is superseded, before it left.
        left_on=own_mail.left_on or (client.today if own_mail.is_waiting or own_mail.is_lost else None),
        switches=_switches(row, read, client),
        opt_outs=(*client.opt_outs, *_opt_out(row)),
        pauses=holds.pauses,
        disputes=holds.disputes,
        promise=holds.promise,
        plan=plan.hold or holds.plan,
        instalments=plan.instalments,
        obstacles=(*holds.obstacles, *_not_there(own_mail), *_said(replied)),
        handed_over_on=holds.handed_over_on,
        recipients=client.recipients,
        contacts=client.contacts.seen_from(row.id),
        contact_interval_days=mail.contact_interval_days,
        manual_mails=client.manual_mails,
        manual_quiet_days=mail.manual_quiet_days,
        records=steps.records,
        calls=steps.calls,
        reply_on=civil_day(replied.since, client.zone) if replied else None,
        viewed_on=civil_day(row.viewed_at, client.zone) if row.viewed_at else None,
        payments_as_of=mail.payments_as_of,
        payments_limit_hours=mail.payments_limit_hours,
        is_consumer=client.is_consumer,
        autopay=client.autopay,
        window=client.window,
        quiet=client.quiet,
        segment=client.segment,
        paid_on_time=client.paid_on_time,
        open_invoices=client.open_invoices,
        least_deadline_days=client.least_deadline_days,
    )


def _not_there(own_mail: OwnMail) -> tuple[Obstacle, ...]:
    """Nobody is reminded of an invoice that has not reached them."""
    if own_mail.is_waiting:
        return (NOT_THERE_YET,)
    return (LOST,) if own_mail.is_lost else ()


def _said(waiting: Waiting | None) -> tuple[Obstacle, ...]:
    """Whoever says that it has paid is not reminded by any step, until a person has looked into it."""
    return tuple(Obstacle(words) for words in waiting.says) if waiting else ()


def _switches(row: InvoiceRow, read: _Batch, client: ClientFacts) -> Switches:
    site = read.site
    return Switches(
        tenant=site.status,
        kill_switch=site.kill_switch,
        mode=site.mode,
        site_on=site.reminders_on,
        project_on=read.projects_on[row.project_id],
        client_on=client.reminders_on,
        invoice_on=row.reminders_on,
    )


def _opt_out(row: InvoiceRow) -> tuple[OptOut, ...]:
    if not row.opt_out_reason:
        return ()
    return (OptOut("invoice", row.opt_out_reason, row.opt_out_by, since=row.opt_out_since, until=row.opt_out_until),)
