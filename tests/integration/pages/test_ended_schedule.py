"""F02: when the ladder is over and money is still owed, a person is told to decide, wherever they look."""

from datetime import timedelta

from sqlalchemy import select

from plugin.store.tables.follow_ups import PlannedStep, Task
from sandbox.jira.model import Person
from tests.support.app_seed import LATE, Business

DECIDE = "The schedule has ended"


def at(business: Business, rest: str) -> str:
    return f"/ui/fragment/project/{business.ours.project}/invoices/{business.ours.invoice}/{rest}"


def end_the_ladder(business: Business, *, but: str = "") -> None:
    """The call is logged, and everything that would still come, ``but`` one step, is left out, as a biller does it."""
    world = business.world
    outcome = {"outcome": "answered", "spoke_with": "Ada Quint"}
    assert (
        world.post(at(business, f"tasks/{business.ours.task}/outcome"), world.sites.alice, outcome).status_code == 200
    )
    with world.container.reading(world.tenant) as session:
        coming = session.scalars(
            select(PlannedStep.step_key).where(
                PlannedStep.invoice_id == business.ours.invoice, PlannedStep.state.in_(["planned", "held", "deferred"])
            )
        ).all()
        assert session.scalars(select(Task).where(Task.state == "open")).all() == []
    assert len(coming) > 2
    for key in set(coming) - {but}:
        answer = world.post(at(business, f"steps/{key}"), world.sites.alice, {"what": "skip", "reason": "Talks go on"})
        assert answer.status_code == 200


def places(business: Business, person: Person) -> list[bool]:
    """Whether the tasks of the project, the panel and the invoice's page say it."""
    world = business.world
    project = f"/ui/fragment/project/{business.ours.project}"
    shown = (
        world.get(f"{project}/tasks", person),
        world.get(f"/ui/fragment/panel/{business.ours.issue}", person),
        world.get(f"{project}/invoices/{business.ours.invoice}", person),
    )
    return [DECIDE in answer.get_data(as_text=True) for answer in shown]


def test_req_F02_an_ended_schedule_is_told_where_people_look(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    assert places(business, world.sites.alice) == [False, False, False]
    end_the_ladder(business)
    assert places(business, world.sites.alice) == [True, True, True]
    assert places(business, world.sites.bob) == [True, True, True]
    attention = world.get("/ui/fragment/admin/attention", world.sites.alice).get_data(as_text=True)
    assert DECIDE in attention
    assert "INV-2026-0001" in attention
    tasks = world.get(f"/ui/fragment/project/{business.ours.project}/tasks", world.sites.alice).get_data(as_text=True)
    assert "Decide</button>" in tasks
    assert "Decide</button>" not in world.get(
        f"/ui/fragment/project/{business.ours.project}/tasks", world.sites.bob
    ).get_data(as_text=True)


def test_req_F02_a_decision_that_waits_for_a_notice_which_never_goes_does_not_hide_the_end(business: Business) -> None:
    """The final notice was left out, so the deadline that the legal decision waits for will never be over."""
    world = business.world
    world.clock.instant = LATE
    end_the_ladder(business, but="legal")
    with world.container.reading(world.tenant) as session:
        rows = select(PlannedStep.step_key, PlannedStep.reason_code).where(
            PlannedStep.invoice_id == business.ours.invoice, PlannedStep.step_key.in_(["final", "legal"])
        )
        assert dict(session.execute(rows).all())["legal"] == "step_not_sent"
    assert places(business, world.sites.alice) == [True, True, True]
    attention = world.get("/ui/fragment/admin/attention", world.sites.alice).get_data(as_text=True)
    assert DECIDE in attention


def test_req_F02_a_decision_that_waits_for_a_notice_to_come_hides_nothing(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    end_the_ladder(business, but="final")
    assert places(business, world.sites.alice) == [False, False, False]


def test_attack_A37_an_ended_schedule_is_nobody_elses_business(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    end_the_ladder(business)
    theirs = world.get(f"/ui/fragment/project/{business.foreign.project}/tasks", world.sites.charlie)
    assert theirs.status_code == 200
    assert DECIDE not in theirs.get_data(as_text=True)


def test_req_F02_who_has_decided_is_not_asked_until_the_time_is_over(business: Business) -> None:
    world = business.world
    world.clock.instant = LATE
    end_the_ladder(business)
    until = (LATE + timedelta(days=3)).date().isoformat()
    paused = {"kind": "paused", "reason": "New owner settles in", "until": until}
    assert world.post(at(business, "holds"), world.sites.alice, paused).status_code == 200
    assert places(business, world.sites.alice) == [False, False, False]
    world.clock.instant = LATE + timedelta(days=4)
    assert places(business, world.sites.alice) == [True, True, True]
    world.post(at(business, "write-off"), world.sites.alice, {"reason": "Insolvent"})
    assert places(business, world.sites.alice) == [False, False, False]
