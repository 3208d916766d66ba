"""``python -m worker`` works off wake-ups; ``python -m worker clock`` ticks."""

import os
import signal
import sys
import threading

from plugin.bootstrap import build_container, check_start
from plugin.crash_points import arm
from plugin.environment import SettingsError
from plugin.logs import configure_logs
from plugin.settings import Settings
from worker.clock import Tick
from worker.dispatch import RqWakeups
from worker.processes import run_worker

ROLES = ("work", "burst", "clock")


def main(arguments: list[str]) -> int:
    """Starts one process of the given role; the exit code says whether it could start."""
    role = arguments[0] if arguments else "work"
    if role not in ROLES or len(arguments) > 1:
        sys.stderr.write(f"usage: python -m worker [{'|'.join(ROLES)}]\n")
        return 2
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as problem:
        sys.stderr.write(f"{problem.sentence}\n")
        return 2
    if settings.redis_url is None:
        sys.stderr.write("REDIS_URL is missing: `dunlin demo` starts an embedded server and sets it.\n")
        return 2
    configure_logs(settings.log_level)
    arm(settings.crash_at)
    container = build_container(settings, wakeups=RqWakeups(settings.redis_url, job_seconds=settings.job_seconds))
    check_start(container)
    # The check opened connections, and a connection never crosses a fork.
    container.engine.dispose()
    if role == "clock":
        Tick(container).run_forever(stop_on_signals())
    else:
        run_worker(container, settings.redis_url, burst=role == "burst")
    return 0


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
