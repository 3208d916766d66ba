"""Control: the app's life on the site."""

import requests
from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import BadGateway, NotFound

from sandbox.control.bodies import Body, body, text
from sandbox.jira import lifecycle
from sandbox.jira.site import Site, new_secret


def add_routes(routes: Blueprint, site: Site) -> None:
    """``install``, ``reinstall``, ``enable``, ``disable``, ``uninstall``, ``rename``."""

    @routes.post("/lifecycle/<step>")
    def live(step: str) -> tuple[Response, int]:
        try:
            _live(site, step, body())
        except lifecycle.InstallRefused as refused:
            return jsonify({"error": str(refused), "status": refused.status}), 502
        except requests.RequestException as error:
            raise BadGateway(f"The app does not answer: {type(error).__name__}.") from error
        return jsonify({"client_key": site.client_key, "installed": site.installation is not None}), 200


def _live(site: Site, step: str, given: Body) -> None:
    match step:
        case "install":
            lifecycle.install(site, text(given, "descriptor_url"))
        case "reinstall":
            installation = lifecycle.required(site)
            lifecycle.install(site, f"{installation.app_url}/atlassian-connect.json", secret=new_secret())
        case "enable":
            lifecycle.enable(site)
        case "disable":
            lifecycle.disable(site)
        case "uninstall":
            lifecycle.uninstall(site)
        case "rename":
            site.base_url = text(given, "base_url").rstrip("/")
            lifecycle.install(site, f"{lifecycle.required(site).app_url}/atlassian-connect.json")
        case _:
            raise NotFound(f"There is no step {step} in the life of an app.")
