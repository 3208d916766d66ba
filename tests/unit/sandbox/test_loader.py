"""The loader of a history of logged time: an invented file here, the real one where it is at hand."""

from pathlib import Path

import pytest

from sandbox.control.lookups import Builder
from sandbox.loader import load, seconds

REAL = Path(__file__).parents[4] / "shared" / "data" / "sip-time.csv"
HEADER = (
    "task,summary,project,breakdown,category,subcategory,status,priority,developer,"
    "hours_estimate,hours_actual,started_on,completed_on\n"
)
ROWS = (
    '7,"Wall, two ""bricks""",P1,B1,Development,Bug,FINISHED,1,3,1,1.25,2024-02-29,2024-03-01\n'
    "7,Wall,P1,B1,Development,Bug,FINISHED,1,4,1,0.5,,2024-03-01\n"
    "9,Roof,P2,B1,Development,Enhancement,ESTIMATED,1,3,1,30.00007,2024-03-02,\n"
)


@pytest.mark.parametrize(
    ("hours", "expected"), [("1", 3600), ("0.7", 2520), ("0.00013", 0), ("0.00014", 1), ("1.000138888889", 3601)]
)
def test_hours_become_whole_seconds_half_up(hours: str, expected: int) -> None:
    assert seconds(hours) == expected


def test_a_row_becomes_a_worklog_of_the_tasks_issue(builder: Builder, tmp_path: Path) -> None:
    file = tmp_path / "time.csv"
    file.write_text(HEADER + ROWS, encoding="utf-8")
    loaded = load(builder, file)
    assert (loaded.projects, loaded.people, loaded.issues, loaded.worklogs, loaded.undated) == (2, 2, 2, 3, 1)
    wall = builder.world.issue("P1-7")
    assert wall is not None
    assert (wall.summary, wall.status, wall.type_name) == ('Wall, two "bricks"', "Done", "Bug")
    first, undated = (builder.world.worklogs[each] for each in wall.worklog_ids)
    assert first.started is not None
    assert (first.started.isoformat(), first.seconds, first.author) == (
        "2024-02-29T09:00:00+00:00",
        4500,
        "712020:developer-3",
    )
    assert undated.started is None
    assert "started" not in builder.site.render.worklog(undated)


def test_a_row_that_cannot_be_read_is_named(builder: Builder, tmp_path: Path) -> None:
    file = tmp_path / "time.csv"
    file.write_text(HEADER + ROWS.replace("1.25", "much"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2 of time\.csv"):
        load(builder, file)


def test_req_real_input_comes_in_whole(builder: Builder) -> None:
    if not REAL.is_file():
        pytest.skip(f"REAL INPUT NOT CHECKED: {REAL.name} is not at hand")
    loaded = load(builder, REAL)
    assert (loaded.worklogs, loaded.undated, loaded.people, loaded.projects) == (12_299, 353, 22, 20)
    assert loaded.seconds == 342_007_128
    dated = sum(log.seconds for log in builder.world.worklogs.values() if log.started is not None)
    assert dated == 334_918_800
