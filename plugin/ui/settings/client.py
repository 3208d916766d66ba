"""Who a project is billed to: choosing a client, adding one, changing the one it has."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal

import msgspec
from flask import request

from plugin.domain.billing.tax import TaxCategory
from plugin.domain.errors import NotAllowed
from plugin.domain.reminders.policy import Role
from plugin.services.billing.lookup import project_of
from plugin.services.follow_ups.calm import calm_score
from plugin.services.follow_ups.switches import opt_out_client
from plugin.services.settings.clients import ClientForm, ContactForm, save_client
from plugin.services.settings.contact_address import address_works
from plugin.services.settings.projects import save_project
from plugin.store.queries.settings import client_names, contacts_of, policies, projects_of_client
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client, Contact, Project
from plugin.store.tables.company import CompanyProfile
from plugin.ui import here
from plugin.ui.choices import country_choices, language_choices, law_choices, zones
from plugin.ui.forms import Failed, read_form
from plugin.ui.names import names_of
from plugin.ui.rights import Rights
from plugin.ui.settings import contacts, statement
from plugin.ui.settings.billing import form_of
from plugin.ui.settings.frame import settings_values, shown
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

SPARE_CONTACTS = 2
MOST_CONTACTS = 12
TAXES = [
    (TaxCategory.STANDARD.value, "Tax at the rate below"),
    (TaxCategory.REVERSE_CHARGE.value, "Reverse charge"),
    (TaxCategory.ZERO.value, "Zero rated"),
    (TaxCategory.EXEMPT.value, "Exempt"),
    (TaxCategory.EXPORT.value, "Export outside the tax area"),
    (TaxCategory.INTRA_COMMUNITY.value, "Supply inside the EU"),
    (TaxCategory.OUTSIDE_SCOPE.value, "Outside the scope of tax"),
]
ROLES = [
    (Role.BILLING.value, "Billing"),
    (Role.SPONSOR.value, "Sponsor"),
    (Role.CC.value, "Copy"),
    (Role.ESCALATION.value, "Escalation"),
    (Role.ACCOUNT_MANAGER.value, "Our account manager"),
]
FIELDS = ("name", "address", "country", "region", "vat_id", "reference", "phone", "language", "zone", "currency")


class ClientInput(msgspec.Struct):
    """The client's form; contacts are rows beside it."""

    name: str
    address: str
    country: str
    terms_days: int
    region: str = ""
    vat_id: str = ""
    reference: str = ""
    phone: str = ""
    language: str = "en"
    zone: str = ""
    currency: str = ""
    tax_category: str = "S"
    tax_percent: str = "0"
    is_business: bool = False
    law_profile: str = ""
    policy_id: str = ""
    reminders_on: bool = False
    autopay: bool = False
    segment: str = ""
    window_start: time | None = None
    window_end: time | None = None
    row_version: int = 0


class OptOutInput(msgspec.Struct):
    """``on``: back to reminders."""

    opt_out_reason: str = ""
    opt_out_since: date | None = None
    opt_out_until: date | None = None
    on: bool = False


class AddressInput(msgspec.Struct):
    """An address that works again."""

    address: str


class ChoiceInput(msgspec.Struct):
    """Which client the project has; empty: none."""

    row_version: int
    client_id: str = ""


def show_client(project_id: str, rights: Rights, failed: Failed | None = None) -> Shown:
    """The tab: the project's client with its people, or the choice of one."""
    with here.reading() as session:
        values = settings_values(session, project_id, rights, tab="client", failed=failed)
        project = project_of(session, project_id)
        client = session.get(Client, (session.tenant_id, project.client_id)) if project.client_id else None
        company = session.get_one(CompanyProfile, session.tenant_id)
        people = contacts_of(session, client.id) if client else ()
        shared = len(projects_of_client(session, client.id)) > 1 if client else False
        offered = client_names(session) if rights.bills else []
        calm = calm_score(session, client, now=here.now()).sentence if client else ""
        told = statement.statement_values(session, client)
        ladders = [(row.id, row.name) for row in policies(session)]
        noted = contacts.notes(session, client, rights)
    by = client.opt_out_by if client else ""
    names = names_of([by, *(row.noted_by for row in noted)])
    return shown(
        {
            **values,
            **told,
            "client": client,
            "calm": calm,
            "opted_out_by": names[by],
            **contacts.contact_values(client, noted, names),
            "contacts": _contact_rows(people),
            "failing": {one.email: one.failed_reason for one in people if one.failed_reason},
            "shared": shared,
            "clients": [("", "Nobody yet"), *offered],
            "old": _stored(client) if client else {},
            "new": _fresh(company),
            "spare": _contact_rows(()),
            "typed_contacts": _typed_contacts() if failed else None,
            "taxes": TAXES,
            "policies": [("", "As the project, else the site, says"), *ladders],
            "roles": ROLES,
            "languages": language_choices(),
            "laws": law_choices(company),
            "countries": country_choices(),
            "zones": zones(),
        }
    )


def choose(session: TenantSession, project_id: str) -> Said:
    """Bills the project to one of the tenant's clients."""
    form = read_form(ChoiceInput)
    project = project_of(session, project_id)
    changed = form_of(project, row_version=form.row_version, client_id=form.client_id)
    save_project(session, project_id, changed, now=here.now(), actor=here.actor())
    return Said(title="Client chosen", body="New drafts are for this client.")


def add(session: TenantSession, project_id: str) -> Said:
    """Adds a client, and bills the project to it."""
    client = save_client(session, None, _form(), now=here.now(), actor=here.actor())
    project = project_of(session, project_id)
    changed = form_of(project, row_version=project.row_version, client_id=client.id)
    save_project(session, project_id, changed, now=here.now(), actor=here.actor())
    return Said(title=f"{client.name} added", body="New drafts of this project are for this client.")


def change(session: TenantSession, project_id: str, rights: Rights) -> Said:
    """Changes the project's client. One that other projects are billed to is for site administrators."""
    project = _with_client(session, project_id, rights)
    client = save_client(session, project.client_id, _form(), now=here.now(), actor=here.actor())
    return Said(title=f"{client.name} saved", body="Issued invoices stay as they are.")


def opt_out(session: TenantSession, project_id: str, rights: Rights) -> Said:
    """Takes the client out of all follow-ups with a reason, or puts it back (F12)."""
    project = _with_client(session, project_id, rights)
    form = read_form(OptOutInput)
    client = opt_out_client(
        session,
        project.client_id or "",
        on=form.on,
        reason=form.opt_out_reason,
        since=form.opt_out_since,
        until=form.opt_out_until,
        today=here.today_of(session),
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title=f"Reminders for {client.name} are on" if form.on else f"No reminders for {client.name}")


def send_statements(session: TenantSession, project_id: str, rights: Rights) -> Said:
    """Chooses the day of the month on which the client gets its statement of account."""
    _with_client(session, project_id, rights)
    return statement.save(session, project_id)


def mend(session: TenantSession, project_id: str, rights: Rights) -> Said:
    """Somebody has seen to it that mail to an address of the client arrives again."""
    project = _with_client(session, project_id, rights)
    form = read_form(AddressInput)
    address_works(session, project.client_id or "", form.address, now=here.now(), actor=here.actor())
    return Said(title="The address is used again", body="What waited for it goes out by the rules of its policy.")


def _with_client(session: TenantSession, project_id: str, rights: Rights) -> Project:
    project = project_of(session, project_id)
    if project.client_id and not rights.site and len(projects_of_client(session, project.client_id)) > 1:
        raise NotAllowed("Other projects are billed to this client too; ask a Jira administrator to change it.")
    return project


def _form() -> ClientForm:
    form = read_form(ClientInput)
    values = msgspec.structs.asdict(form)
    return ClientForm(**values, contacts=tuple(_contacts()))


def _contacts() -> list[ContactForm]:
    """The rows with an address or a name; an empty row is no contact."""
    return [
        ContactForm(role=row["role"], name=row["name"], email=row["email"], phone=row["phone"])
        for row in _typed_contacts()
        if row["email"].strip() or row["name"].strip()
    ]


def _typed_contacts() -> list[dict[str, str]]:
    names = ("role", "name", "email", "phone")
    return [
        {name: request.form.get(f"contact-{number}-{name}", "") for name in names}
        for number in range(MOST_CONTACTS)
        if f"contact-{number}-email" in request.form
    ]


def _stored(client: Client) -> dict[str, object]:
    """A client as the form's values."""
    values: dict[str, object] = {name: getattr(client, name) for name in FIELDS}
    return {
        **values,
        "terms_days": client.terms_days,
        "tax_category": client.tax_category,
        "tax_percent": f"{Decimal(client.tax_rate_bp) / 100:f}",
        "is_business": client.is_business,
        "law_profile": client.law_profile,
        "policy_id": client.policy_id or "",
        "reminders_on": client.reminders_on,
        "autopay": client.autopay,
        "segment": client.segment,
        "window_start": client.window_start or "",
        "window_end": client.window_end or "",
        "row_version": client.row_version,
    }


def _fresh(company: CompanyProfile) -> dict[str, object]:
    """A new client begins with the company's own ways."""
    values: dict[str, object] = dict.fromkeys(FIELDS, "")
    own = {name: getattr(company, name) for name in ("country", "language", "zone", "currency")}
    rest = {"terms_days": 30, "tax_category": TaxCategory.STANDARD.value, "tax_percent": "19", "is_business": True}
    rest |= {"reminders_on": True, "autopay": False, "segment": ""}
    return {
        **values,
        **own,
        **rest,
        "law_profile": "",
        "policy_id": "",
        "window_start": "",
        "window_end": "",
        "row_version": 0,
    }


def _contact_rows(contacts: Sequence[Contact]) -> list[dict[str, str]]:
    """Stored contacts and two empty rows."""
    rows = [{"role": one.role, "name": one.name, "email": one.email, "phone": one.phone} for one in contacts]
    return [*rows, *({"role": "billing", "name": "", "email": "", "phone": ""} for _ in range(SPARE_CONTACTS))]
