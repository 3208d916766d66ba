"""What an hour costs in a project: its own rates, its client's, and those of roles and the whole site."""

from datetime import date

import msgspec

from plugin.domain.billing.rates import RateLevel
from plugin.domain.errors import NotAllowed, NotFound
from plugin.services.billing.lookup import project_of
from plugin.services.settings.rates import RateForm, add_rate, end_rate, remove_rate, set_role
from plugin.store.queries.settings import authors_in, rates_for, roles_of
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.company import CompanyProfile
from plugin.store.tables.rates import Rate
from plugin.ui import here
from plugin.ui.forms import Failed, read_form
from plugin.ui.names import names_of
from plugin.ui.rights import Rights
from plugin.ui.settings.frame import settings_values, shown
from plugin.ui.submit import Said
from plugin.ui.surface import Shown

LEVELS = {
    RateLevel.PERSON_IN_PROJECT: "One person in this project",
    RateLevel.PROJECT: "This project",
    RateLevel.CLIENT: "This client, in all its projects",
    RateLevel.ROLE: "A role, everywhere",
    RateLevel.SITE: "Everybody, everywhere",
}
SITE_WIDE = frozenset({RateLevel.ROLE, RateLevel.SITE, RateLevel.CLIENT})
"""Levels that reach beyond one project, so a site administrator sets them."""


class RateInput(msgspec.Struct):
    """The price is text in major units an hour."""

    level: str
    price: str
    currency: str
    valid_from: date
    valid_to: date | None = None
    account_id: str = ""
    role: str = ""


class EndInput(msgspec.Struct):
    """The last day of a rate."""

    valid_to: date


class RoleInput(msgspec.Struct):
    """A person's billing role; empty takes it away."""

    account_id: str
    role: str = ""


def show_rates(project_id: str, rights: Rights, failed: Failed | None = None) -> Shown:
    """The tab. For those who bill only: a viewer sees no prices."""
    with here.reading() as session:
        values = settings_values(session, project_id, rights, tab="rates", failed=failed)
        project = project_of(session, project_id)
        rates, roles, authors = rates_for(session, project), roles_of(session), authors_in(session, project_id)
        client = session.get(Client, (session.tenant_id, project.client_id)) if project.client_id else None
        company = session.get_one(CompanyProfile, session.tenant_id)
    names = names_of([*authors, *(row.account_id for row in roles), *(rate.account_id for rate in rates)])
    levels = [level for level in LEVELS if rights.site or level not in SITE_WIDE]
    return shown(
        {
            **values,
            "rates": [_line(rate, names, client) for rate in rates],
            "person_roles": [(row, names.get(row.account_id, "")) for row in roles],
            "levels": [(level.name.lower(), LEVELS[level]) for level in levels if client or level != RateLevel.CLIENT],
            "people": [("", "Choose"), *sorted(((who, names[who]) for who in authors), key=lambda pair: pair[1])],
            "names": names,
            "currency": client.currency if client else company.currency,
            "changeable": {rate.id for rate in rates if _may_change(rate, project_id, rights)},
        }
    )


def add(session: TenantSession, project_id: str, rights: Rights) -> Said:
    """Adds a rate of a level that the caller may set."""
    form = read_form(RateInput)
    project = project_of(session, project_id)
    if not rights.site and form.level.upper() in {level.name for level in SITE_WIDE}:
        raise NotAllowed("Rates that reach beyond this project are set by a Jira administrator.")
    add_rate(
        session,
        RateForm(**msgspec.structs.asdict(form), project_id=project.id, client_id=project.client_id or ""),
        now=here.now(),
        actor=here.actor(),
    )
    return Said(title="Rate added", body="Drafts made from now on use it.", refresh=False)


def end(session: TenantSession, project_id: str, rate_id: str, rights: Rights) -> Said:
    """Lets a rate end."""
    _changeable(session, project_id, rate_id, rights)
    end_rate(session, rate_id, valid_to=read_form(EndInput).valid_to, now=here.now(), actor=here.actor())
    return Said(title="The rate ends", refresh=False)


def remove(session: TenantSession, project_id: str, rate_id: str, rights: Rights) -> Said:
    """Removes a rate."""
    _changeable(session, project_id, rate_id, rights)
    remove_rate(session, rate_id, now=here.now(), actor=here.actor())
    return Said(title="Rate removed", body="Invoices keep the prices they were made with.", refresh=False)


def give_role(session: TenantSession, rights: Rights) -> Said:
    """Gives a person a billing role, which counts in every project."""
    if not rights.site:
        raise NotAllowed("Billing roles count in every project; a Jira administrator sets them.")
    form = read_form(RoleInput)
    set_role(session, form.account_id[:128], form.role, now=here.now(), actor=here.actor())
    return Said(title="Role saved", refresh=False)


def _changeable(session: TenantSession, project_id: str, rate_id: str, rights: Rights) -> None:
    project = project_of(session, project_id)
    rate = next((row for row in rates_for(session, project) if row.id == rate_id), None)
    if rate is None:
        raise NotFound("There is no such rate here; reload the page.")
    if not _may_change(rate, project_id, rights):
        raise NotAllowed("Rates that reach beyond this project are changed by a Jira administrator.")


def _may_change(rate: Rate, project_id: str, rights: Rights) -> bool:
    return rights.site or rate.project_id == project_id


def _line(rate: Rate, names: dict[str, str], client: Client | None) -> dict[str, object]:
    level = RateLevel[rate.level.upper()]
    subject = {
        RateLevel.PERSON_IN_PROJECT: names.get(rate.account_id or "", ""),
        RateLevel.CLIENT: client.name if client else "",
        RateLevel.ROLE: rate.role or "",
    }.get(level, "")
    return {"rate": rate, "level": LEVELS[level], "subject": subject}
