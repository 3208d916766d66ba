"""The project's settings. Everybody who sees the project may look; only who bills may change (F49)."""

from collections.abc import Callable

from flask import Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from plugin.store.session import TenantSession
from plugin.ui.forms import Failed
from plugin.ui.rights import Rights, require_biller, rights_in
from plugin.ui.routes import Routes
from plugin.ui.settings import billing, client, contacts, jira_work, rates, reminders
from plugin.ui.submit import Said, submit
from plugin.ui.surface import Shown, fragment, page

routes = Routes("settings", __name__)

AT = "/ui/fragment/settings/<project_id>"

ShowTab = Callable[[str, Rights, Failed | None], Shown]
SHOW: dict[str, ShowTab] = {
    "client": client.show_client,
    "rates": rates.show_rates,
    "billing": billing.show_billing,
    "reminders": reminders.show_reminders,
}


@routes.page("/ui/project-settings")
def settings() -> ResponseReturnValue:
    """The page as Jira's frame loads it."""
    project_id = request.args.get("project", "")
    return page(client.show_client(project_id, rights_in(project_id)))


@routes.fragment(f"{AT}/<any(client,rates,billing,reminders):tab>")
def tab(project_id: str, tab: str) -> ResponseReturnValue:
    """One tab. Prices are for those who bill."""
    rights = require_biller(project_id) if tab == "rates" else rights_in(project_id)
    return str(fragment(SHOW[tab](project_id, rights, None)))


@routes.action(f"{AT}/choice")
def choose_client(project_id: str) -> Response:
    """Bills the project to another client."""
    return _change(project_id, "client", "choice", lambda session, _: client.choose(session, project_id))


@routes.action(f"{AT}/clients")
def add_client(project_id: str) -> Response:
    """Adds a client and bills the project to it."""
    return _change(project_id, "client", "new-client", lambda session, _: client.add(session, project_id))


@routes.action(f"{AT}/client")
def change_client(project_id: str) -> Response:
    """Changes the project's client."""
    return _change(project_id, "client", "client", lambda session, who: client.change(session, project_id, who))


@routes.action(f"{AT}/address")
def address_works(project_id: str) -> Response:
    """An address of the client to which mail failed works again."""
    return _change(project_id, "client", "address", lambda session, who: client.mend(session, project_id, who))


@routes.action(f"{AT}/statements")
def send_statements(project_id: str) -> Response:
    """Chooses the day of the client's statement of account."""
    return _change(
        project_id, "client", "statement", lambda session, who: client.send_statements(session, project_id, who)
    )


@routes.action(f"{AT}/contacts")
def note_contact(project_id: str) -> Response:
    """Notes a contact with the client that somebody made outside."""
    return _change(project_id, "client", "contact", lambda session, _: contacts.note_contact(session, project_id))


@routes.action(f"{AT}/contacts/<note_id>/withdrawal")
def withdraw_contact(project_id: str, note_id: str) -> Response:
    """Takes such a note back."""

    def work(session: TenantSession, _: Rights) -> Said:
        return contacts.withdraw_contact(session, project_id, note_id)

    return _change(project_id, "client", f"contact-{note_id}", work)


@routes.action(f"{AT}/opt-out")
def opt_out(project_id: str) -> Response:
    """Takes the client out of the follow-ups, or puts it back."""
    form = "opt-in" if request.form.get("on") else "opt-out"
    return _change(project_id, "client", form, lambda session, who: client.opt_out(session, project_id, who))


@routes.action(f"{AT}/rates")
def add_rate(project_id: str) -> Response:
    """Adds a rate."""
    return _change(project_id, "rates", "rate", lambda session, who: rates.add(session, project_id, who))


@routes.action(f"{AT}/rates/<rate_id>/end")
def end_rate(project_id: str, rate_id: str) -> Response:
    """Lets a rate end on a last day."""
    form = f"end-{rate_id}"
    return _change(project_id, "rates", form, lambda session, who: rates.end(session, project_id, rate_id, who))


@routes.action(f"{AT}/rates/<rate_id>/removal")
def remove_rate(project_id: str, rate_id: str) -> Response:
    """Removes a rate."""
    form = f"remove-{rate_id}"
    return _change(project_id, "rates", form, lambda session, who: rates.remove(session, project_id, rate_id, who))


@routes.action(f"{AT}/roles")
def give_role(project_id: str) -> Response:
    """Gives a person a billing role."""
    return _change(project_id, "rates", "role", rates.give_role)


@routes.action(f"{AT}/billing")
def save_billing(project_id: str) -> Response:
    """Stores rounding, grouping and where the history goes."""
    return _change(project_id, "billing", "billing", lambda session, _: billing.save(session, project_id))


@routes.action(f"{AT}/jira-work")
def save_jira_work(project_id: str) -> Response:
    """Stores who looks after the invoices in Jira, and whether calls become issues."""
    return _change(project_id, "billing", "jira-work", lambda session, who: jira_work.save(session, project_id, who))


@routes.action(f"{AT}/reminders")
def save_reminders(project_id: str) -> Response:
    """Stores the switch and the choice of a policy."""
    return _change(project_id, "reminders", "reminders", lambda session, _: reminders.save(session, project_id))


def _change(project_id: str, shown_tab: str, form: str, work: Callable[[TenantSession, Rights], Said]) -> Response:
    rights = require_biller(project_id)

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(SHOW[shown_tab](project_id, rights, failed))

    return submit(form, work=lambda session: work(session, rights), show=show)
