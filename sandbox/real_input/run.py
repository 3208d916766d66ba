"""One run of the campaign: which projects, the walk, the audits, the time that each stage took."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from pathlib import Path

from plugin.clock import monotonic
from sandbox.jira.site import Witness
from sandbox.real_input.behaviour import read_behaviour
from sandbox.real_input.billing_audit import audit_billing
from sandbox.real_input.campaign import Campaign
from sandbox.real_input.expected import Expected, read_expected
from sandbox.real_input.ladder_audit import audit_ladder
from sandbox.real_input.script import at
from sandbox.stage import Stage
from sandbox.stage.checks import Checks
from sandbox.stage.laps import Laps

SET_UP_BEFORE = timedelta(days=7)
"""The app is installed a week before the first month with time is over."""


def run(
    time_path: Path,
    payments_path: Path,
    *,
    projects: int | None,
    say: Callable[[str], None],
    witnesses: Sequence[Witness] = (),
) -> dict[str, object]:
    """Plays everything and gives the figures; ``ok`` says whether all of them hold. ``witnesses`` see every request."""
    began, laps, checks = monotonic(), Laps(), Checks(show=say)
    expected = _expected(time_path, projects)
    with Stage(start=_start(expected)) as stage:
        stage.jira.site.witnesses.extend(witnesses)
        campaign = Campaign(stage, expected, read_behaviour(payments_path), laps, say)
        campaign.prepare(time_path)
        with laps.of("walk"):
            campaign.walk()
        with laps.of("audit"):
            figures = audit_billing(campaign, checks) | audit_ladder(campaign, checks)
        figures |= {
            "projects": len(expected.projects),
            "stops_of_the_clock": campaign.stops,
            "jira_requests": len(stage.jira.requests()),
            "seconds_by_stage": {name: round(seconds, 1) for name, seconds in _slowest_first(laps.seconds)},
            "runs_by_stage": {name: laps.runs[name] for name, _ in _slowest_first(laps.seconds)},
        }
    return figures | {"elapsed_s": round(monotonic() - began, 1), "failed": checks.failed, "ok": checks.ok}


def _expected(path: Path, projects: int | None) -> Expected:
    everything = read_expected(path)
    if projects is None:
        return everything
    smallest = sorted(everything.projects, key=lambda key: (everything.projects[key], key))[:projects]
    return read_expected(path, projects=frozenset(smallest))


def _start(expected: Expected) -> datetime:
    first = min(month for _, month in expected.invoices)
    return at(first - SET_UP_BEFORE, time(7))


def _slowest_first(seconds: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(seconds.items(), key=lambda item: -item[1])
