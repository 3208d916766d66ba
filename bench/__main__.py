"""``python -m bench``: prints a table and writes ``bench/results.json``; with ``--set-up`` a bare set-up too."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.drafting import draft_figures
from bench.mailing import mail_figures
from bench.measure import Figure, Spread
from bench.panel import panel_figures
from bench.pdf import pdf_figures
from bench.planning import planner_figures
from bench.set_up import bare_set_up, second_set_up
from bench.starting import second_start
from bench.ticking import tick_figures
from bench.world import bench_world

RESULTS = Path(__file__).with_name("results.json")


def main(arguments: Sequence[str]) -> int:
    """Exit status 0 where every target is met."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--set-up", action="store_true", help="sets up a fresh clone too; minutes, and the network")
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 200)
    figures = []
    for figure in _figures(with_bare_set_up=options.set_up):
        figures.append(figure)
        console.print(f"{figure.name}: {figure.ours.median:.1f} {figure.unit}")
    RESULTS.write_text(json.dumps([figure.as_json() for figure in figures], indent=1) + "\n", encoding="utf-8")
    console.print(_table(figures))
    return 0 if all(figure.met is not False for figure in figures) else 1


def _figures(*, with_bare_set_up: bool) -> Iterator[Figure]:
    with bench_world() as world:
        yield from panel_figures(world)
        yield from draft_figures(world)
        yield from planner_figures(world)
        yield from tick_figures(world)
    yield from mail_figures()
    yield from pdf_figures()
    yield second_set_up()
    yield second_start()
    if with_bare_set_up:
        yield from bare_set_up()


def _table(figures: Sequence[Figure]) -> Table:
    table = Table(title="min / median / max")
    for heading, justify in (("figure", "left"), ("unit", "left"), ("ours", "right"), ("other", "right")):
        table.add_column(heading, justify="right" if justify == "right" else "left")
    table.add_column("other is")
    table.add_column("ratio", justify="right")
    table.add_column("target", justify="right")
    table.add_column("met")
    for figure in figures:
        other = figure.other
        table.add_row(
            figure.name,
            figure.unit,
            _shown(figure.ours),
            "" if other is None else _shown(other.spread),
            "" if other is None else other.name,
            "" if other is None else _shown(other.ratios),
            figure.target or "",
            {True: "yes", False: "NO", None: ""}[figure.met],
        )
    return table


def _shown(spread: Spread) -> str:
    return f"{spread.min:,.1f} / {spread.median:,.1f} / {spread.max:,.1f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
