"""The Flask service: pages, fragments, lifecycle and webhooks around one container."""

import os
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from plugin.bootstrap import Container, build_container, check_start
from plugin.clock import monotonic
from plugin.environment import SettingsError
from plugin.hosts.principal import TokenKind
from plugin.logs import configure_logs
from plugin.settings import Settings
from plugin.ui import (
    answer_actions,
    contact_notes,
    debit_notes,
    dialogs,
    health,
    here,
    invoice_actions,
    mail_preview,
    names,
    own_words,
    panel,
    step_actions,
)
from plugin.ui.admin import delivery as admin_delivery
from plugin.ui.admin import inbound as admin_answers
from plugin.ui.admin import parked as admin_parked
from plugin.ui.admin import routes as admin
from plugin.ui.admin import sender_check as admin_sender_check
from plugin.ui.admin import webhook_targets as admin_webhooks
from plugin.ui.assets import load_assets, register_assets
from plugin.ui.base_path import BelowPath
from plugin.ui.board import hold_page
from plugin.ui.board import routes as board
from plugin.ui.client import routes as client
from plugin.ui.control import routes as control
from plugin.ui.desk import routes as desk
from plugin.ui.failures import register_failures
from plugin.ui.filters import register_filters
from plugin.ui.guard import SMALL_BODY, register_guard
from plugin.ui.headers import register_headers
from plugin.ui.help import register_help
from plugin.ui.hosts import inbound, lifecycle, webhooks
from plugin.ui.people import People
from plugin.ui.policies import routes as policies
from plugin.ui.project import routes as project
from plugin.ui.routes import declare_kind
from plugin.ui.settings import routes as project_settings

ROOT = Path(__file__).resolve().parents[1]
BUILT = ROOT / "build" / "static"
BLUEPRINTS = (
    health.routes,
    lifecycle.routes,
    webhooks.routes,
    panel.routes,
    project.routes,
    invoice_actions.routes,
    step_actions.routes,
    mail_preview.routes,
    own_words.routes,
    contact_notes.routes,
    debit_notes.routes,
    answer_actions.routes,
    project_settings.routes,
    admin.routes,
    policies.routes,
    admin_answers.routes,
    admin_delivery.routes,
    admin_sender_check.routes,
    admin_parked.routes,
    admin_webhooks.routes,
    dialogs.routes,
    board.routes,
    hold_page.routes,
    desk.routes,
    control.routes,
    client.routes,
    inbound.routes,
)


def create_app(container: Container | None = None) -> Flask:
    """The service around ``container``; without one, around what the environment says.

    Raises SettingsError, or MissingBuild where the front end was not built.
    """
    built = container or _from_environment()
    app = Flask("plugin", template_folder=str(ROOT / "templates"), static_folder=None, root_path=str(ROOT / "plugin"))
    app.config.update(MAX_CONTENT_LENGTH=SMALL_BODY, MAX_FORM_MEMORY_SIZE=SMALL_BODY, MAX_FORM_PARTS=5000)
    # A redirect to a tidier address would answer strangers with a 3xx; what is not an address of ours is a 404.
    app.url_map.merge_slashes = False
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[here.EXTENSION] = built
    app.extensions[names.EXTENSION] = People(monotonic=monotonic)
    register_filters(app)
    register_headers(app, ap_script_url=built.settings.ap_script_url)
    register_guard(app)
    register_failures(app)
    register_help(app)
    register_assets(app, load_assets(BUILT), ap_script_url=built.settings.ap_script_url)
    declare_kind(app, "built_file", TokenKind.PUBLIC)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # Address alone: scheme, host and path are those of BASE_URL, whatever a header says.
    trusted = ProxyFix(app.wsgi_app, x_for=built.settings.trusted_proxies, x_proto=0, x_host=0)
    app.wsgi_app = BelowPath(trusted, built.settings.base_path)  # type: ignore[method-assign]
    return app


def _from_environment() -> Container:
    from worker.dispatch import RqWakeups

    settings = Settings.from_environment(os.environ)
    configure_logs(settings.log_level)
    if settings.redis_url is None:
        raise SettingsError(["REDIS_URL is missing: `dunlin demo` starts a Redis and sets it for this process."])
    wakeups = RqWakeups(settings.redis_url, job_seconds=settings.job_seconds)
    container = build_container(settings, wakeups=wakeups)
    check_start(container)
    return container
