"""Real time and real payment behaviour through the whole product: a part of it; ``sandbox.real_input`` takes it all."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from sandbox.real_input.behaviour import Behaviour, read_behaviour
from sandbox.real_input.expected import read_expected
from sandbox.real_input.run import run
from sandbox.real_input.script import Script, course_of, issue_day, last_day
from tests.support.conformance import new_watch

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
TIME, PAYMENTS = DATA / "sip-time.csv", DATA / "ar-history.csv"


@pytest.fixture
def real_data() -> None:
    if not (TIME.exists() and PAYMENTS.exists()):
        pytest.skip(f"NOT TESTED with real input: {TIME.name} and {PAYMENTS.name} are not in {DATA}")


@pytest.mark.usefixtures("real_data")
def test_two_real_projects_are_billed_followed_up_and_paid() -> None:
    lines: list[str] = []
    eye = new_watch()
    figures = run(TIME, PAYMENTS, projects=3, say=lines.append, witnesses=eye.witnesses)
    assert eye.problems() == []
    assert figures["failed"] == [], "\n".join(lines)
    assert figures["ok"] is True
    assert (figures["worklogs"], figures["invoices"]) == (49, 16)
    by_step = figures["mails_by_step"]
    assert isinstance(by_step, dict)
    assert figures["mails_accepted"] == sum(by_step.values())
    assert (figures["after_settlement"], figures["before_their_day"], figures["duplicates"]) == (0, 0, 0)


@pytest.mark.usefixtures("real_data")
def test_the_whole_file_has_the_figures_known_beforehand() -> None:
    whole = read_expected(TIME)
    assert (whole.entries, whole.seconds) == (12_299, 342_007_128)
    assert (whole.dated, whole.seconds_dated, whole.seconds_billed) == (11_946, 334_918_800, 335_761_200)
    assert (len(whole.invoices), len(whole.projects), whole.long_entries) == (762, 20, 752)
    assert sum(1 for _ in read_behaviour(PAYMENTS)) == 2_466


def test_a_course_has_its_dispute_before_its_payment() -> None:
    course = course_of(date(2026, 9, 2), Behaviour(terms_days=30, days_to_settle=46, disputed=True))
    assert course.due_on == date(2026, 10, 2)
    assert course.paid_at == datetime(2026, 10, 18, 12, tzinfo=UTC)
    assert (course.disputed_at, course.settled_at) == (
        datetime(2026, 9, 12, 11, tzinfo=UTC),
        datetime(2026, 10, 16, 11, tzinfo=UTC),
    )
    at_once = course_of(date(2026, 9, 2), Behaviour(terms_days=30, days_to_settle=0, disputed=True))
    assert at_once.disputed_at is not None
    assert at_once.disputed_at < at_once.paid_at
    assert at_once.settled_at is None


def test_months_are_billed_on_a_weekday_early_in_the_next() -> None:
    assert (issue_day(date(2014, 12, 1)), last_day(date(2014, 12, 1))) == (date(2015, 1, 2), date(2014, 12, 31))
    assert (issue_day(date(2008, 1, 31)), last_day(date(2008, 2, 1))) == (date(2008, 2, 4), date(2008, 2, 29))


def test_a_script_plays_in_the_order_of_time_and_of_adding() -> None:
    played: list[str] = []
    script = Script()
    script.add(datetime(2026, 9, 3, tzinfo=UTC), lambda: played.append("later"))
    script.add(datetime(2026, 9, 2, tzinfo=UTC), lambda: played.append("first"))
    script.add(datetime(2026, 9, 2, tzinfo=UTC), lambda: played.append("second"))
    assert script.next_at == datetime(2026, 9, 2, tzinfo=UTC)
    assert script.play(datetime(2026, 9, 2, 12, tzinfo=UTC)) == 2
    assert played == ["first", "second"]
    assert script.play(datetime(2026, 9, 4, tzinfo=UTC)) == 1
    assert script.next_at is None


def test_a_broken_row_is_named_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    path.write_text(
        "InvoiceDate,DueDate,SettledDate,DaysToSettle,Disputed\n1/2/2013,2/1/2013,1/15/2013,13,No\n"
        "1/2/2013,2/1/2013,1/15/2013,14,No\n"
    )
    with pytest.raises(ValueError, match=r"line 3 of history\.csv"):
        list(read_behaviour(path))
