"""Files of the front-end packages that the host page needs, served from ``node_modules`` and the build."""

from pathlib import Path

from flask import Blueprint, Response, abort, send_from_directory

from sandbox.jira.site import Site
from sandbox.options import Options

AUI = "@atlassian/aui/dist/aui"
CONNECT = "atlassian-connect-js/dist"
FILES = {
    "jquery.min.js": "jquery/dist/jquery.min.js",
    "jquery-migrate.min.js": "jquery-migrate/dist/jquery-migrate.min.js",
    "aui-prototyping.js": f"{AUI}/aui-prototyping.js",
    "aui-prototyping.css": f"{AUI}/aui-prototyping.css",
    "connect-host.js": f"{CONNECT}/connect-host.js",
    "connect-host.min.css": f"{CONNECT}/connect-host.min.css",
}
AUI_FOLDERS = ("fonts", "images")
# Where the package's script looks for its themes; in Jira that is Atlassian's network.
CDN = '"https://" + CDN_DOMAIN'


def add_routes(routes: Blueprint, site: Site, options: Options) -> None:
    """Vendor files, the app's own script, and the build."""
    packages = options.node_modules.resolve()

    @routes.get("/_host/vendor/<path:name>")
    def vendor(name: str) -> Response:
        if name.split("/", 1)[0] in AUI_FOLDERS:
            return send_from_directory(packages / AUI, name)
        if name not in FILES:
            abort(404)
        return send_from_directory(packages, FILES[name])

    @routes.get("/atlassian-connect/all.js")
    def all_js() -> Response:
        script = packages / CONNECT / "iframe.js"
        if not script.is_file():
            abort(404)
        text = script.read_text(encoding="utf-8").replace(CDN, f'"{site.base_url}/atlassian-connect"')
        return Response(text, mimetype="text/javascript", headers={"Access-Control-Allow-Origin": "*"})

    @routes.get("/atlassian-connect/<path:name>")
    def connect(name: str) -> Response:
        # The themes of the package are older than those of Jira's own pages; the build has today's.
        built = build_folder(options)
        response = send_from_directory(built if (built / name).is_file() else packages / CONNECT, name)
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response

    @routes.get("/_host/build/<path:name>")
    def build(name: str) -> Response:
        return send_from_directory(build_folder(options), name)


def build_folder(options: Options) -> Path:
    """What the front-end build wrote for the pretend world."""
    return options.node_modules.resolve().parents[1] / "build" / "sandbox"


def icon_sprite(options: Options) -> str:
    """The icons, to stand in every page; nothing before the first build."""
    sprite = build_folder(options) / "icons.svg"
    return sprite.read_text(encoding="utf-8") if sprite.is_file() else ""
