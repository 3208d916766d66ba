"""Control: changing the world as its people would."""

from collections.abc import Callable
from pathlib import Path

from flask import Blueprint, Response, jsonify
from werkzeug.exceptions import BadRequest, NotFound

from sandbox.control.bodies import Body, body, instant, number, text
from sandbox.control.lookups import Builder, issue_of, person_of, worklog_of
from sandbox.jira.site import Site
from sandbox.loader import load


def add_routes(routes: Blueprint, site: Site) -> None:
    """Issues, worklogs, comments, and the loader."""
    builder = Builder(site)
    _add_worklog_routes(routes, site, builder)

    @routes.post("/issues")
    def add_issue() -> tuple[Response, int]:
        given = body()
        project = site.world.project(text(given, "project"))
        if project is None:
            raise NotFound(f"There is no project {text(given, 'project')}.")
        issue = builder.add_issue(
            project, text(given, "summary", "An issue"), assignee=person_of(site, given, "assignee")
        )
        return jsonify({"id": issue.id, "key": issue.key}), 201

    @routes.delete("/issues/<key>")
    def delete_issue(key: str) -> Response:
        builder.delete_issue(issue_of(site, key))
        return Response(status=204)

    @routes.delete("/comments/<int:comment_id>")
    def delete_comment(comment_id: int) -> Response:
        comment = site.world.comments.get(comment_id)
        if comment is None:
            raise NotFound(f"There is no comment {comment_id}.")
        builder.delete_comment(comment)
        return Response(status=204)

    @routes.post("/load")
    def load_file() -> tuple[Response, int]:
        path = Path(text(body(), "path"))
        if not path.is_file():
            raise BadRequest(f"There is no file {path}.")
        loaded = load(builder, path)
        return jsonify({"worklogs": loaded.worklogs, "issues": loaded.issues, "seconds": loaded.seconds}), 201


def _add_worklog_routes(routes: Blueprint, site: Site, builder: Builder) -> None:
    @routes.post("/worklogs")
    def add_worklog() -> tuple[Response, int]:
        given = body()
        log = builder.add_worklog(
            issue_of(site, text(given, "issue")),
            seconds=int(number(given, "seconds")),
            started=instant(given, "started"),
            author=person_of(site, given, "author"),
            comment=text(given, "comment") or None,
            updated=instant(given, "updated"),
        )
        return jsonify({"id": log.id}), 201

    @routes.patch("/worklogs/<int:log_id>")
    def edit_worklog(log_id: int) -> Response:
        given = body()
        readers: dict[str, Callable[[Body, str], object]] = {
            "seconds": _whole_number,
            "started": instant,
            "comment": text,
        }
        changes = {name: read(given, name) for name, read in readers.items() if name in given}
        builder.edit_worklog(worklog_of(site, log_id), None, **changes)
        return jsonify({"id": log_id})

    @routes.delete("/worklogs/<int:log_id>")
    def delete_worklog(log_id: int) -> Response:
        builder.delete_worklog(worklog_of(site, log_id))
        return Response(status=204)


def _whole_number(given: Body, name: str) -> int:
    return int(number(given, name))
