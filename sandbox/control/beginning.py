"""Control: the world's beginning. The page asks for a reset; the demo's supervisor carries it out."""

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import Conflict

from sandbox.jira.site import Site
from sandbox.options import Options


def add_routes(routes: Blueprint, site: Site, options: Options) -> None:
    """The reset flag, and the beginning that is kept and brought back."""

    @routes.post("/reset")
    def reset() -> tuple[Response, int]:
        options.reset_flag.parent.mkdir(parents=True, exist_ok=True)
        options.reset_flag.write_text(site.clock.now().isoformat(), encoding="ascii")
        return jsonify({"flag": str(options.reset_flag)}), 202

    @routes.post("/beginning/<any(keep,restore):what>")
    def beginning(what: str) -> Response:
        """``keep``: this is how the world began; ``restore``: back to it, in place, at the machine's present."""
        if options.keeper is None:
            raise Conflict("This world keeps no beginning; only the demo does.")
        if what == "keep":
            options.keeper.keep()
        elif not options.keeper.restore():
            raise Conflict("No beginning was kept.")
        return jsonify({"now": site.clock.now().isoformat()})
