"""What the scripts of the host pages ask for: frames, tokens, context, the pulse, the guide, recorded calls."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, jsonify, request

from sandbox.host.context import COOKIE, Host
from sandbox.host.facts import guide_file, guide_of


def add_routes(routes: Blueprint, host: Host) -> None:
    """All of them."""
    _add_frames(routes, host)
    _add_views(routes, host)
    _add_records(routes, host)


def _add_frames(routes: Blueprint, host: Host) -> None:
    def installed(answer: Callable[[], object]) -> Response:
        try:
            return jsonify(answer())
        except LookupError:
            abort(404)

    @routes.get("/_host/frame")
    def frame() -> Response:
        place = host.place()
        return installed(lambda: host.frames().options(request.args.get("module", ""), place))

    @routes.get("/_host/token")
    def token() -> Response:
        place = host.place()
        return installed(lambda: {"token": host.frames().token(place)})


def _add_views(routes: Blueprint, host: Host) -> None:
    @routes.get("/_host/context")
    def context() -> Response:
        place, viewer = host.place(), host.viewer()
        return jsonify(
            {
                "account_id": viewer.account_id,
                "locale": viewer.locale,
                "timeZone": viewer.time_zone,
                "issue": {"id": str(place.issue.id), "key": place.issue.key} if place.issue else None,
                "project": {"id": str(place.project.id), "key": place.project.key} if place.project else None,
                "license": {"active": True},
            }
        )

    @routes.post("/_host/person")
    def person() -> Response:
        chosen = str((request.get_json(silent=True) or {}).get("account_id", ""))
        if chosen not in host.site.world.people:
            abort(404)
        response = Response(status=204)
        response.set_cookie(COOKIE, chosen, samesite="Lax", httponly=True)
        return response

    @routes.get("/_host/issue/<key>")
    def issue_as_json(key: str) -> Response:
        found, views = host.issue(key), host.views()
        return jsonify({"issue": views.issue(found), "comments": views.comments(found)})


def _add_records(routes: Blueprint, host: Host) -> None:
    calls: list[dict[str, object]] = []
    guide = guide_of(host.site, host.mailbox, calls, guide_file(host.options.state, host.site))

    @routes.get("/_host/pulse")
    def pulse() -> Response:
        mails = host.mailbox.mails if host.mailbox else []
        world = host.site.world
        return jsonify(
            {
                "now": host.site.clock.now().isoformat(),
                "ready": guide.has_begun and not host.options.reset_flag.exists(),
                "mail_count": len(mails),
                "last_mail": mails[-1].number if mails else 0,
                "comments": sum(1 + comment.edits for comment in list(world.comments.values())),
                "changes": world.version,
                "backlog": host.machine.backlog,
            }
        )

    @routes.get("/_host/guide")
    def steps() -> Response:
        return jsonify(guide.answer())

    @routes.post("/_host/guide")
    def begin() -> Response:
        guide.begin()
        return Response(status=204)

    @routes.route("/_host/calls", methods=["GET", "POST", "DELETE"])
    def recorded() -> Response:
        if request.method == "POST":
            calls.append(dict(request.get_json(silent=True) or {}))
        if request.method == "DELETE":
            calls.clear()
        return jsonify({"calls": calls})
