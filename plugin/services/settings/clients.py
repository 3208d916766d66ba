"""Clients and their contacts. What stands on issued invoices is frozen there and does not follow (I6)."""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import delete, select

from plugin.domain.billing.states import OPEN
from plugin.domain.billing.tax import TaxCategory, TaxRate
from plugin.domain.errors import InvalidInput, NotFound
from plugin.domain.late_payment.profiles import NONE, PROFILES
from plugin.domain.reminders.policy import Role
from plugin.services.addresses import check_address
from plugin.services.billing.lookup import check_version
from plugin.services.calendars import region_of
from plugin.services.currencies import currency_of
from plugin.services.follow_ups.plan_invoice import replan_many
from plugin.services.follow_ups.switches import audit_switch
from plugin.services.settings import checks
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact
from plugin.store.tables.invoices import Invoice
from plugin.store.tables.policies import PolicyRow


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactForm:
    """One person at the client."""

    role: str
    name: str
    email: str
    phone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientForm:
    """What the form says. ``tax_percent`` is text such as "19"; ``policy_id`` empty leaves the choice to project and
    site (F04), ``law_profile`` empty to the seller's country; ``row_version`` is the one the person saw (0: new).
    """

    name: str
    address: str
    country: str
    region: str = ""
    vat_id: str = ""
    reference: str = ""
    phone: str = ""
    language: str = "en"
    zone: str = "Europe/Berlin"
    currency: str = "EUR"
    tax_category: str = "S"
    tax_percent: str = "19"
    tax_reason: str = ""
    terms_days: int = 30
    is_business: bool = True
    law_profile: str = ""
    policy_id: str = ""
    reminders_on: bool = True
    autopay: bool = False
    segment: str = ""
    window_start: time | None = None
    window_end: time | None = None
    contacts: tuple[ContactForm, ...] = ()
    row_version: int = 0


def save_client(
    session: TenantSession, client_id: str | None, form: ClientForm, *, now: datetime, actor: str
) -> Client:
    """Adds a client, or changes one, with its contacts; open invoices are planned anew with what changed.

    InvalidInput names the field (an address is required, an e-mail address is exactly one); nothing is stored then.
    """
    values = _checked(form) | {"policy_id": _policy(session, form.policy_id)}
    contacts = [_contact(contact) for contact in form.contacts]
    client = _load(session, client_id, form.row_version)
    _require_free_name(session, str(values["name"]), client.id)
    before = {name: getattr(client, name) for name in values} if client_id else None
    for name, value in values.items():
        setattr(client, name, value)
    client.row_version = (client.row_version or 0) + 1
    session.add(client)
    session.flush()
    were_on, client.reminders_on = client.reminders_on, form.reminders_on
    _replace_contacts(session, client, contacts)
    open_now = select(Invoice).where(Invoice.client_id == client.id, Invoice.state.in_([state.value for state in OPEN]))
    locked = open_now.order_by(Invoice.id).with_for_update(key_share=True)
    replan_many(session, session.scalars(locked).all(), now=now)
    if were_on != form.reminders_on:
        audit_switch(session, f"client:{client.id}", actor, now, before=were_on, after=form.reminders_on)
    record_audit(
        session,
        actor=actor,
        action="client.saved",
        subject=client.id,
        now=now,
        before=_terms(before) if before else None,
        after=_terms(values),
    )
    return client


def _load(session: TenantSession, client_id: str | None, seen: int) -> Client:
    if client_id is None:
        return Client(id=new_id(), row_version=0)
    client = session.scalars(select(Client).where(Client.id == client_id).with_for_update(key_share=True)).one_or_none()
    if client is None:
        raise NotFound("There is no such client here; reload the page.")
    check_version(client, seen)
    return client


def _checked(form: ClientForm) -> dict[str, object]:
    country = checks.check_country(form.country)
    tax = TaxRate.parse(_category(form.tax_category), form.tax_percent)
    if form.window_start is not None and form.window_end is not None:
        checks.check_window(form.window_start, form.window_end)
    return {
        "name": checks.required(checks.clean_line(form.name, field="name"), field="name", what="the client's name"),
        "address": checks.required(
            checks.clean_block(form.address, field="address"), field="address", what="the client's postal address"
        ),
        "country": country,
        "region": region_of(country, form.region),
        "vat_id": checks.check_vat_id(form.vat_id, country=country),
        "reference": checks.clean_line(form.reference, field="reference"),
        "phone": checks.clean_line(form.phone, field="phone", longest=64),
        "language": checks.check_language(form.language),
        "zone": checks.check_zone(form.zone),
        "currency": currency_of(form.currency).code,
        "tax_category": tax.category.value,
        "tax_rate_bp": tax.basis_points,
        "tax_reason": checks.clean_line(form.tax_reason, field="tax_reason"),
        "terms_days": checks.check_range(form.terms_days, field="terms_days", low=0, high=365),
        "is_business": form.is_business,
        "law_profile": _law(form.law_profile),
        "autopay": form.autopay,
        "segment": checks.clean_line(form.segment, field="segment", longest=32),
        "window_start": form.window_start,
        "window_end": form.window_end,
    }


def _policy(session: TenantSession, policy_id: str) -> str | None:
    """One of the tenant's own, or none."""
    if policy_id and session.get(PolicyRow, (session.tenant_id, policy_id)) is None:
        raise InvalidInput("Choose one of your reminder policies.", field="policy_id")
    return policy_id or None


def _law(key: str) -> str:
    """A profile by its key, ``none``, or empty for that of the seller's country."""
    if key and key != NONE and key not in PROFILES:
        raise InvalidInput("Choose one of the rules for late payment.", field="law_profile")
    return key


def _category(code: str) -> TaxCategory:
    try:
        return TaxCategory(code)
    except ValueError:
        raise InvalidInput("Choose how this client is taxed.", field="tax_category") from None


def _contact(form: ContactForm) -> Contact:
    if form.role not in list(Role):
        raise InvalidInput("Choose what this person is for: billing, sponsor, cc or escalation.", field="contacts")
    return Contact(
        id=new_id(),
        role=form.role,
        name=checks.clean_line(form.name, field="contacts"),
        email=check_address(form.email),
        phone=checks.clean_line(form.phone, field="contacts", longest=64),
    )


def _replace_contacts(session: TenantSession, client: Client, contacts: list[Contact]) -> None:
    """An address that failed stays marked while it is the same; a new one starts clean."""
    known = select(Contact.email, Contact.failed_reason).where(Contact.client_id == client.id)
    failed = dict(session.execute(known).all())
    session.execute(delete(Contact).where(Contact.client_id == client.id))
    for contact in contacts:
        contact.client_id = client.id
        contact.failed_reason = failed.get(contact.email, "")
        session.add(contact)
    session.flush()


def _require_free_name(session: TenantSession, name: str, own_id: str) -> None:
    if session.scalars(select(Client.id).where(Client.name == name, Client.id != own_id)).first() is not None:
        raise InvalidInput(
            f"There is a client called {name} already; choose it, or add something to the name.", field="name"
        )


def _terms(values: dict[str, object]) -> dict[str, object]:
    """What an auditor needs of a client; names and addresses are personal and stay out of the chain."""
    kept = (
        "country",
        "language",
        "zone",
        "currency",
        "tax_category",
        "tax_rate_bp",
        "terms_days",
        "is_business",
        "law_profile",
        "autopay",
        "segment",
    )
    return {name: values[name] for name in (*kept, "policy_id")}
