"""Control of time."""

from datetime import timedelta

from flask import Blueprint, Response, jsonify

from sandbox.clock import OffsetFileClock
from sandbox.control.bodies import body, instant, number
from sandbox.control.time_machine import Immovable, TimeMachine, Walk
from sandbox.jira.site import Site


def add_routes(routes: Blueprint, site: Site, machine: TimeMachine) -> None:
    """The clock and the walks."""

    @routes.errorhandler(Immovable)
    def immovable(error: Immovable) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), 409

    @routes.get("/clock")
    def read() -> Response:
        return jsonify(_told(site))

    @routes.post("/clock")
    def move() -> Response:
        given = body()
        target = instant(given, "to")
        step = timedelta(days=number(given, "advance_days"), seconds=number(given, "advance_seconds"))
        machine.move(target - site.clock.now() if target is not None else step)
        return jsonify(_told(site))

    @routes.post("/clock/walk")
    def walk() -> Response:
        return _walked(machine.walk(int(number(body(), "days", 1))))

    @routes.post("/clock/next")
    def next_follow_up() -> Response:
        return _walked(machine.next_follow_up())


def _told(site: Site) -> dict[str, object]:
    offset = site.clock.offset() if isinstance(site.clock, OffsetFileClock) else None
    return {
        "now": site.clock.now().isoformat(),
        "offset": offset,
        "frozen": not isinstance(site.clock, OffsetFileClock),
    }


def _walked(walk: Walk) -> Response:
    return jsonify(
        {
            "now": walk.now.isoformat(),
            "days": walk.days,
            "waited_s": walk.waited_s,
            "settled": walk.settled,
            "message": walk.message,
        }
    )
