"""Trying policies: what would go in the days to come, and what would have gone in the past, two side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import request

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.backtest_report import BacktestReport
from plugin.domain.reminders.play_report import PlayReport, compare_reports
from plugin.domain.reminders.policy import Tone
from plugin.services.follow_ups.backtest import CAVEAT, backtest_each
from plugin.services.policies.simulate import ASSUMED, DAYS, MOST_DAYS, Simulation, as_now, simulate, under
from plugin.ui import here
from plugin.ui.filters import day as day_in_words
from plugin.ui.policies.choice import AS_NOW, NOW, choices, chosen
from plugin.ui.policies.picture import BarRow, bars
from plugin.ui.policies.place import Place
from plugin.ui.surface import Shown
from plugin.ui.words import TONE

MOST_CLIENTS = 10
MOST_ROWS = 100
MOST_INVOICES = 1_000
"""A page answers within seconds; ``dunlin simulate`` and ``backtest`` have no such limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bars:
    """A table with bars: what its rows are, and the rows."""

    title: str
    head: str
    rows: tuple[BarRow, ...]


def show_simulation(place: Place) -> Shown:
    """The open invoices under one policy and another, from the address; as they are now where nothing was chosen."""
    with here.reading() as session:
        one, two, days = request.args.get("policy", NOW), request.args.get("against", ""), _days()
        asked = [value for value in (one, two) if value]
        ladders = [as_now if value == NOW else under(chosen(session, place, value)) for value in asked]
        found = simulate(session, ladders, now=here.now(), days=days, project_id=place.project_id, most=MOST_INVOICES)
        offered = [AS_NOW, *choices(session, place)]
        values = {
            "policy": one,
            "against": two,
            "days": days,
            "choices": offered,
            "columns": [dict(offered).get(value, "") for value in asked],
            "found": found,
            "bars": _bars_of_play(found),
            "differences": compare_reports(found[0].report, found[1].report) if len(found) == 2 else (),
            "contacts": found[0].contacts[:MOST_ROWS],
            "more": max(len(found[0].contacts) - MOST_ROWS, 0),
            "assumed": ASSUMED,
            "limit": MOST_INVOICES if found[0].invoices >= MOST_INVOICES else None,
        }
        return place.shown(session, "simulation", None, values)


def show_backtest(place: Place) -> Shown:
    """The past invoices with the payments they really had, under one policy and another."""
    with here.reading() as session:
        offered = choices(session, place)
        one, two = request.args.get("policy") or offered[0][0], request.args.get("against", "")
        asked = [value for value in (one, two) if value]
        tried = [chosen(session, place, value) for value in asked]
        reports = backtest_each(session, tried, now=here.now(), project_id=place.project_id, most=MOST_INVOICES)
        values = {
            "policy": one,
            "against": two,
            "choices": offered,
            "columns": [dict(offered).get(value, "") for value in asked],
            "reports": reports,
            "bars": _bars_of_past(reports),
            "caveat": CAVEAT,
            "limit": MOST_INVOICES if reports[0].invoices >= MOST_INVOICES else None,
        }
        return place.shown(session, "backtest", None, values)


def _days() -> int:
    text = request.args.get("days", str(DAYS))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_DAYS):
        raise InvalidInput(f"Enter a number of days from 1 to {MOST_DAYS}.", field="days")
    return int(text)


def _bars_of_play(found: Sequence[Simulation]) -> list[Bars]:
    reports = [each.report for each in found]
    weeks = sorted({week for report in reports for week in report.weeks})
    return [
        Bars(
            title="Mails by week",
            head="Week from",
            rows=bars(
                [(week.isoformat(), day_in_words(week)) for week in weeks],
                [{week.isoformat(): count for week, count in report.weeks.items()} for report in reports],
            ),
        ),
        Bars(title="Contacts by client", head="Client", rows=_clients(found)),
        Bars(title="Mails by tone", head="Tone", rows=_tones([report.tones for report in reports])),
        Bars(title="Invoices by step", head="Step", rows=_counts([report.steps for report in reports])),
        Bars(title="Work for people", head="Task", rows=_counts([_work(report) for report in reports])),
    ]


def _bars_of_past(reports: Sequence[BacktestReport]) -> list[Bars]:
    return [
        Bars(title="Invoices by step", head="Step", rows=_counts([report.steps for report in reports])),
        Bars(title="Mails by tone", head="Tone", rows=_tones([report.tones for report in reports])),
        Bars(title="Clients by contacts", head="Contacts", rows=_spread([report.spread for report in reports])),
        Bars(title="Work for people", head="Task", rows=_counts([report.tasks for report in reports])),
    ]


def _clients(found: Sequence[Simulation]) -> tuple[BarRow, ...]:
    """Those who would hear from us most often."""
    counts = [simulation.report.clients for simulation in found]
    often = sorted(
        {client for report in counts for client in report},
        key=lambda client: (-max(report.get(client, 0) for report in counts), found[0].clients[client]),
    )
    return bars([(client, found[0].clients[client]) for client in often[:MOST_CLIENTS]], counts)


def _tones(counts: Sequence[Mapping[Tone, int]]) -> tuple[BarRow, ...]:
    """Each tone in its own colour, and by its name."""
    series = [{tone.value: count for tone, count in each.items()} for each in counts]
    shown = [tone for tone in Tone if any(tone.value in each for each in series)]
    most = max((count for each in series for count in each.values()), default=0)
    return tuple(
        row
        for tone in shown
        for row in bars(
            [(tone.value, tone.value.capitalize())], series, tones=[TONE[tone.value]] * len(series), most=most
        )
    )


def _counts(counts: Sequence[Mapping[str, int]]) -> tuple[BarRow, ...]:
    names = dict.fromkeys(name for each in counts for name in each)
    return bars([(name, name.replace("_", " ")) for name in names], counts)


def _spread(counts: Sequence[Mapping[int, int]]) -> tuple[BarRow, ...]:
    series = [{str(contacts): clients for contacts, clients in each.items()} for each in counts]
    numbers = sorted({contacts for each in counts for contacts in each})
    return bars([(str(number), str(number)) for number in numbers], series)


def _work(report: PlayReport) -> dict[str, int]:
    return {**report.tasks, **report.others}
