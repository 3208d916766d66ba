"""What the pages load: files with hashed names that ``frontend/build.mjs`` wrote to ``build/static``."""

import json
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, send_from_directory, url_for
from markupsafe import Markup

STATIC_PATH = "/static/build"
NEEDED = (
    "htmx.min.js",
    "hx-download.min.js",
    "tokens.css",
    "icons.svg",
    "app.css",
    "host.js",
    "early.js",
    "insert.js",
    "client.css",
    "client.js",
)


class MissingBuild(RuntimeError):
    """The front-end was not built, or only in part; without it no page would work, so the service does not start."""

    def __init__(self, directory: Path, detail: str) -> None:
        super().__init__(f"{directory}: {detail}. Run `make setup` (npm ci and frontend/build.mjs).")


@dataclass(frozen=True)
class Assets:
    """``files`` maps the plain name to the hashed one; ``sprite`` is the icons' SVG, inlined in each page."""

    directory: Path
    files: dict[str, str]
    sprite: Markup


def load_assets(directory: Path) -> Assets:
    """Reads the manifest in ``directory``; ``MissingBuild`` when it, or a file it must name, is not there."""
    try:
        manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
        files = {str(name): str(entry["file"]) for name, entry in manifest.items()}
    except FileNotFoundError:
        raise MissingBuild(directory, "no manifest.json, the front-end is not built") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise MissingBuild(directory, "manifest.json cannot be read") from None
    absent = [name for name in NEEDED if name not in files or not (directory / files[name]).is_file()]
    if absent:
        raise MissingBuild(directory, f"not built: {', '.join(absent)}")
    # The sprite is ours (built from Atlassian's icons), never a tenant's text, so it may stand in the page as it is.
    sprite = Markup((directory / files["icons.svg"]).read_text(encoding="utf-8"))  # noqa: S704
    return Assets(directory=directory, files=files, sprite=sprite)


def register_assets(app: Flask, assets: Assets, *, ap_script_url: str) -> None:
    """Serves the built files and gives templates ``asset(name)``, ``icon_sprite`` and ``ap_script_url``."""
    served = frozenset(assets.files.values())

    def built_file(name: str) -> Response:
        if name not in served:
            abort(404)
        response = send_from_directory(assets.directory, name, max_age=None)
        # The name carries the content's hash, so a browser need never ask again.
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    def asset(name: str) -> str:
        return url_for("built_file", name=assets.files[name])

    app.add_url_rule(f"{STATIC_PATH}/<name>", "built_file", built_file, methods=["GET"])
    app.jinja_env.globals.update(asset=asset, icon_sprite=assets.sprite, ap_script_url=ap_script_url)
