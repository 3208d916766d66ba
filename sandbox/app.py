"""Puts together the Flask app of one site: REST, install keys, host pages, mailbox and control."""

from flask import Flask, Response

from sandbox.control.routes import blueprint as control_blueprint
from sandbox.control.time_machine import TimeMachine
from sandbox.host.routes import FOLDER
from sandbox.host.routes import blueprint as host_blueprint
from sandbox.jira import rest
from sandbox.jira.rest import pipeline
from sandbox.jira.site import Site
from sandbox.mailbox.routes import blueprint as mailbox_blueprint
from sandbox.mailbox.sink import Mailbox
from sandbox.options import Options

REGISTERED = rest.__all__


def create_app(site: Site, *, mailbox: Mailbox | None, options: Options) -> Flask:
    """The whole pretend site behind one port."""
    app = Flask("sandbox.host", root_path=str(FOLDER), static_url_path="/_host/static")
    pipeline.register(app, site)
    machine = TimeMachine(site, app_url=options.app_url)
    app.register_blueprint(host_blueprint(site, mailbox, machine, options))
    app.register_blueprint(control_blueprint(site, mailbox, machine, options))
    if mailbox is not None:
        app.register_blueprint(mailbox_blueprint(mailbox))

    @app.get("/install-keys/<kid>")
    def key(kid: str) -> Response:
        pem = site.keys.public_pem(kid)
        return Response(pem or "unknown key", status=200 if pem else 404, mimetype="text/plain")

    return app
