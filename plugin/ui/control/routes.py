"""The forms of the tab of control, for Jira administrators; and the reader of a project's forewarning."""

from collections.abc import Callable
from datetime import date, datetime, time

import msgspec
from flask import Response
from markupsafe import Markup

from plugin.domain.errors import InvalidInput
from plugin.services.control.freshness import enter_payments_up_to
from plugin.services.settings.control import ControlForm, save_control
from plugin.services.settings.quiet_periods import QuietForm, add_quiet_period, remove_quiet_period
from plugin.services.settings.watch import WatchForm, save_watch
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.board.page import show_board
from plugin.ui.board.scope import Scope
from plugin.ui.control.page import show_control
from plugin.ui.forms import Failed, read_form
from plugin.ui.rights import require_biller, require_site_admin
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import fragment

routes = Routes("control", __name__)

AT = "/ui/fragment/admin/control"


class ControlInput(msgspec.Struct):
    """The tab's settings."""

    undo_minutes: int
    manual_quiet_days: int
    digest_at: time
    row_version: int
    payments_limit_hours: int | None = None


class QuietInput(msgspec.Struct):
    """A quiet period; ``client_id`` empty: the whole site."""

    name: str
    starts_on: date
    ends_on: date
    yearly: bool = False
    client_id: str = ""


class RemovalInput(msgspec.Struct):
    """Which quiet period goes."""

    period: str


class AsOfInput(msgspec.Struct):
    """A wall time where the person is."""

    as_of: str


class WatchInput(msgspec.Struct):
    """Who reads the forewarning of a project."""

    row_version: int
    digest_to: str = ""


@routes.action(f"{AT}/settings")
def save() -> Response:
    """Stores the settings."""

    def work(session: TenantSession) -> Said:
        form = read_form(ControlInput)
        save_control(session, ControlForm(**msgspec.structs.asdict(form)), now=here.now(), actor=here.actor())
        return Said(title="Saved", refresh=False)

    return _change("control", work)


@routes.action(f"{AT}/payments")
def as_of() -> Response:
    """Says up to when payments are entered."""

    def work(session: TenantSession) -> Said:
        form = read_form(AsOfInput)
        try:
            local = datetime.fromisoformat(form.as_of).replace(tzinfo=here.zone())
        except ValueError:
            raise InvalidInput("Enter a day and an hour.", field="as_of") from None
        enter_payments_up_to(session, local, now=here.now(), actor=here.actor())
        return Said(title="Noted", body="What was held for old payment data goes on.", refresh=False)

    return _change("as-of", work)


@routes.action(f"{AT}/quiet")
def add_quiet() -> Response:
    """Adds a quiet period."""

    def work(session: TenantSession) -> Said:
        form = read_form(QuietInput)
        values = {**msgspec.structs.asdict(form), "client_id": form.client_id or None}
        row = add_quiet_period(session, QuietForm(**values), now=here.now(), actor=here.actor())
        return Said(title=f"{row.name} is quiet", refresh=False)

    return _change("quiet", work)


@routes.action(f"{AT}/quiet/removal")
def remove_quiet() -> Response:
    """Removes a quiet period."""
    form = read_form(RemovalInput)

    def work(session: TenantSession) -> Said:
        if not form.period:
            raise InvalidInput("Choose a quiet period.", field="period")
        remove_quiet_period(session, form.period, now=here.now(), actor=here.actor())
        return Said(title="Removed", refresh=False)

    return _change(f"quiet-{form.period}", work)


@routes.action("/ui/fragment/project/<project_id>/forewarning")
def watch(project_id: str) -> Response:
    """Stores who reads the forewarning of a project."""
    require_biller(project_id)

    def work(session: TenantSession) -> Said:
        form = read_form(WatchInput)
        values = WatchForm(digest_to=form.digest_to, row_version=form.row_version)
        project = save_watch(session, project_id, values, now=here.now(), actor=here.actor())
        told = "It comes the business day before." if project.digest_to else "Nobody is told the day before."
        return Said(title="Saved", body=told, refresh=False)

    def show(_: Said | None, failed: Failed | None) -> Markup:
        return fragment(show_board(Scope(kind="project", place=project_id), failed))

    return submit("watch", work=work, show=show)


def _change(form: str, work: Callable[[TenantSession], Said]) -> Response:
    require_site_admin()
    return submit(form, work=work, show=lambda _, failed: fragment(show_control(failed)))
