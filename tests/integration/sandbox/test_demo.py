"""The pretend world as ``python -m sandbox`` runs it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from sandbox.demo import Demo
from sandbox.options import Options
from tests.integration.sandbox.stub import StubApp


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def options(tmp_path: Path, app: StubApp) -> Options:
    return Options(
        port=free_port(),
        second_port=free_port(),
        smtp_port=free_port(),
        app_url=app.base_url,
        clock_file=tmp_path / "clock",
        state=tmp_path / "state",
        reset_flag=tmp_path / "reset",
    )


@pytest.fixture
def install(app: StubApp) -> Callable[[Demo], None]:
    def wait(demo: Demo) -> None:
        demo.install_when_it_answers()
        demo.wait_until_installed(timeout=30)

    return wait


def test_two_sites_are_seeded_and_installed(options: Options, app: StubApp, install: Callable[[Demo], None]) -> None:
    with Demo(options) as demo:
        install(demo)
        first, second = demo.sites
        assert (len(first.world.projects), len(second.world.projects)) == (3, 1)
        assert {told.body["baseUrl"] for told in app.to("/life/installed")} == {first.base_url, second.base_url}
        assert demo.addresses()[0] == f"Heron & Vale: http://localhost:{options.port}"


def test_a_restart_forgets_nothing(options: Options, app: StubApp, install: Callable[[Demo], None]) -> None:
    with Demo(options) as demo:
        install(demo)
        demo.clock.advance(timedelta(days=30))
        alice = demo.main.world.people["712020:alice"]
        issue = demo.main.world.issue("MRL-4")
        assert issue is not None
        demo.main.add_comment(issue, "Remember me", author=alice)
        secret, state = demo.main.installation.secret, demo.main.world.export()
    with Demo(options) as again:
        assert again.main.world.export() == state
        assert again.main.installation.secret == secret
        assert again.clock.offset() == pytest.approx(30 * 86400)
        install(again)
        assert again.main.installation.secret == secret


def ask(demo: Demo, path: str) -> requests.Response:
    return requests.post(f"{demo.main.base_url}{path}", json={}, timeout=20)


def pulse(demo: Demo) -> dict[str, object]:
    told: dict[str, object] = requests.get(f"{demo.main.base_url}/_host/pulse", timeout=20).json()
    return told


def test_a_reset_brings_the_kept_world_back_while_its_pages_stay_open(
    options: Options, install: Callable[[Demo], None]
) -> None:
    with Demo(options) as demo:
        install(demo)
        assert ask(demo, "/_control/beginning/restore").status_code == 409
        assert pulse(demo)["ready"] is False
        assert ask(demo, "/_control/beginning/keep").status_code == 200
        assert pulse(demo)["ready"] is True
        kept = demo.main.world.export(), demo.main.installation.secret
        issue = demo.main.world.issue("MRL-4")
        assert issue is not None
        demo.main.add_comment(issue, "Gone in a moment", author=demo.main.world.people["712020:alice"])
        demo.main.reinstall()
        demo.clock.advance(timedelta(days=30))
        assert ask(demo, "/_control/reset").status_code == 202
        assert pulse(demo)["ready"] is False
        assert ask(demo, "/_control/beginning/restore").status_code == 200
        assert (demo.main.world.export(), demo.main.installation.secret) == kept
        assert demo.clock.offset() == 0
        options.reset_flag.unlink()
        assert pulse(demo)["ready"] is True
    with Demo(options) as again:
        assert again.main.world.export() == kept[0]


def test_without_its_state_the_same_day_gives_the_same_world(options: Options, tmp_path: Path, app: StubApp) -> None:
    worlds = []
    for _ in range(2):
        with Demo(options) as demo:
            worlds.append(demo.main.world.export())
        (options.state / "world.pickle").unlink()
    assert worlds[0] == worlds[1]


@pytest.fixture
def process(options: Options, app: StubApp) -> Iterator["subprocess.Popen[str]"]:
    arguments = ["--port", str(options.port), "--second-port", "0", "--smtp-port", str(options.smtp_port)]
    arguments += ["--clock-file", str(options.clock_file), "--state", str(options.state)]
    environment = {**os.environ, "BASE_URL": app.base_url}
    command = [sys.executable, "-m", "sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield process
        process.kill()


def test_the_command_prints_its_addresses_and_ends_on_sigterm(
    process: "subprocess.Popen[str]", options: Options
) -> None:
    assert process.stdout is not None
    lines = [process.stdout.readline().strip() for _ in range(3)]
    assert lines == [
        f"Heron & Vale: http://localhost:{options.port}",
        f"Mailbox: http://localhost:{options.port}/mailbox/ (SMTP on {options.smtp_port})",
        "Heron & Vale: app installed",
    ]
    state = requests.get(f"http://localhost:{options.port}/_control/state", timeout=10).json()
    assert (state["installed"], state["projects"]) == (True, 3)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    assert (options.state / "world.pickle").is_file()


def test_an_odd_port_is_named() -> None:
    command = [sys.executable, "-m", "sandbox"]
    ran = subprocess.run(
        command, env={**os.environ, "SANDBOX_PORT": "eight"}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (2, "sandbox: SANDBOX_PORT must be a whole number, but is 'eight'.\n")
