"""Rate cards: add a dated rate, end one, remove one that nothing was billed by."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from plugin.domain.billing.rates import RateCard, RateLevel, parse_price
from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.money import Currency
from plugin.services.billing.rules import rate_card, rate_level, rule_of
from plugin.services.currencies import currency_of
from plugin.services.settings import checks
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.jira_facts import PersonRole
from plugin.store.tables.rates import Rate


@dataclass(frozen=True, kw_only=True, slots=True)
class RateForm:
    """A new rate. ``price`` is text in major units per hour such as "120.00"; the subject fits the level."""

    level: str
    price: str
    currency: str
    valid_from: date
    valid_to: date | None = None
    project_id: str = ""
    client_id: str = ""
    account_id: str = ""
    role: str = ""


def add_rate(session: TenantSession, form: RateForm, *, now: datetime, actor: str) -> Rate:
    """Adds a rate. Refuses 0, -1, NaN and 1e400, a subject that does not fit, and dates that overlap another's."""
    level = rate_level(form.level)
    currency = currency_of(form.currency)
    needs_project = level in (RateLevel.PERSON_IN_PROJECT, RateLevel.PROJECT)
    row = Rate(
        id=new_id(),
        level=level.name.lower(),
        project_id=form.project_id or None if needs_project else None,
        client_id=form.client_id or None if level is RateLevel.CLIENT else None,
        account_id=form.account_id or None if level is RateLevel.PERSON_IN_PROJECT else None,
        role=checks.clean_line(form.role, field="role", longest=64) or None if level is RateLevel.ROLE else None,
        currency=currency.code,
        minor_per_hour=_price(form.price, currency),
        valid_from=form.valid_from,
        valid_to=form.valid_to,
    )
    keys = dict(session.execute(select(Project.id, Project.key)).all())
    if row.project_id is not None and row.project_id not in keys:
        raise InvalidInput("Choose one of your projects.", field="project_id")
    known = [rule_of(rate, keys) for rate in session.scalars(select(Rate)) if (rate.project_id or "") in {"", *keys}]
    RateCard([*known, rule_of(row, keys)])
    session.add(row)
    session.flush()
    record_audit(session, actor=actor, action="rate.added", subject=row.id, now=now, after=_shown(row))
    return row


def end_rate(session: TenantSession, rate_id: str, *, valid_to: date, now: datetime, actor: str) -> Rate:
    """Lets a rate end on a last day; time after it needs another one."""
    row = _rate(session, rate_id)
    if valid_to < row.valid_from:
        raise InvalidInput(f"The rate starts on {row.valid_from}; it cannot end before.", field="valid_to")
    before = _shown(row)
    row.valid_to = valid_to
    session.flush()
    rate_card(session)
    record_audit(session, actor=actor, action="rate.ended", subject=row.id, now=now, before=before, after=_shown(row))
    return row


def _price(text: str, currency: Currency) -> int:
    try:
        return parse_price(text, currency)
    except InvalidInput as problem:
        raise InvalidInput(problem.sentence, field="price") from problem


def remove_rate(session: TenantSession, rate_id: str, *, now: datetime, actor: str) -> None:
    """Removes a rate. Issued invoices keep their prices: each line holds its own and the trace of its rate."""
    row = _rate(session, rate_id)
    record_audit(session, actor=actor, action="rate.removed", subject=row.id, now=now, before=_shown(row))
    session.delete(row)
    session.flush()


def set_role(session: TenantSession, account_id: str, role: str, *, now: datetime, actor: str) -> None:
    """Gives a person a billing role ("" takes it away); role rates are looked up by it."""
    name = checks.clean_line(role, field="role", longest=64)
    row = session.get(PersonRole, (session.tenant_id, account_id))
    before = row.role if row else ""
    if row is not None and not name:
        session.delete(row)
    elif row is not None:
        row.role = name
    elif name:
        session.add(PersonRole(account_id=account_id, role=name))
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="person.role",
        subject=account_id,
        now=now,
        before={"role": before},
        after={"role": name},
    )


def _rate(session: TenantSession, rate_id: str) -> Rate:
    row = session.scalars(select(Rate).where(Rate.id == rate_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such rate here; reload the page.")
    return row


def _shown(row: Rate) -> dict[str, object]:
    return {
        "level": row.level,
        "minor_per_hour": row.minor_per_hour,
        "currency": row.currency,
        "valid_from": str(row.valid_from),
        "valid_to": str(row.valid_to) if row.valid_to else None,
        "subject": [row.project_id, row.client_id, row.account_id, row.role],
    }
