"""The store of the pretend Jira: what changes do, and who hears of them."""

from datetime import timedelta

from sandbox.clock import FrozenWorldClock
from sandbox.control.lookups import Builder
from sandbox.jira.access import may_globally, may_in_project, sees_worklog
from sandbox.jira.model import Event


def heard(builder: Builder) -> list[str]:
    names: list[str] = []

    def listen(event: Event) -> None:
        names.append(event.name)

    builder.world.subscribe(listen)
    return names


def test_each_change_is_told_under_the_name_webhooks_know(builder: Builder) -> None:
    names = heard(builder)
    alice = builder.add_person("Alice", admin=True)
    project = builder.add_project("ACM", "Acme", members=[alice])
    issue, other = builder.add_issue(project, "One"), builder.add_issue(project, "Two")
    log = builder.add_worklog(issue, seconds=60, author=alice)
    builder.edit_worklog(log, seconds=120)
    builder.move_worklog(log, other)
    builder.delete_worklog(log)
    builder.delete_comment(builder.add_comment(issue, "Hello", author=alice))
    builder.delete_issue(issue)
    assert names == [
        "jira:issue_created",
        "jira:issue_created",
        "worklog_created",
        "worklog_updated",
        "worklog_updated",
        "worklog_deleted",
        "comment_created",
        "comment_deleted",
        "jira:issue_deleted",
    ]


def test_deleting_an_issue_says_nothing_of_its_worklogs(builder: Builder) -> None:
    issue = builder.add_issue(builder.add_project("ACM", "Acme"), "One")
    builder.add_worklog(issue, seconds=60)
    names = heard(builder)
    builder.delete_issue(issue)
    assert names == ["jira:issue_deleted"]
    assert builder.world.worklogs == {}
    assert builder.world.tombstones == []


def test_bulk_tells_nobody_and_gives_every_worklog_its_own_millisecond(builder: Builder) -> None:
    issue = builder.add_issue(builder.add_project("ACM", "Acme"), "One")
    names = heard(builder)
    with builder.bulk():
        logs = [builder.add_worklog(issue, seconds=60) for _ in range(3000)]
    with builder.bulk():
        logs += [builder.add_worklog(issue, seconds=60) for _ in range(10)]
    assert names == []
    assert len({log.updated for log in logs}) == 3010
    assert max(log.updated for log in logs) < builder.world.now() - timedelta(minutes=1)


def test_a_moved_issue_is_found_under_both_keys(builder: Builder) -> None:
    issue = builder.add_issue(builder.add_project("ACM", "Acme"), "One")
    other = builder.add_project("OTH", "Other")
    builder.edit_issue(issue, project=other)
    assert issue.key == "OTH-1"
    assert builder.world.issue("ACM-1") is builder.world.issue("OTH-1") is issue


def test_a_moved_worklog_is_on_the_other_issue_only(builder: Builder, clock: FrozenWorldClock) -> None:
    project = builder.add_project("ACM", "Acme")
    first, second = builder.add_issue(project, "One"), builder.add_issue(project, "Two")
    log = builder.add_worklog(first, seconds=60)
    clock.advance(timedelta(hours=1))
    builder.move_worklog(log, second)
    assert (first.worklog_ids, second.worklog_ids, log.issue_id) == ([], [log.id], second.id)
    assert log.updated == builder.world.now()


def test_a_restricted_worklog_is_seen_by_its_group_only(builder: Builder) -> None:
    alice, bob = builder.add_person("Alice", groups=["secret"]), builder.add_person("Bob")
    project = builder.add_project("ACM", "Acme", members=[alice, bob])
    log = builder.add_worklog(builder.add_issue(project, "One"), seconds=60, author=alice)
    builder.restrict(log, group="secret")
    assert sees_worklog(builder.world, alice.account_id, log)
    assert not sees_worklog(builder.world, bob.account_id, log)


def test_rights_follow_groups_and_roles(builder: Builder) -> None:
    admin, manager, member = (
        builder.add_person("Alice", admin=True),
        builder.add_person("Priya"),
        builder.add_person("Bob"),
    )
    stranger = builder.add_person("Stan")
    project = builder.add_project("ACM", "Acme", members=[member], admins=[manager])
    world = builder.world
    assert may_globally(world, admin.account_id, "ADMINISTER")
    assert not may_globally(world, manager.account_id, "ADMINISTER")
    allowed = [
        may_in_project(world, each.account_id, "ADMINISTER_PROJECTS", project) for each in (admin, manager, member)
    ]
    assert allowed == [True, True, False]
    assert may_in_project(world, member.account_id, "BROWSE_PROJECTS", project)
    assert not may_in_project(world, stranger.account_id, "BROWSE_PROJECTS", project)
    builder.deny(member.account_id, "BROWSE_PROJECTS", project)
    assert not may_in_project(world, member.account_id, "ADD_COMMENTS", project)
    builder.deactivate(admin)
    assert not may_globally(world, admin.account_id, "ADMINISTER")


def test_the_world_survives_export_and_restore(builder: Builder) -> None:
    issue = builder.add_issue(builder.add_project("ACM", "Acme"), "One")
    builder.add_worklog(issue, seconds=60)
    kept = builder.world.export()
    builder.delete_issue(issue)
    builder.world.restore(kept)
    assert [log.seconds for log in builder.world.worklogs.values()] == [60]
    assert builder.world.next_id("worklog") == 10001
