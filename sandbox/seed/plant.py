"""Plants the demo's Jira facts into a site: people, groups, projects, issues, worklogs. Invoices are the product's."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sandbox.builder import WorldBuilder
from sandbox.jira.model import Issue, Person, Project
from sandbox.seed.booking import BOOKING
from sandbox.seed.brewery import BREWERY
from sandbox.seed.company import ALICE, CHARLIE, MEMBERS, PRIYA, Member
from sandbox.seed.hours import Entry, entries, first_day
from sandbox.seed.outdoor import OUTDOOR
from sandbox.seed.plan import PlannedIssue, PlannedProject

PROJECTS = (OUTDOOR, BREWERY, BOOKING)
OPENING = time(9, tzinfo=UTC)
# Somebody logs time a while after the work.
LATER = timedelta(minutes=37)
STILL_OPEN = 90


def plant(builder: WorldBuilder, *, today: date) -> None:
    """The company's site as it stands on the morning of ``today``: the same world for the same day."""
    with builder.bulk():
        people = {member.account_id: _person(builder, member) for member in MEMBERS}
        builder.world.field_names["customfield_10050"] = "Purchase order"
        issues: dict[tuple[str, str], Issue] = {}
        for planned in PROJECTS:
            project = _project(builder, planned, people)
            issues |= _issues(builder, project, planned, people, today=today)
        for entry in entries(today, MEMBERS, PROJECTS):
            _log(builder, entry, people[entry.member.account_id], issues[entry.project.key, entry.issue.summary])


def plant_second(builder: WorldBuilder, *, today: date) -> None:
    """Charlie's site: another company, whose data must never be seen from the first one."""
    with builder.bulk():
        charlie = _person(builder, CHARLIE, admin=True)
        project = builder.add_project("BCD", "Cedar Housing", lead=charlie, members=[charlie], admins=[charlie])
        issue = builder.add_issue(project, "Tenant letters", assignee=charlie)
        for days_ago in range(1, 6):
            started = datetime.combine(today - timedelta(days=days_ago), OPENING)
            builder.add_worklog(issue, seconds=5400, started=started, author=charlie, comment="Letters drafted")


def _person(builder: WorldBuilder, member: Member, *, admin: bool = False) -> Person:
    return builder.add_person(
        member.name,
        admin=admin or member is ALICE,
        account_id=member.account_id,
        groups=member.groups,
        time_zone=member.time_zone,
        locale=member.locale,
    )


def _project(builder: WorldBuilder, planned: PlannedProject, people: dict[str, Person]) -> Project:
    team = [people[member.account_id] for member in MEMBERS if planned.key in member.projects]
    priya = people[PRIYA.account_id]
    return builder.add_project(
        planned.key,
        planned.name,
        lead=priya,
        members=team,
        managers=[priya],
        admins=[people[ALICE.account_id], priya],
        type_key=planned.type_key,
        description=planned.description,
        category="Clients",
    )


def _issues(
    builder: WorldBuilder, project: Project, planned: PlannedProject, people: dict[str, Person], *, today: date
) -> dict[tuple[str, str], Issue]:
    """The issues by project and summary, made in the order in which work on them began."""
    first = first_day(today)
    span = (today - first).days
    priya = people[PRIYA.account_id]
    team = [member for member in MEMBERS if planned.key in member.projects]
    opened = datetime.combine(first, OPENING)
    epics = {
        epic.summary: builder.add_issue(project, epic.summary, type_name="Epic", reporter=priya, created=opened)
        for epic in planned.epics
    }
    order = sorted(
        ((issue, epic) for epic in planned.epics for issue in epic.issues),
        key=lambda pair: (pair[0].first, pair[0].summary),
    )
    found: dict[tuple[str, str], Issue] = {}
    for number, (issue, epic) in enumerate(order):
        found[planned.key, issue.summary] = builder.add_issue(
            project,
            issue.summary,
            type_name=issue.kind,
            status=_status(issue),
            assignee=people[team[number % len(team)].account_id],
            reporter=priya,
            components=[issue.component],
            epic=epics[epic.summary],
            description=issue.description,
            fields={"customfield_10050": f"PO-{project.id}"} if planned.key == OUTDOOR.key else None,
            created=opened + timedelta(days=span * issue.first // 100),
        )
    return found


def _status(issue: PlannedIssue) -> str:
    return "Done" if issue.last < STILL_OPEN else "In Progress"


def _log(builder: WorldBuilder, entry: Entry, author: Person, issue: Issue) -> None:
    midnight = datetime.combine(entry.day, time(), tzinfo=ZoneInfo(author.time_zone))
    started = midnight + timedelta(minutes=entry.start)
    ended = (started + timedelta(minutes=entry.minutes)).astimezone(UTC)
    builder.add_worklog(
        issue,
        seconds=entry.minutes * 60,
        started=datetime.fromisoformat(started.isoformat()),
        author=author,
        comment=entry.note,
        updated=ended + LATER,
    )
