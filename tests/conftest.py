"""What holds for every test: no network beyond this machine, no sockets in unit tests, servers shared by the run."""

from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.support.closed_sockets import spare_older_threads
from tests.support.warm import keep_warm

pytest_plugins = [
    "tests.support.conformance",
    "tests.support.servers",
    "tests.support.databases",
    "tests.support.app",
    "tests.support.app_seed",
    "tests.support.browser",
]

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
TESTS = Path(__file__).parent
UNIT = TESTS / "unit"
LONG = ("test_demo", "test_history", "test_real_input", "test_smoke", "test_follow_up_machine")
"""Files whose single tests take half a minute: begun at the end, they would keep all but one process idle."""

# Two busy cores make single examples slow without meaning anything; the limit of 120 s a test remains.
settings.register_profile("dunlin", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("dunlin")

keep_warm()

# Its default draws each exception with frames, variables and colours: half a second for what nobody reads.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


class OneBrowser(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """One process opens the browser, and lives through the company's history once; other tests go where one is free.

    By names: the scheduler that goes by marks renames tests, which this pytest does not let it.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> OneBrowser:
    """Hands out the tests; what is of one scope stays together, and the largest scope begins first."""
    return OneBrowser(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Closes sockets in tests/unit and restricts all other tests to this machine; the longest begin first."""
    items.sort(key=lambda item: not item.path.is_relative_to(TESTS / "story" / "crash") and item.path.stem not in LONG)
    for item in items:
        if item.path.is_relative_to(UNIT):
            item.add_marker(pytest.mark.disable_socket)
        else:
            item.add_marker(pytest.mark.allow_hosts(LOOPBACK))


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Sockets are closed for the test, not for the servers of the session."""
    if item.path.is_relative_to(UNIT):
        spare_older_threads()
