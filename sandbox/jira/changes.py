"""Changes of the pretend world that come from people and from the REST API alike; each emits what webhooks tell."""

from sandbox.jira.model import Comment, Event, Issue, JsonObject, Project, Tombstone, Visibility, Worklog
from sandbox.jira.world import World


def add_issue(world: World, project: Project, issue: Issue, *, actor: str | None) -> Issue:
    """Puts a new issue into the world; id, key and instants are already in it."""
    with world.lock:
        world.touch_issue(issue, existed=False)
        world.issues[issue.id] = issue
        world.issue_keys[issue.key] = issue.id
        for name in issue.components:
            project.components.setdefault(name, world.next_id("component"))
    world.emit(Event("jira:issue_created", issue.created, actor, issue=issue))
    return issue


def new_issue_key(project: Project) -> str:
    """The next number of the project."""
    key = f"{project.key}-{project.next_number}"
    project.next_number += 1
    return key


def change_issue(world: World, issue: Issue, changes: dict[str, object], *, actor: str | None) -> None:
    """Sets attributes of an issue by name."""
    with world.lock:
        world.touch_issue(issue)
        for name, value in changes.items():
            setattr(issue, name, value)
        issue.updated = world.now()
    world.emit(Event("jira:issue_updated", issue.updated, actor, issue=issue))


def move_issue(world: World, issue: Issue, target: Project, *, actor: str | None) -> None:
    """A new key in another project; the old key still finds the issue."""
    with world.lock:
        world.touch_issue(issue)
        issue.project_id = target.id
        issue.key = new_issue_key(target)
        world.issue_keys[issue.key] = issue.id
        issue.updated = world.now()
    world.emit(Event("jira:issue_updated", issue.updated, actor, issue=issue))


def delete_issue(world: World, issue: Issue, *, actor: str | None) -> None:
    """Takes its worklogs and comments along, and says nothing of them: as Jira does."""
    with world.lock:
        for worklog_id in issue.worklog_ids:
            world.worklogs.pop(worklog_id, None)
        for comment_id in issue.comment_ids:
            world.comments.pop(comment_id, None)
        world.issues.pop(issue.id, None)
        world.touch_worklogs()
    world.emit(Event("jira:issue_deleted", world.now(), actor, issue=issue))


def add_worklog(world: World, issue: Issue, worklog: Worklog, *, actor: str | None) -> Worklog:
    """Puts a new worklog into the world."""
    with world.lock:
        world.worklogs[worklog.id] = worklog
        issue.worklog_ids.append(worklog.id)
        world.touch_worklogs()
    world.emit(Event("worklog_created", worklog.created, actor, issue=issue, worklog=worklog))
    return worklog


def change_worklog(world: World, worklog: Worklog, changes: dict[str, object], *, actor: str | None) -> None:
    """Sets attributes of a worklog by name; ``updated`` is now unless it is among them."""
    with world.lock:
        before = world.issues[worklog.issue_id]
        for name, value in {"updated": world.now(), **changes}.items():
            setattr(worklog, name, value)
        after = world.issues[worklog.issue_id]
        if after is not before:
            before.worklog_ids.remove(worklog.id)
            after.worklog_ids.append(worklog.id)
        world.touch_worklogs()
    world.emit(Event("worklog_updated", worklog.updated, actor, issue=after, worklog=worklog))


def delete_worklog(world: World, worklog: Worklog, *, actor: str | None) -> None:
    """Leaves a tombstone for ``/worklog/deleted``."""
    with world.lock:
        issue = world.issues[worklog.issue_id]
        issue.worklog_ids.remove(worklog.id)
        del world.worklogs[worklog.id]
        world.tombstones.append(Tombstone(worklog.id, world.now()))
        world.touch_worklogs()
    world.emit(Event("worklog_deleted", world.tombstones[-1].deleted_at, actor, issue=issue, worklog=worklog))


def add_comment(world: World, issue: Issue, comment: Comment) -> Comment:
    """Puts a new comment onto an issue."""
    with world.lock:
        world.comments[comment.id] = comment
        issue.comment_ids.append(comment.id)
    world.emit(Event("comment_created", comment.created, comment.author, issue=issue, comment=comment))
    return comment


def change_comment(
    world: World, comment: Comment, body: JsonObject, visibility: Visibility | None, *, actor: str, notified: int
) -> None:
    """A new body in place. ``notified`` is 1 where watchers were told of it, else 0."""
    with world.lock:
        comment.body = body
        comment.visibility = visibility
        comment.updated = world.now()
        comment.update_author = actor
        comment.edits += 1
        comment.notified += notified
    issue = world.issues[comment.issue_id]
    world.emit(Event("comment_updated", comment.updated, actor, issue=issue, comment=comment))


def delete_comment(world: World, comment: Comment, *, actor: str | None) -> None:
    """Gone without a trace on the issue."""
    with world.lock:
        issue = world.issues[comment.issue_id]
        issue.comment_ids.remove(comment.id)
        del world.comments[comment.id]
    world.emit(Event("comment_deleted", world.now(), actor, issue=issue, comment=comment))


def set_property(world: World, issue: Issue, key: str, value: object, *, actor: str) -> bool:
    """Sets an entity property of an issue; true where it is new."""
    with world.lock:
        world.touch_issue(issue)
        is_new = key not in issue.properties
        issue.properties[key] = value
    world.emit(Event("issue_property_set", world.now(), actor, issue=issue, property_key=key))
    return is_new


def delete_project(world: World, project: Project, *, actor: str | None) -> None:
    """Takes all issues along; only the project's own event is told."""
    with world.lock, world.bulk():
        for issue in [each for each in world.issues.values() if each.project_id == project.id]:
            delete_issue(world, issue, actor=actor)
        del world.projects[project.id]
        del world.project_keys[project.key]
    world.emit(Event("project_deleted", world.now(), actor, project=project))
