"""``/_control``: everything a test in another process or the host page needs to direct the pretend world."""

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import Forbidden, HTTPException

from sandbox.control import beginning, changing, clock, counting, faults, living
from sandbox.control.time_machine import TimeMachine
from sandbox.jira.site import Site
from sandbox.mailbox.sink import Mailbox
from sandbox.options import Options

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def blueprint(site: Site, mailbox: Mailbox | None, machine: TimeMachine, options: Options) -> Blueprint:
    """All routes under ``/_control``; answers are JSON, errors included."""
    routes = Blueprint("control", __name__, url_prefix="/_control")

    @routes.before_request
    def only_from_here() -> None:
        """A page of another site must not direct the world: a loopback Host, and JSON, which needs a preflight."""
        if request.host.rsplit(":", 1)[0] not in LOOPBACK:
            raise Forbidden("Control is for this machine only.")
        if request.method == "POST" and request.mimetype != "application/json":
            raise Forbidden("Control takes application/json only.")

    @routes.errorhandler(HTTPException)
    def in_json(error: HTTPException) -> tuple[Response, int]:
        return jsonify({"error": error.description}), error.code or 500

    @routes.errorhandler(LookupError)
    def not_there(error: LookupError) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 404

    counting.add_routes(routes, site, mailbox)
    changing.add_routes(routes, site)
    living.add_routes(routes, site)
    faults.add_routes(routes, site, mailbox)
    clock.add_routes(routes, site, machine)
    beginning.add_routes(routes, site, options)
    return routes
