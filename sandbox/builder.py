"""Builds the pretend world for tests and seeds: people, projects, issues, worklogs, and what happens to them."""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Literal

from sandbox.jira import changes
from sandbox.jira.model import (
    ADMIN_GROUP,
    ADMINISTRATORS,
    APP_ROLE,
    MANAGERS,
    MEMBERS,
    USER_GROUP,
    Comment,
    Group,
    Issue,
    Json,
    JsonObject,
    Person,
    Project,
    Visibility,
    Worklog,
    adf,
)
from sandbox.jira.site import Site
from sandbox.jira.world import World

Restriction = tuple[Literal["group", "role"], str]


class WorldBuilder:
    """What people do in the pretend Jira, as one call each. Mixed into the servers; needs ``site``."""

    site: Site

    @property
    def world(self) -> World:
        return self.site.world

    def bulk(self) -> AbstractContextManager[None]:
        """Many changes without webhooks, each record with a millisecond of its own."""
        return self.world.bulk()

    # -- people

    def add_person(
        self,
        name: str,
        *,
        admin: bool = False,
        account_id: str | None = None,
        groups: Sequence[str] = (),
        email: str | None = None,
        email_visible: bool = False,
        time_zone: str = "Europe/Berlin",
        locale: str = "en_US",
    ) -> Person:
        """A person with an account; ``admin`` puts them into the administrators' group as well."""
        made_id = account_id or f"712020:{uuid.uuid5(uuid.NAMESPACE_URL, f'{self.site.client_key}/{name}')}"
        address = email or f"{name.lower().replace(' ', '.')}@people.example"
        person = Person(made_id, name, address, email_visible, time_zone, locale)
        with self.world.lock:
            self.world.people[made_id] = person
            for group in (USER_GROUP, *((ADMIN_GROUP,) if admin else ()), *groups):
                self.add_group(group).members.add(made_id)
        return person

    def add_group(self, name: str, *, members: Iterable[Person] = ()) -> Group:
        """The group of that name, made if need be."""
        group_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self.site.client_key}/group/{name}"))
        group = self.world.groups.setdefault(name, Group(name, group_id))
        group.members.update(person.account_id for person in members)
        return group

    def deactivate(self, person: Person) -> None:
        """The account stays, but can no longer do anything."""
        person.active = False

    def forget(self, person: Person) -> None:
        """The account is gone: Jira shows "Former user"."""
        self.world.people.pop(person.account_id, None)

    # -- projects

    def add_project(
        self,
        key: str,
        name: str,
        *,
        lead: Person | None = None,
        members: Iterable[Person] = (),
        managers: Iterable[Person] = (),
        admins: Iterable[Person] = (),
        type_key: Literal["software", "service_desk", "business"] = "software",
        description: str = "",
        category: str | None = None,
    ) -> Project:
        """A project with its roles; the app gets access as in Jira's default scheme."""
        roles = {
            ADMINISTRATORS: {person.account_id for person in admins},
            MANAGERS: {person.account_id for person in managers},
            MEMBERS: {person.account_id for person in members},
            APP_ROLE: {each.account_id for each in self.world.people.values() if each.account_type == "app"},
        }
        with self.world.lock:
            project = Project(
                id=self.world.next_id("project"),
                key=key,
                name=name,
                lead=lead.account_id if lead else None,
                type_key=type_key,
                description=description,
                roles=roles,
                category=category,
            )
            self.world.projects[project.id] = project
            self.world.project_keys[key] = project.id
        return project

    def delete_project(self, project: Project, *, actor: Person | None = None) -> None:
        """With all its issues."""
        changes.delete_project(self.world, project, actor=_account(actor))

    def hide_project_from_app(self, project: Project) -> None:
        """The app no longer sees the project."""
        project.app_access = False

    def deny(self, account_id: str, permission: str, project: Project) -> None:
        """Takes one permission in one project from one account (``BROWSE_PROJECTS`` takes all)."""
        project.denied.setdefault(account_id, set()).add(permission)

    # -- issues

    def add_issue(
        self,
        project: Project,
        summary: str,
        *,
        key: str | None = None,
        type_name: str = "Task",
        status: str = "In Progress",
        assignee: Person | None = None,
        reporter: Person | None = None,
        components: Sequence[str] = (),
        labels: Sequence[str] = (),
        epic: Issue | None = None,
        description: str = "",
        fields: JsonObject | None = None,
        created: datetime | None = None,
    ) -> Issue:
        """A new issue; ``key`` only for imports that bring their own."""
        with self.world.lock:
            moment = created or self.world.now()
            issue = Issue(
                id=self.world.next_id("issue"),
                key=key or changes.new_issue_key(project),
                project_id=project.id,
                summary=summary,
                created=moment,
                updated=moment,
                type_name=type_name,
                status=status,
                assignee=_account(assignee),
                reporter=_account(reporter),
                components=list(components),
                labels=list(labels),
                epic=epic.id if epic else None,
                description=adf(description) if description else None,
                fields=dict(fields or {}),
            )
            return changes.add_issue(self.world, project, issue, actor=_account(reporter))

    def edit_issue(self, issue: Issue, actor: Person | None = None, **attributes: object) -> None:
        """Sets attributes of ``Issue`` by name; ``project`` moves it and gives it a new key."""
        target = attributes.pop("project", None)
        if isinstance(target, Project):
            changes.move_issue(self.world, issue, target, actor=_account(actor))
        if attributes:
            changes.change_issue(self.world, issue, attributes, actor=_account(actor))

    def delete_issue(self, issue: Issue, *, actor: Person | None = None) -> None:
        """Its worklogs go without a word, as in Jira."""
        changes.delete_issue(self.world, issue, actor=_account(actor))

    def property(self, issue: Issue, key: str) -> Json:
        """The value of an entity property, or None."""
        return issue.properties.get(key)

    # -- worklogs

    def add_worklog(
        self,
        issue: Issue,
        *,
        seconds: int,
        started: datetime | None = None,
        author: Person | None = None,
        comment: str | JsonObject | None = None,
        visibility: Restriction | None = None,
        updated: datetime | None = None,
    ) -> Worklog:
        """Logs time. ``started`` keeps its offset; None is an entry without a start. ``updated`` is now by default."""
        with self.world.lock:
            moment = updated or self.world.now()
            worklog = Worklog(
                id=self.world.next_id("worklog"),
                issue_id=issue.id,
                author=_account(author),
                started=started,
                seconds=seconds,
                created=moment,
                updated=moment,
                comment=adf(comment) if isinstance(comment, str) else comment,
                visibility=_visibility(visibility),
            )
            return changes.add_worklog(self.world, issue, worklog, actor=_account(author))

    def edit_worklog(self, worklog: Worklog, actor: Person | None = None, **attributes: object) -> None:
        """Sets attributes of ``Worklog`` by name; takes a Person as ``author`` and a text as ``comment``."""
        author, comment, restriction = (attributes.get(name) for name in ("author", "comment", "visibility"))
        if isinstance(author, Person):
            attributes["author"] = author.account_id
        if isinstance(comment, str):
            attributes["comment"] = adf(comment)
        if isinstance(restriction, tuple):
            attributes["visibility"] = Visibility(restriction[0], restriction[1])
        changes.change_worklog(self.world, worklog, attributes, actor=_account(actor))

    def move_worklog(self, worklog: Worklog, target: Issue, *, actor: Person | None = None) -> None:
        """To another issue; the id stays."""
        changes.change_worklog(self.world, worklog, {"issue_id": target.id}, actor=_account(actor))

    def delete_worklog(self, worklog: Worklog, *, actor: Person | None = None) -> None:
        """Leaves a tombstone."""
        changes.delete_worklog(self.world, worklog, actor=_account(actor))

    def restrict(self, thing: Worklog | Comment, *, group: str | None = None, role: str | None = None) -> None:
        """Only members of the group or role see it from now on; neither named: everybody."""
        if group is not None:
            self.add_group(group)
        visibility = Visibility("group", group) if group else Visibility("role", role) if role else None
        if isinstance(thing, Worklog):
            changes.change_worklog(self.world, thing, {"visibility": visibility}, actor=None)
        else:
            thing.visibility = visibility

    # -- comments

    def add_comment(self, issue: Issue, text: str, *, author: Person) -> Comment:
        """A person's comment."""
        now = self.world.now()
        comment = Comment(
            id=self.world.next_id("comment"),
            issue_id=issue.id,
            author=author.account_id,
            body=adf(text),
            created=now,
            updated=now,
            update_author=author.account_id,
            notified=1,
        )
        return changes.add_comment(self.world, issue, comment)

    def delete_comment(self, comment: Comment, *, actor: Person | None = None) -> None:
        """As a person does."""
        changes.delete_comment(self.world, comment, actor=_account(actor))

    def comments(self, issue: Issue | None = None) -> list[Comment]:
        """All comments of an issue, or of the site, oldest first."""
        with self.world.lock:
            ids = issue.comment_ids if issue is not None else sorted(self.world.comments)
            return [self.world.comments[each] for each in ids]


def _account(person: Person | None) -> str | None:
    return person.account_id if person is not None else None


def _visibility(restriction: Restriction | None) -> Visibility | None:
    return Visibility(restriction[0], restriction[1]) if restriction is not None else None
