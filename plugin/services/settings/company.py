"""The company profile, with a logo that was checked by the edge, and the days of worklogs that hang on the zone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from plugin.domain.calendar import civil_day
from plugin.domain.documents.model import Logo
from plugin.services.addresses import check_address
from plugin.services.billing.lookup import check_version, company_of
from plugin.services.calendars import region_of
from plugin.services.currencies import currency_of
from plugin.services.history.audience import check_audience
from plugin.services.settings import checks
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.jira_facts import Worklog


@dataclass(frozen=True, kw_only=True, slots=True)
class CompanyForm:
    """What the form says, as text; ``row_version`` is the one the person saw."""

    name: str
    address: str
    country: str
    vat_id: str
    tax_number: str
    email: str
    phone: str
    iban: str
    bic: str
    bank_name: str
    footer: str
    colour: str
    zone: str
    region: str
    currency: str
    language: str
    row_version: int
    comment_audience: str = "role"
    comment_role: str = ""


def save_company(
    session: TenantSession, form: CompanyForm, *, now: datetime, actor: str, roles: Collection[str] = ()
) -> CompanyProfile:
    """Checks and stores the profile. InvalidInput names the field, Conflict says that somebody was quicker.

    ``roles``: the project roles that Jira told, if it was asked; a role for the history is one of them.
    """
    profile = company_of(session)
    session.refresh(profile, with_for_update=True)
    check_version(profile, form.row_version)
    values = _checked(form)
    audience, name = check_audience(form.comment_audience, form.comment_role, roles=roles)
    values |= {"comment_audience": audience, "comment_role": name}
    before = {name: getattr(profile, name) for name in values}
    zone_changed = profile.zone != values["zone"]
    for name, value in values.items():
        setattr(profile, name, value)
    profile.row_version += 1
    session.flush()
    if zone_changed:
        _move_days(session, profile.zone)
    changed = {name for name, value in values.items() if before[name] != value}
    record_audit(
        session,
        actor=actor,
        action="company.saved",
        subject="company",
        now=now,
        before={name: before[name] for name in sorted(changed)},
        after={name: values[name] for name in sorted(changed)},
    )
    return profile


def save_logo(session: TenantSession, logo: Logo | None, *, now: datetime, actor: str) -> None:
    """Stores a checked and re-encoded logo, or takes it away."""
    profile = company_of(session)
    profile.logo = logo.content if logo else None
    profile.logo_media_type = logo.media_type if logo else None
    profile.row_version += 1
    record_audit(
        session, actor=actor, action="company.logo", subject="company", now=now, after={"present": logo is not None}
    )


def _checked(form: CompanyForm) -> dict[str, str]:
    country = checks.check_country(form.country)
    return {
        "name": checks.required(checks.clean_line(form.name, field="name"), field="name", what="your company's name"),
        "address": checks.required(
            checks.clean_block(form.address, field="address"), field="address", what="your address"
        ),
        "country": country,
        "vat_id": checks.check_vat_id(form.vat_id, country=country),
        "tax_number": checks.clean_line(form.tax_number, field="tax_number", longest=32),
        "email": check_address(form.email) if form.email.strip() else "",
        "phone": checks.clean_line(form.phone, field="phone", longest=64),
        "iban": checks.check_iban(form.iban),
        "bic": checks.check_bic(form.bic),
        "bank_name": checks.clean_line(form.bank_name, field="bank_name"),
        "footer": checks.clean_block(form.footer, field="footer"),
        "colour": checks.check_colour(form.colour),
        "zone": checks.check_zone(form.zone),
        "region": region_of(country, form.region),
        "currency": currency_of(form.currency).code,
        "language": checks.check_language(form.language),
    }


def _move_days(session: TenantSession, zone: str) -> None:
    """A worklog belongs to the civil day of its start in the seller's zone, so a new zone moves some days."""
    started = session.execute(
        select(Worklog.id, Worklog.started_at, Worklog.day).where(
            Worklog.tenant_id == session.tenant_id, Worklog.started_at.is_not(None)
        )
    )
    moved = [
        {"tenant_id": session.tenant_id, "id": worklog_id, "day": civil_day(instant, zone)}
        for worklog_id, instant, day in started
        if instant is not None and civil_day(instant, zone) != day
    ]
    if moved:
        session.execute(update(Worklog), moved)
