"""Control of what goes wrong: faults of REST and mail, limits, webhooks."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TypeVar

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import BadRequest, NotFound

from sandbox.control.bodies import Body, body, number, text, times
from sandbox.jira.faults import Fault
from sandbox.jira.site import Site
from sandbox.jira.webhooks import Delivery
from sandbox.mailbox.faults import MailFault
from sandbox.mailbox.sink import Mailbox

F = TypeVar("F", Fault, MailFault)
DONE = {"done": True}


def _status(given: Body) -> Fault:
    headers = given.get("headers")
    named = {str(key): str(value) for key, value in headers.items()} if isinstance(headers, dict) else {}
    return Fault.status(int(number(given, "status", 503)), headers=named, body=text(given, "body"))


REST_FAULTS: dict[str, Callable[[Body], Fault]] = {
    "status": _status,
    "latency": lambda given: Fault.latency(number(given, "seconds", 1)),
    "drop": lambda _: Fault.drop(),
    "drop_after_effect": lambda _: Fault.drop_after_effect(),
    "hang_after_effect": lambda given: Fault.hang_after_effect(number(given, "seconds", 30)),
    "truncated": lambda _: Fault.truncated(),
    "html": lambda _: Fault.html(),
    "huge": lambda given: Fault.huge(mb=int(number(given, "mb", 10))),
    "redirect": lambda given: Fault.redirect(text(given, "url", "http://127.0.0.1:9/")),
}
MAIL_FAULTS: dict[str, Callable[[Body], MailFault]] = {
    "refuse": lambda _: MailFault.refuse(),
    "greeting": lambda given: MailFault.greeting(int(number(given, "code", 421))),
    "rcpt": lambda given: MailFault.rcpt(int(number(given, "code", 550)), address=text(given, "address") or None),
    "auth": lambda given: MailFault.auth(int(number(given, "code", 535))),
    "data": lambda given: MailFault.data(int(number(given, "code", 552))),
    "drop_after_354": lambda _: MailFault.drop_after_354(),
    "drop_after_dot_kept": lambda _: MailFault.drop_after_dot_kept(),
    "drop_after_dot_lost": lambda _: MailFault.drop_after_dot_lost(),
    "delay": lambda given: MailFault.delay(number(given, "seconds", 1)),
    "tarpit": lambda given: MailFault.tarpit(number(given, "seconds", 1)),
    "noise_after_250": lambda _: MailFault.noise_after_250(),
    "noise_instead": lambda _: MailFault.noise_instead(),
}


def add_routes(routes: Blueprint, site: Site, mailbox: Mailbox | None) -> None:
    """Faults, limits and webhooks."""
    _add_rest_faults(routes, site)
    _add_webhooks(routes, site)
    _add_mail_faults(routes, mailbox)


def _add_rest_faults(routes: Blueprint, site: Site) -> None:
    @routes.post("/faults")
    def plan() -> Response:
        given = body()
        made = _made(REST_FAULTS, given)
        site.faults.add(text(given, "operation", "*"), made, times=times(given), issue=text(given, "issue") or None)
        return jsonify(DONE)

    @routes.delete("/faults")
    def forget_faults() -> Response:
        site.faults.clear()
        site.limits.relax()
        return jsonify(DONE)

    @routes.post("/limits")
    def limit() -> Response:
        given = body()
        try:
            _limit(site, given)
        except ValueError as error:
            raise BadRequest(str(error)) from error
        return jsonify({"points_used": site.limits.points_used, "points_per_hour": site.limits.points_per_hour})


def _add_webhooks(routes: Blueprint, site: Site) -> None:
    @routes.post("/webhooks")
    def webhooks() -> Response:
        given = body()
        site.webhooks.policy = Delivery(
            copies=int(number(given, "copies", 1)),
            delay=timedelta(seconds=number(given, "delay_seconds")),
            drop=number(given, "drop"),
            fail=number(given, "fail"),
            reverse=bool(given.get("reverse")),
        )
        return jsonify(DONE)

    @routes.post("/webhooks/deliver")
    def deliver() -> Response:
        attempts = site.webhooks.deliver()
        told = [{"identifier": a.identifier, "event": a.event, "status": a.status, "retry": a.retry} for a in attempts]
        return jsonify({"attempts": told, "pending": len(site.webhooks.pending)})


def _add_mail_faults(routes: Blueprint, mailbox: Mailbox | None) -> None:
    @routes.post("/mail/faults")
    def plan_mail() -> Response:
        given = body()
        _box(mailbox).add_fault(_made(MAIL_FAULTS, given), times=times(given))
        return jsonify(DONE)

    @routes.delete("/mail/faults")
    def forget_mail() -> Response:
        _box(mailbox).clear_faults()
        return jsonify(DONE)

    @routes.post("/mail/evidence")
    def evidence() -> Response:
        box = _box(mailbox)
        box.evidence = bool(body().get("on", True))
        return jsonify({"on": box.evidence})


def _limit(site: Site, given: Body) -> None:
    if "points_per_hour" in given:
        site.limits.points_per_hour = int(number(given, "points_per_hour"))
    enforced = given.get("enforce")
    if isinstance(enforced, list):
        site.limits.enforce(*(str(each) for each in enforced))
    if given.get("exhaust"):
        retry_after = None if given.get("retry_after", 30) is None else number(given, "retry_after", 30)
        site.limits.exhaust(text(given, "exhaust"), retry_after=retry_after)


def _made(makers: Mapping[str, Callable[[Body], F]], given: Body) -> F:
    kind = text(given, "kind", "status")
    if kind not in makers:
        raise BadRequest(f"No fault of kind {kind!r}; known are {', '.join(sorted(makers))}.")
    return makers[kind](given)


def _box(mailbox: Mailbox | None) -> Mailbox:
    if mailbox is None:
        raise NotFound("This site has no mailbox.")
    return mailbox
