"""``make smoke`` as a user calls it, and its last line as a script reads it."""

import json
import runpy
from typing import Self

import pytest

from sandbox.stage import Stage
from sandbox.stage.checks import Checks
from tests.support.conformance import Watch, watched

KEYS = [
    "worklogs",
    "seconds_logged",
    "seconds_billed",
    "invoices",
    "lines",
    "net_minor",
    "tax_minor",
    "gross_minor",
    "pdf_bytes",
    "steps_planned",
    "mails_accepted",
    "history_comments",
    "payments",
    "duplicates",
    "after_payment",
    "elapsed_s",
    "ok",
]


def test_smoke_ends_with_one_json_object_and_all_figures_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As ``python -m sandbox.smoke``; and all that it says to Jira is what Jira documents."""
    watches: list[Watch] = []

    class WatchedStage(Stage):
        def __enter__(self) -> Self:
            watches.append(watched(self.jira))
            return super().__enter__()

    monkeypatch.setattr("sandbox.stage.Stage", WatchedStage)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("sandbox.smoke", run_name="__main__")
    said = capsys.readouterr().out
    assert ended.value.code == 0, said
    figures = json.loads(said.splitlines()[-1])
    assert list(figures) == KEYS
    assert figures["ok"] is True
    assert (figures["invoices"], figures["mails_accepted"], figures["history_comments"]) == (2, 11, 2)
    assert (figures["duplicates"], figures["after_payment"]) == (0, 0)
    assert figures["net_minor"] + figures["tax_minor"] == figures["gross_minor"]
    assert [watch.problems() for watch in watches] == [[]]


def test_a_wrong_figure_is_named_and_fails_the_run() -> None:
    lines: list[str] = []
    checks = Checks(show=lines.append)
    checks.equal("mails", 2, 2)
    checks.equal("comments", 1, 2)
    assert not checks.ok
    assert checks.failed == ["comments"]
    assert "WRONG comments: 1, expected 2" in lines[1]
