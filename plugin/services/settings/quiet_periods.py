"""Days on which nobody is reminded: of the whole site, or of one client; once, or every year (Christmas, August)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select

from plugin.domain.calendar import check_reach
from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.follow_ups.wake import wake_follow_ups
from plugin.services.settings.checks import clean_line, required
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import QuietPeriod

LONGEST = timedelta(days=92)
"""Nobody's summer is longer; whoever is not to be reminded at all is opted out."""
MOST = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietForm:
    """Both days are included. ``client_id`` None: the whole site."""

    name: str
    starts_on: date
    ends_on: date
    yearly: bool
    client_id: str | None = None


def quiet_periods(session: TenantSession, client_id: str | None) -> Sequence[QuietPeriod]:
    """Those of a client, or of the site, by their first day."""
    query = select(QuietPeriod).where(QuietPeriod.client_id == client_id)
    return session.scalars(query.order_by(QuietPeriod.starts_on, QuietPeriod.id)).all()


def add_quiet_period(session: TenantSession, form: QuietForm, *, now: datetime, actor: str) -> QuietPeriod:
    """Adds one and plans anew whom it concerns. Raises InvalidInput for days the wrong way round or far apart."""
    name = required(clean_line(form.name, field="name", longest=80), field="name", what="a name, such as Christmas")
    if form.ends_on < form.starts_on:
        raise InvalidInput("It ends before it begins; choose a later last day.", field="ends_on")
    if form.ends_on - form.starts_on > LONGEST:
        raise InvalidInput("It is longer than three months; opt the client out instead.", field="ends_on")
    check_reach(form.ends_on, today=now.date(), field="ends_on")
    if form.client_id is not None and session.get(Client, (session.tenant_id, form.client_id)) is None:
        raise NotFound("There is no such client here; reload the page.")
    if len(quiet_periods(session, form.client_id)) >= MOST:
        raise InvalidInput(f"There are {MOST} quiet periods already; remove one first.", field="name")
    row = QuietPeriod(
        id=new_id(),
        client_id=form.client_id,
        name=name,
        starts_on=form.starts_on,
        ends_on=form.ends_on,
        yearly=form.yearly,
    )
    session.add(row)
    session.flush()
    _tell(session, row, "quiet.added", now=now, actor=actor)
    return row


def remove_quiet_period(session: TenantSession, period_id: str, *, now: datetime, actor: str) -> None:
    """Removes one; what it held goes on."""
    row = session.get(QuietPeriod, (session.tenant_id, period_id))
    if row is None:
        raise NotFound("There is no such quiet period here; reload the page.")
    session.delete(row)
    session.flush()
    _tell(session, row, "quiet.removed", now=now, actor=actor)


def _tell(session: TenantSession, row: QuietPeriod, action: str, *, now: datetime, actor: str) -> None:
    if row.client_id is None:
        wake_follow_ups(session, now=now)
    else:
        wake_follow_ups(session, Invoice.client_id == row.client_id, now=now)
    days = {"from": row.starts_on.isoformat(), "to": row.ends_on.isoformat(), "yearly": row.yearly}
    record_audit(session, actor=actor, action=action, subject=row.client_id or "site", now=now, after=days)
