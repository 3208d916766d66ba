"""``python -m sandbox.history``: makes the demo's invoices by living through the last months, a day at a time."""

import os
import sys
import time
from datetime import datetime

import requests

from plugin.bootstrap import Container, build_container
from plugin.clock import FileClock
from plugin.services.wakeups import NoWakeups
from plugin.settings import Settings
from plugin.store.queries.installations import installation_by_client_key
from sandbox.history.life import ALICE, Life
from sandbox.history.living import live_through
from sandbox.history.plot import plot
from sandbox.options import Options
from sandbox.seed.company import CLIENT_KEY
from sandbox.stage.drain import drain
from sandbox.stage.provider import let_mail_in

PATIENCE = 60.0
WIDTH = 40


def main() -> int:
    """Exit status 0 when the world stands at today again with its history made."""
    container = build_container(Settings.from_environment(os.environ), wakeups=NoWakeups())
    clock = container.clock
    if not isinstance(clock, FileClock):
        print("The history needs the time machine; set DUNLIN_CLOCK_FILE.", file=sys.stderr)
        return 1
    tenant_id = _tenant(container)
    if tenant_id is None:
        print("The app was not installed on the pretend Jira in time.", file=sys.stderr)
        return 1
    print("  reading Jira ...", flush=True)
    drain(container)
    life = Life(container, tenant_id)
    life.furnish()
    options = Options.from_environment(os.environ)
    let_mail_in(container, tenant_id, options.state, actor=ALICE)
    _live(container, clock, life)
    clock.set_offset(0)
    life.catch_up()
    drain(container, with_sync=False)
    _keep_beginning(options.port)
    print("  done", flush=True)
    return 0


def _keep_beginning(port: int) -> None:
    """Tells the pretend world that it begins now: the guide counts from here, and a reset comes back to it."""
    url = f"http://localhost:{port}/_control/beginning/keep"
    requests.post(url, json={}, timeout=PATIENCE).raise_for_status()


def _live(container: Container, clock: FileClock, life: Life) -> None:
    present = clock.now()

    def stand_at(morning: datetime) -> None:
        clock.set_offset((morning - present).total_seconds())

    live_through(container, life, plot(life.today), stand_at=stand_at, progress=_progress)


def _progress(done: int, whole: int) -> None:
    if sys.stdout.isatty():
        filled = WIDTH * done // whole
        print(f"\r  [{'#' * filled}{'.' * (WIDTH - filled)}] day {done} of {whole}", end="", flush=True)
        if done == whole:
            print()
    elif done % 20 == 0 or done == whole:
        print(f"  day {done} of {whole}", flush=True)


def _tenant(container: Container) -> str | None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        row = installation_by_client_key(container.engine, CLIENT_KEY)
        if row is not None and row.state == "enabled":
            return row.tenant_id
        time.sleep(0.2)
    return None


if __name__ == "__main__":
    sys.exit(main())
