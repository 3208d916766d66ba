"""Whose requests are counted together on the client's page: those of the address that our own proxies vouch for."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import Client

from plugin.ui.client import routes
from tests.support.app import Sites, on_sqlite, start_app

MOST = 3


@pytest.fixture
def behind(
    sites: Sites,
    empty_app_database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Client]:
    """The service behind so many proxies, with a limit of three requests of one address a minute."""
    monkeypatch.setattr(routes, "MOST_OF_ADDRESS", MOST)
    shutil.copy(empty_app_database, tmp_path / "dunlin.db")
    environ = on_sqlite(tmp_path / "dunlin.db") | {"TRUSTED_PROXIES": str(request.param)}
    container, app, _ = start_app(sites, environ)
    yield app.test_client()
    container.engine.dispose()


def looks(client: Client, *forwarded: str) -> list[int]:
    """The answers to one request for each ``X-Forwarded-For``, of links that all differ."""
    return [
        client.get(
            f"/c/no-such-link-{number}",
            headers={"X-Forwarded-For": heard} if heard else {},
            environ_overrides={"REMOTE_ADDR": "10.0.0.9"},
        ).status_code
        for number, heard in enumerate(forwarded)
    ]


@pytest.mark.parametrize("behind", [0], indirect=True)
def test_attack_A84_without_a_proxy_of_ours_a_forged_address_buys_no_more_requests(behind: Client) -> None:
    assert looks(behind, *[f"203.0.113.{number}" for number in range(5)]) == [404, 404, 404, 429, 429]


@pytest.mark.parametrize("behind", [1], indirect=True)
def test_behind_one_proxy_each_client_has_a_limit_of_its_own(behind: Client) -> None:
    assert looks(behind, *["203.0.113.1"] * MOST, "203.0.113.1", "203.0.113.2") == [404, 404, 404, 429, 404]


@pytest.mark.parametrize("behind", [2], indirect=True)
def test_attack_A84_what_stands_left_of_our_proxies_is_what_the_client_wrote_and_counts_for_nothing(
    behind: Client,
) -> None:
    forged = [f"198.51.100.{number}, 203.0.113.1, 10.0.0.8" for number in range(4)]
    assert looks(behind, *forged, "198.51.100.1, 203.0.113.2, 10.0.0.8") == [404, 404, 404, 429, 404]


@pytest.mark.parametrize("behind", [1], indirect=True)
def test_a_proxy_that_says_nothing_is_counted_itself(behind: Client) -> None:
    assert looks(behind, *[""] * 4) == [404, 404, 404, 429]
