"""The built files: hashed names from the manifest, cached for ever, and a clear refusal without a build."""

from pathlib import Path

import pytest
from flask import Flask, render_template_string

from plugin.ui.assets import MissingBuild, load_assets


def test_a_missing_build_names_the_set_up_command(tmp_path: Path) -> None:
    with pytest.raises(MissingBuild, match="make setup"):
        load_assets(tmp_path)


def test_a_build_that_lacks_a_file_is_refused_by_name(static_dir: Path) -> None:
    next(static_dir.glob("host.*.js")).unlink()
    with pytest.raises(MissingBuild, match=r"host\.js"):
        load_assets(static_dir)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"app.css": 3}', '{"app.css": {}}'])
def test_an_odd_manifest_is_refused(static_dir: Path, text: str) -> None:
    (static_dir / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(MissingBuild):
        load_assets(static_dir)


def test_a_page_names_hashed_files_which_are_cached_for_ever(app: Flask) -> None:
    with app.test_request_context():
        url = render_template_string("{{ asset('app.css') }}")
    response = app.test_client().get(url, buffered=True)
    assert url == "/static/build/app.0123456789ab.css"
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["manifest.json", "app.css", "..%2Fmanifest.json", "NOTICE"])
def test_only_hashed_files_are_served(app: Flask, name: str) -> None:
    assert app.test_client().get(f"/static/build/{name}").status_code == 404
