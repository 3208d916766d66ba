"""``dunlin backtest`` on a site whose invoices were really followed up: the default ladder gives what was sent."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

from click.testing import CliRunner

from plugin.cli import main
from plugin.domain.reminders.policy_presets import presets
from plugin.services.follow_ups.backtest import backtest
from tests.support.stage import Story


def test_req_U07_the_replay_of_a_ladder_that_ran_counts_what_it_sent(story: Story) -> None:
    late, quick = story.bill(), story.bill(2)
    story.drain()
    story.pay(quick, "238.00")
    story.walk(date(2026, 10, 2))
    story.pay(late, "1190.00")
    story.walk(date(2026, 11, 20))
    with story.reading() as session:
        found = backtest(session, presets().values(), now=story.now)
    standard = found["Standard"]
    assert standard.steps == {"call": 1, "friendly": 1, "notice": 1, "second": 1}
    assert (standard.mails, standard.never_contacted, standard.after_settlement) == (3, 1, 0)
    assert [step for step, _ in story.reminders()] == ["notice", "friendly", "second"]
    assert found["Notice before automatic debit"].steps == {"notice": 1}
    assert {report.after_settlement for report in found.values()} == {0}


def test_the_command_says_it_in_words_and_as_json(story: Story, tmp_path: Path) -> None:
    story.bill()
    story.drain()
    story.walk(date(2026, 9, 20))
    url, clock = story.container.settings.database_url, tmp_path / "clock"
    clock.write_text(repr((story.now - datetime.now(UTC)).total_seconds()), encoding="ascii")
    environ = {"DUNLIN_ENV": "test", "DATABASE_URL": url, "DATABASE_OWNER_URL": url, "DUNLIN_CLOCK_FILE": str(clock)}
    result = CliRunner().invoke(main, ["backtest", "--policy", "default", "--policy", "gentle"], env=environ)
    assert result.exit_code == 0, result.output
    *_, caveat, last = result.output.splitlines()
    assert "do not say" in caveat
    ((_, reports),) = json.loads(last).items()
    assert list(reports) == ["Standard", "Gentle"]
    assert "Standard: 2 mails about 1 invoices of 1 clients." in result.output
