"""Routes of the pages that look like Jira, and of what their scripts ask for."""

from pathlib import Path

from flask import Blueprint

from sandbox.control.time_machine import TimeMachine
from sandbox.host import pages, script_routes, vendor
from sandbox.host.context import Host
from sandbox.jira.site import Site
from sandbox.mailbox.sink import Mailbox
from sandbox.options import Options

FOLDER = Path(__file__).parent


def blueprint(site: Site, mailbox: Mailbox | None, machine: TimeMachine, options: Options) -> Blueprint:
    """All pages and script routes of one site."""
    routes = Blueprint("host", __name__)
    host = Host(site, mailbox, machine, options)
    vendor.add_routes(routes, site, options)
    pages.add_routes(routes, host)
    script_routes.add_routes(routes, host)
    return routes
