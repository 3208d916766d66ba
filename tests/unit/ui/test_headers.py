"""Security headers on every response, and who may frame which page."""

import pytest
from flask import Flask, abort

from plugin.ui.headers import allow_framing, origin_of, register_headers

AP_SCRIPT = "https://connect-cdn.atl-paas.net/all.js"


@pytest.fixture
def app() -> Flask:
    app = Flask("headers")
    register_headers(app, ap_script_url=AP_SCRIPT)

    @app.get("/plain")
    def plain() -> str:
        return "plain"

    @app.get("/framed")
    def framed() -> str:
        allow_framing("https://acme.atlassian.net", "https://jira.acme.example/path?x=1")
        return "framed"

    @app.get("/odd")
    def odd() -> str:
        allow_framing(
            "https://acme.atlassian.net; script-src *", "javascript:alert(1)", None, "https://a b", "https://x:y"
        )
        return "odd"

    @app.get("/refused")
    def refused() -> str:
        abort(413)

    @app.get("/bug")
    def bug() -> str:
        raise RuntimeError

    return app


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize(
    ("path", "status"), [("/plain", 200), ("/framed", 200), ("/none", 404), ("/refused", 413), ("/bug", 500)]
)
def test_attack_A90_every_answer_carries_the_headers(app: Flask, path: str, status: int) -> None:
    response = app.test_client().get(path)
    assert response.status_code == status
    assert response.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-cache, no-store"
    assert "X-Frame-Options" not in response.headers
    policy = response.headers["Content-Security-Policy"]
    assert directives(policy)["default-src"] == ["'none'"]
    assert "unsafe" not in policy


def test_attack_A50_only_the_tenants_sites_may_frame_its_pages(app: Flask) -> None:
    policy = directives(app.test_client().get("/framed").headers["Content-Security-Policy"])
    assert policy["frame-ancestors"] == [
        "https://*.atlassian.net",
        "https://*.jira.com",
        "https://acme.atlassian.net",
        "https://jira.acme.example",
    ]
    assert policy["script-src"] == ["'self'", "https://connect-cdn.atl-paas.net"]


def test_attack_A50_no_other_page_may_be_framed(app: Flask) -> None:
    client = app.test_client()
    for path in ("/plain", "/none", "/bug"):
        assert directives(client.get(path).headers["Content-Security-Policy"])["frame-ancestors"] == ["'none'"]


def test_one_answers_ancestors_do_not_leak_into_the_next(app: Flask) -> None:
    client = app.test_client()
    client.get("/framed")
    assert directives(client.get("/plain").headers["Content-Security-Policy"])["frame-ancestors"] == ["'none'"]


def test_a_strange_site_url_adds_nothing_to_the_policy(app: Flask) -> None:
    policy = directives(app.test_client().get("/odd").headers["Content-Security-Policy"])
    assert policy["frame-ancestors"] == ["https://*.atlassian.net", "https://*.jira.com"]
    assert "*" not in policy["script-src"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://localhost:8700/atlassian-connect/all.js", "http://localhost:8700"),
        ("https://Acme.Atlassian.net", "https://acme.atlassian.net"),
        ("https://user:secret@acme.atlassian.net/x", "https://acme.atlassian.net"),
        ("data:text/html,x", None),
        ("//acme.atlassian.net", None),
        ("https://", None),
        ("https://*.atlassian.net", None),
        ("https://a;b.example", None),
        ("https://a.example:99999", None),
    ],
)
def test_origin_of_an_url(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin
