"""``make smoke`` as a user calls it, and its last line as a script reads it."""

import json
import subprocess
import sys
from pathlib import Path

from sandbox.smoke.plot import START
from sandbox.smoke.story import Smoke
from sandbox.stage import Stage
from sandbox.stage.checks import Checks
from tests.support.conformance import watched

ROOT = Path(__file__).resolve().parents[2]
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


def test_smoke_ends_with_one_json_object_and_all_figures_right() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.smoke"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert list(figures) == KEYS
    assert figures["ok"] is True
    assert (figures["invoices"], figures["mails_accepted"], figures["history_comments"]) == (2, 11, 2)
    assert (figures["duplicates"], figures["after_payment"]) == (0, 0)
    assert figures["net_minor"] + figures["tax_minor"] == figures["gross_minor"]


def test_the_smoke_story_says_to_jira_only_what_jira_documents() -> None:
    with Stage(start=START) as stage:
        watch = watched(stage.jira)
        smoke = Smoke(stage)
        smoke.run()
    assert smoke.checks.ok
    assert watch.problems() == []


def test_a_wrong_figure_is_named_and_fails_the_run() -> None:
    lines: list[str] = []
    checks = Checks(show=lines.append)
    checks.equal("mails", 2, 2)
    checks.equal("comments", 1, 2)
    assert not checks.ok
    assert checks.failed == ["comments"]
    assert "WRONG comments: 1, expected 2" in lines[1]
