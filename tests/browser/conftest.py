"""A furnished pretend world with its pages open, built once a worker; each test finds it as its history left it."""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from sandbox.history.staged import StagedCompany
from tests.browser.visit import Visit
from tests.support.browser import open_page
from tests.support.conformance import watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Visitor = Callable[..., Visit]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of this folder need a browser."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Lets the pages that a failed test leaves open say what they show."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(scope="session")
def staged(browser: "Browser") -> Iterator[StagedCompany]:
    """The company after its last weeks. Asks for the browser first, so that a machine without one builds nothing."""
    company = StagedCompany()
    watch = watched(company.stage.jira)
    with company:
        yield company
    assert watch.problems() == []


@pytest.fixture
def company(staged: StagedCompany) -> Iterator[StagedCompany]:
    """The world at its beginning; afterwards nothing may have gone wrong behind the scenes."""
    staged.restore()
    yield staged
    assert staged.troubles == []


@pytest.fixture
def visitor(request: pytest.FixtureRequest, browser: "Browser", company: StagedCompany) -> Iterator[Visitor]:
    """Opens browsers of people: ``visitor("Priya", theme="dark", width=320)``."""
    visits: list[Visit] = []
    with ExitStack() as open_contexts:

        def come(name: str = "Alice", *, theme: str = "light", width: int = 1280) -> Visit:
            context = browser.new_context(
                viewport={"width": width, "height": 1600}, locale="en-GB", accept_downloads=True
            )
            open_contexts.callback(context.close)
            watched = open_page(context)
            visit = Visit(watched=watched, company=company, theme=theme)
            visit.become(name)
            visits.append(visit)
            return visit

        yield come
        if request.node.stash.get(FAILED, False):
            sys.stderr.write("\n\n".join(visit.account() for visit in visits))
