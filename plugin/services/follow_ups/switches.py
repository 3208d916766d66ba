"""On and off: at site, project, client and invoice, the kill switch, and opt-outs with their reason (F10, F12)."""

from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.calendar import check_reach
from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.reminders.sentences import day_in_words
from plugin.services.billing.lookup import invoice_of, project_of
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.follow_ups.wake import wake_follow_ups, wake_site
from plugin.services.history.record import record_event
from plugin.services.letters.outdated import warn_letters
from plugin.services.settings.checks import clean_line
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.tenants import Tenant


def switch_site(session: TenantSession, *, on: bool, now: datetime, actor: str) -> None:
    """Turns the follow-ups of the whole site on or off."""
    tenant = _tenant(session)
    before, tenant.reminders_on = tenant.reminders_on, on
    tenant.row_version += 1
    wake_follow_ups(session, now=now)
    audit_switch(session, "site", actor, now, before=before, after=on)


def kill_switch(session: TenantSession, *, stopped: bool, now: datetime, actor: str) -> None:
    """Stops everything that leaves, at once: mails that are already queued are refused at the gate."""
    tenant = _tenant(session)
    before, tenant.kill_switch = tenant.kill_switch, stopped
    tenant.row_version += 1
    wake_site(session, now=now)
    audit_switch(session, "kill_switch", actor, now, before=before, after=stopped)


def go_live(session: TenantSession, *, live: bool, now: datetime, actor: str) -> None:
    """Leaves sandbox mode, or goes back to it; in sandbox mode no mail leaves."""
    tenant = _tenant(session)
    mode = "live" if live else "sandbox"
    before, tenant.mode = tenant.mode, mode
    tenant.row_version += 1
    wake_site(session, now=now)
    audit_switch(session, "mode", actor, now, before=before, after=mode)


def switch_project(session: TenantSession, project_id: str, *, on: bool, now: datetime, actor: str) -> None:
    """Turns the follow-ups of one project's invoices on or off."""
    project = project_of(session, project_id)
    before, project.reminders_on = project.reminders_on, on
    project.row_version += 1
    wake_follow_ups(session, Invoice.project_id == project_id, now=now)
    audit_switch(session, f"project:{project.id}", actor, now, before=before, after=on)


def opt_out_client(
    session: TenantSession,
    client_id: str,
    *,
    on: bool,
    reason: str,
    until: date | None,
    today: date,
    now: datetime,
    actor: str,
    since: date | None = None,
) -> Client:
    """Takes a client out of all follow-ups with a reason, until a last day or for good; ``on`` puts it back.

    ``since`` may lie ahead; by default today. Raises InvalidInput without a reason or with a day that is over.
    """
    why = clean_line(reason, field="opt_out_reason")
    client = _client(session, client_id)
    if not on and not why:
        raise InvalidInput("Say why this client gets no reminders; the history shows it.", field="opt_out_reason")
    if not on:
        _check_days(since, until, today=today, field="opt_out_until")
    before = {"reason": client.opt_out_reason, "until": str(client.opt_out_until)}
    client.opt_out_reason = "" if on else why
    client.opt_out_by, client.opt_out_until = ("" if on else actor), (None if on else until)
    client.opt_out_since = None if on else since or today
    client.row_version += 1
    wake_follow_ups(session, Invoice.client_id == client_id, now=now)
    record_audit(
        session,
        actor=actor,
        action="client.opt_out" if not on else "client.opt_in",
        subject=client.id,
        now=now,
        before=before,
        after={"reason": client.opt_out_reason, "until": str(client.opt_out_until)},
    )
    return client


def opt_out_invoice(
    session: TenantSession,
    invoice_id: str,
    *,
    on: bool,
    reason: str,
    today: date,
    now: datetime,
    actor: str,
    since: date | None = None,
    until: date | None = None,
) -> Invoice:
    """Takes one invoice out of the follow-ups with a reason, or puts it back.

    Without days it is off until somebody turns it on; with ``since`` (by default today) or ``until``, steps whose day
    lies between them are left out, and those before and after go (C20).
    """
    why = clean_line(reason, field="reason")
    invoice = invoice_of(session, invoice_id, lock=True)
    if not on and not why:
        raise InvalidInput("Say why this invoice gets no reminders; the history shows it.", field="reason")
    if not on:
        _check_days(since, until, today=today, field="until")
    invoice.reminders_on = on or since is not None or until is not None
    invoice.opt_out_reason = "" if on else why
    invoice.opt_out_by, invoice.opt_out_until = ("" if on else actor), (None if on else until)
    invoice.opt_out_since = None if on else since or today
    invoice.row_version += 1
    session.flush()
    record_event(
        session,
        invoice,
        kind="note",
        text="Reminders on again" if on else f"No reminders{_between(since, until)}: {why}",
        key=f"switch:{invoice.id}:{invoice.row_version}",
        now=now,
        actor=actor,
    )
    if not on:
        warn_letters(session, invoice.id, "the invoice gets no reminders")
    replan(session, invoice, now=now)
    audit_switch(session, f"invoice:{invoice.id}", actor, now, before=not on, after=on)
    return invoice


def _between(since: date | None, until: date | None) -> str:
    begins = f" from {day_in_words(since)}" if since else ""
    return f"{begins} until {day_in_words(until)}" if until else begins


def _check_days(since: date | None, until: date | None, *, today: date, field: str) -> None:
    if until is not None and until < max(since or today, today):
        raise InvalidInput(f"{until} is over already, or before it begins; choose a later day.", field=field)
    for day in filter(None, (since, until)):
        check_reach(day, today=today, field=field)


def _client(session: TenantSession, client_id: str) -> Client:
    client = session.scalars(select(Client).where(Client.id == client_id).with_for_update(key_share=True)).one_or_none()
    if client is None:
        raise NotFound("There is no such client here; reload the page.")
    return client


def _tenant(session: TenantSession) -> Tenant:
    return session.scalars(select(Tenant).with_for_update()).one()


def audit_switch(
    session: TenantSession, what: str, actor: str, now: datetime, *, before: object, after: object
) -> None:
    """Puts a switch on record.

    Comes last: the head of the chain is the last lock that anybody takes, or two changes could block each other.
    """
    record_audit(
        session,
        actor=actor,
        action="switch",
        subject=what,
        now=now,
        before={"value": before},
        after={"value": after},
    )
