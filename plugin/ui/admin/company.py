"""The company profile, its logo, and the pattern of invoice numbers."""

import base64
from collections.abc import Collection

import msgspec
from flask import request

from plugin.documents.logo import accept_logo
from plugin.domain.billing.numbering import NumberPattern, SeriesState, next_number
from plugin.domain.errors import InvalidInput
from plugin.services.billing.lookup import company_of
from plugin.services.billing.numbers import DEBIT_NOTES, FIRST_PATTERNS
from plugin.services.history.audience import told_roles
from plugin.services.settings.company import CompanyForm, save_company, save_logo
from plugin.services.settings.numbering import save_numbering
from plugin.store.queries.settings import project_ids
from plugin.store.session import TenantSession
from plugin.store.tables.company import CompanyProfile, NumberSeries
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.admin.late_payment import law_values
from plugin.ui.choices import country_choices, language_choices, zones
from plugin.ui.forms import Failed, read_form
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

FIELDS = tuple(name for name in CompanyForm.__dataclass_fields__)
INVOICES = "invoice"
SERIES = {INVOICES: "Invoice numbers", DEBIT_NOTES: "Numbers of debit notes"}
AUDIENCES = [("role", "Project role"), ("group", "Group")]


class CompanyInput(msgspec.Struct):
    """The profile's form."""

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


class NumberInput(msgspec.Struct):
    """The pattern; ``first`` counts only while no number was given."""

    pattern: str
    row_version: int
    series: str = ""
    first: int | None = None


def show_company(failed: Failed | None = None) -> Shown:
    """The tab of the profile."""
    with here.reading() as session:
        values = admin_values(session, tab="company", failed=failed)
        company = company_of(session)
        laws = law_values(session, today=here.today_of(session))
    return shown(
        {
            **values,
            "company": {name: getattr(company, name) for name in FIELDS},
            "logo": _logo(company),
            "countries": country_choices(),
            "zones": zones(),
            "audiences": AUDIENCES,
            "languages": language_choices(),
            **laws,
        }
    )


def roles_to_choose() -> set[str]:
    """Asks Jira, outside any transaction, which roles there are; only where another one is typed than is stored."""
    name = request.form.get("comment_role", "").strip()
    with here.reading() as session:
        if not name or name == company_of(session).comment_role or request.form.get("comment_audience") != "role":
            return set()
        projects = project_ids(session)
    return told_roles(here.container().jira_of(here.principal().tenant_id), projects)


def save_profile(session: TenantSession, roles: Collection[str]) -> Said:
    """Stores the profile."""
    form = CompanyForm(**msgspec.structs.asdict(read_form(CompanyInput)))
    save_company(session, form, now=here.now(), actor=here.actor(), roles=roles)
    return Said(title="Company saved", body="Issued invoices stay as they are.", refresh=False)


def save_picture(session: TenantSession) -> Said:
    """Stores the logo, drawn anew from its pixels, or takes it away."""
    if request.args.get("remove"):
        save_logo(session, None, now=here.now(), actor=here.actor())
        return Said(title="Logo removed", refresh=False)
    upload = request.files.get("file_logo")
    if upload is None or not upload.filename:
        raise InvalidInput("Choose a PNG or JPEG file.", field="file_logo")
    with upload.stream:
        content = upload.read()
    try:
        logo = accept_logo(content)
    except InvalidInput as problem:
        raise InvalidInput(problem.sentence, field="file_logo") from None
    save_logo(session, logo, now=here.now(), actor=here.actor())
    return Said(title="Logo saved", body="It stands on invoices issued from now on.", refresh=False)


def show_numbering(failed: Failed | None = None) -> Shown:
    """The tab of the numbers, with the number that the next document of each series would get."""
    with here.reading() as session:
        values = admin_values(session, tab="numbering", failed=failed)
        rows = [(title, *_series(session, key)) for key, title in SERIES.items()]
    return shown({**values, "numbered": rows})


def _series(session: TenantSession, key: str) -> tuple[NumberSeries, str]:
    """A series with its next number; one that is begun with its first document, as it would begin."""
    row = session.get(NumberSeries, (session.tenant_id, key))
    if row is None:
        row = NumberSeries(key=key, pattern=FIRST_PATTERNS[key], last=0, row_version=1)
    state = SeriesState(NumberPattern(row.pattern), row.last, row.last_issued_on)
    today = here.today_of(session)
    return row, next_number(state, max(today, row.last_issued_on or today)).text


def save_pattern(session: TenantSession) -> Said:
    """Stores the pattern."""
    form = read_form(NumberInput)
    key = form.series or INVOICES
    if key not in SERIES:
        raise InvalidInput("Choose one of the series.", field="series")
    save_numbering(
        session,
        key=key,
        pattern=form.pattern,
        first=form.first,
        row_version=form.row_version,
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Numbering saved", refresh=False)


def _logo(company: CompanyProfile) -> str:
    """The logo as an address of its own bytes: a picture in a page cannot send a token."""
    if company.logo is None:
        return ""
    return f"data:{company.logo_media_type};base64,{base64.b64encode(company.logo).decode()}"
