"""The targets of outgoing webhooks: added, tried, switched, removed."""

from collections.abc import Callable
from dataclasses import replace

import msgspec
from flask import Response, g
from markupsafe import Markup

from plugin.domain.errors import DunlinError, InvalidInput, NotFound
from plugin.services.webhooks.targets import add_target, remove_target, renew_secret, switch_target, targets
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.staff import WebhookTarget
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.forms import Failed, Forms, read_form
from plugin.ui.rights import require_site_admin
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import Shown, fragment

routes = Routes("admin_webhooks", __name__)

AT = "/ui/fragment/admin/webhooks"


class SwitchInput(msgspec.Struct):
    """As it is to be: whoever presses a button that somebody else has pressed meanwhile turns nothing back."""

    on: bool = False


class TargetInput(msgspec.Struct):
    """The form of a new target."""

    name: str = ""
    url: str = ""


def show_webhooks(failed: Failed | None = None) -> Shown:
    """The tab. A secret is shown once, in the answer to the form that made it."""
    with here.reading() as session:
        values = admin_values(session, tab="webhooks", failed=failed)
        rows = targets(session)
    fresh = {} if failed else g.get("fresh_webhook", {})
    # Named by how many there are, so that the form is empty once a target was added.
    empty = replace(Forms(failed)("webhook", {"name": "", "url": ""}), name=f"webhook-{len(rows)}")
    return shown({**values, "targets": rows, "fresh": fresh, "new_target": empty})


@routes.action(AT)
def add() -> Response:
    """Adds a target."""
    return _change("webhook", _add)


@routes.action(f"{AT}/<target_id>/switch")
def switch(target_id: str) -> Response:
    """Calls a target again, or not."""
    return _change(f"switch-{target_id}", lambda session: _switch(session, target_id))


@routes.action(f"{AT}/<target_id>/secret")
def renew(target_id: str) -> Response:
    """Gives a target a new secret."""
    return _change(f"secret-{target_id}", lambda session: _renew(session, target_id))


@routes.action(f"{AT}/<target_id>/removal")
def remove(target_id: str) -> Response:
    """Takes a target away."""
    return _change(f"remove-{target_id}", lambda session: _remove(session, target_id))


@routes.action(f"{AT}/<target_id>/trial")
def try_out(target_id: str) -> Response:
    """Calls a target with a signed trial, now; no transaction is open meanwhile."""
    require_site_admin()
    with here.reading() as session:
        target = session.get(WebhookTarget, (session.tenant_id, target_id))
    if target is None:
        raise NotFound("There is no such target; reload the page.")
    problem = _call(target)

    def say(_: TenantSession) -> Said:
        if problem is not None:
            raise InvalidInput(problem)
        return Said(title="The webhook took the call", refresh=False)

    return submit(f"trial-{target_id}", work=say, show=_show)


def _call(target: WebhookTarget) -> str | None:
    try:
        here.container().try_webhook(target, key=new_id())
    except DunlinError as problem:
        return problem.sentence
    return None


def _add(session: TenantSession) -> Said:
    form, built = read_form(TargetInput), here.container()
    target, secret = add_target(
        session,
        name=form.name,
        url=form.url,
        keys=built.keys,
        strict=built.settings.is_production,
        now=here.now(),
        actor=here.actor(),
    )
    g.fresh_webhook = {target.id: secret}
    return Said(title="Webhook added", body="Copy its secret now; it is not shown again.", refresh=False)


def _switch(session: TenantSession, target_id: str) -> Said:
    on = read_form(SwitchInput).on
    switch_target(session, target_id, on=on, now=here.now(), actor=here.actor())
    return Said(title="Webhook switched on" if on else "Webhook switched off", refresh=False)


def _renew(session: TenantSession, target_id: str) -> Said:
    secret = renew_secret(session, target_id, keys=here.container().keys, now=here.now(), actor=here.actor())
    g.fresh_webhook = {target_id: secret}
    return Said(title="New secret made", body="Copy it now; it is not shown again.", refresh=False)


def _remove(session: TenantSession, target_id: str) -> Said:
    remove_target(session, target_id, now=here.now(), actor=here.actor())
    return Said(title="Webhook removed", refresh=False)


def _show(_: Said | None, failed: Failed | None) -> Markup:
    return fragment(show_webhooks(failed))


def _change(form: str, work: Callable[[TenantSession], Said]) -> Response:
    require_site_admin()
    return submit(form, work=work, show=_show)
