"""Control: what is in the world and what happened to it, for tests that count from outside."""

from flask import Blueprint, Response, jsonify, request

from sandbox.control.lookups import Builder, issue_of
from sandbox.jira.model import Comment
from sandbox.jira.site import Site
from sandbox.mailbox.sink import Mailbox


def add_routes(routes: Blueprint, site: Site, mailbox: Mailbox | None) -> None:
    """State, REST calls, comments, properties."""

    @routes.get("/state")
    def state() -> Response:
        return jsonify(_state(site) | {"mails": len(mailbox.mails) if mailbox is not None else 0})

    @routes.get("/requests")
    def recorded() -> Response:
        calls = site.recorder.calls(request.args.get("operation"))
        shown = [
            {"operation": c.operation, "method": c.method, "path": c.path, "query": c.query, "status": c.status}
            | {"at": c.at.isoformat(), "note": c.note, "body": c.body}
            for c in calls
        ]
        return jsonify({"count": len(shown), "requests": shown})

    @routes.delete("/requests")
    def forget_requests() -> Response:
        site.recorder.clear()
        return jsonify({"done": True})

    @routes.get("/comments")
    def comments() -> Response:
        issue = issue_of(site, request.args["issue"]) if "issue" in request.args else None
        shown = [_comment(site, each) for each in Builder(site).comments(issue)]
        return jsonify({"count": len(shown), "comments": shown})

    @routes.get("/properties")
    def properties() -> Response:
        key = request.args.get("key", "dunlin")
        issues = site.world.issues.values()
        return jsonify({issue.key: issue.properties[key] for issue in issues if key in issue.properties})


def _state(site: Site) -> dict[str, object]:
    world = site.world
    return {
        "site": site.name,
        "base_url": site.base_url,
        "clock": site.clock.now().isoformat(),
        "projects": len(world.projects),
        "issues": len(world.issues),
        "worklogs": len(world.worklogs),
        "seconds_logged": sum(log.seconds for log in world.worklogs.values()),
        "comments": len(world.comments),
        "installed": site.installation is not None,
        "webhooks_pending": len(site.webhooks.pending),
        "requests": len(site.recorder),
    }


def _comment(site: Site, comment: Comment) -> dict[str, object]:
    return {
        "id": str(comment.id),
        "issue": site.world.issues[comment.issue_id].key,
        "author": comment.author,
        "body": comment.body,
        "visibility": site.render.visibility(comment.visibility) if comment.visibility else None,
        "properties": comment.properties,
        "edits": comment.edits,
        "notified": comment.notified,
        "created": comment.created.isoformat(),
        "updated": comment.updated.isoformat(),
    }
