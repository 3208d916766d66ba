"""A stand-in for the front-end build: the tests of this folder render pages and need no Node."""

import json
from pathlib import Path

import pytest
from flask import Flask

from plugin.ui.assets import NEEDED, load_assets, register_assets

ROOT = Path(__file__).resolve().parents[3]
AP_SCRIPT = "https://connect-cdn.atl-paas.net/all.js"


@pytest.fixture
def static_dir(tmp_path: Path) -> Path:
    """A directory such as ``build/static``, with one small file for each name."""
    manifest = {}
    for name in NEEDED:
        stem, dot, ending = name.rpartition(".")
        hashed = f"{stem}.0123456789ab{dot}{ending}"
        (tmp_path / hashed).write_text("<svg></svg>" if ending == "svg" else f"/* {name} */", encoding="utf-8")
        manifest[name] = {"file": hashed, "version": "1.0.0"}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return tmp_path


@pytest.fixture
def app(static_dir: Path) -> Flask:
    """A Flask app with our templates and the stand-in build, and no route of its own."""
    made = Flask("ui-tests", template_folder=str(ROOT / "templates"), static_folder=None)
    register_assets(made, load_assets(static_dir), ap_script_url=AP_SCRIPT)
    return made
