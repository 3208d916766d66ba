"""The company of the demo: believable, complete, and the same world for the same day."""

from datetime import date, timedelta
from statistics import mean
from zoneinfo import ZoneInfo

import pytest

from sandbox.control.lookups import Builder
from sandbox.jira.access import may_globally, may_in_project
from sandbox.seed.company import ALICE, MEMBERS, PRIYA
from sandbox.seed.hours import HOURS, entries, first_day
from sandbox.seed.plant import PROJECTS, plant, plant_second

TODAY = date(2026, 6, 10)
DAYS = [date(2026, 1, 1), date(2026, 3, 1), TODAY, date(2026, 12, 31), date(2028, 2, 29)]


@pytest.mark.parametrize("today", DAYS)
def test_the_hours_are_about_1200_on_working_days_before_today(today: date) -> None:
    made = entries(today, MEMBERS, PROJECTS)
    assert sum(entry.minutes for entry in made) / 60 == pytest.approx(HOURS, abs=5)
    assert {entry.day.weekday() for entry in made} == {0, 1, 2, 3, 4}
    assert first_day(today) <= min(entry.day for entry in made)
    assert max(entry.day for entry in made) < today


@pytest.mark.parametrize("today", DAYS)
def test_last_months_hours_are_there_to_be_billed_in_every_project(today: date) -> None:
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    billable = [
        entry
        for entry in entries(today, MEMBERS, PROJECTS)
        if (entry.day.year, entry.day.month) == (last.year, last.month)
    ]
    for project in PROJECTS:
        assert sum(entry.minutes for entry in billable if entry.project is project) > 30 * 60


def test_everybody_logs_and_nobody_works_around_the_clock() -> None:
    made = entries(TODAY, MEMBERS, PROJECTS)
    assert {entry.member.account_id for entry in made} == {member.account_id for member in MEMBERS}
    per_day: dict[tuple[str, date], int] = {}
    for entry in made:
        key = (entry.member.account_id, entry.day)
        per_day[key] = per_day.get(key, 0) + entry.minutes
    assert max(per_day.values()) <= 12 * 60
    assert mean(per_day.values()) < 6 * 60


def test_the_same_day_gives_the_same_world() -> None:
    first, second = (
        [(e.day, e.member.name, e.issue.summary, e.start, e.minutes, e.note) for e in entries(TODAY, MEMBERS, PROJECTS)]
        for _ in range(2)
    )
    assert first == second


def test_the_site_has_three_clients_eight_people_and_their_rights(builder: Builder) -> None:
    plant(builder, today=TODAY)
    world = builder.world
    assert (len(world.people), len(world.projects)) == (8, 3)
    assert all(issue.status in ("Done", "In Progress") for issue in world.issues.values())
    assert may_globally(world, ALICE.account_id, "ADMINISTER")
    assert not may_globally(world, PRIYA.account_id, "ADMINISTER")
    assert all(may_in_project(world, PRIYA.account_id, "ADMINISTER_PROJECTS", each) for each in world.projects.values())


def test_worklogs_start_at_working_hours_in_the_persons_zone(builder: Builder) -> None:
    plant(builder, today=TODAY)
    for log in builder.world.worklogs.values():
        assert log.started is not None
        assert log.author is not None
        zone = ZoneInfo(builder.world.people[log.author].time_zone)
        local = log.started.astimezone(zone)
        assert local.utcoffset() == log.started.utcoffset()
        assert 8 <= local.hour < 16
        assert log.updated < builder.world.now()


def test_charlies_site_shares_no_account_with_the_first(builder: Builder) -> None:
    plant_second(builder, today=TODAY)
    assert set(builder.world.people).isdisjoint({member.account_id for member in MEMBERS})
    assert sum(log.seconds for log in builder.world.worklogs.values()) == 5 * 5400
