"""A Jira that keeps comments and properties in memory, and fails as a test wants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from plugin.services.jira_facts import (
    Comment,
    CommentVisibility,
    FailedWebhookPage,
    Granted,
    HistoryComment,
    Issue,
    IssuePage,
    IssueRef,
    NewIssue,
    Note,
    Notification,
    ProjectPage,
    ProjectPermission,
    Transition,
    User,
    Worklog,
    WorklogDelta,
)


@dataclass
class Kept:
    """A comment as it stands."""

    id: str
    issue: str
    marker: str
    body: HistoryComment
    visibility: CommentVisibility | None
    edits: int = 0


@dataclass
class KeptNote:
    """A comment of paragraphs."""

    id: str
    issue: str
    marker: str
    note: Note


@dataclass
class ScriptedJira:
    """``failures`` are raised by the next writes; ``after`` (comments) and ``after_put`` once one was carried out."""

    comments: list[Kept] = field(default_factory=list)
    properties: dict[str, Mapping[str, object]] = field(default_factory=dict)
    puts: int = 0
    failures: list[Exception] = field(default_factory=list)
    after: list[Exception] = field(default_factory=list)
    after_put: list[Exception] = field(default_factory=list)
    looks: int = 0
    look_failures: list[Exception] = field(default_factory=list)
    gone: Exception | None = None
    notes: list[KeptNote] = field(default_factory=list)
    notified: list[tuple[str, Notification]] = field(default_factory=list)
    workflow: list[str] = field(default_factory=lambda: ["To Do", "In Progress", "Done"])
    status: dict[str, str] = field(default_factory=dict)
    created: list[tuple[IssueRef, NewIssue, str]] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)

    def add_comment(
        self, issue: str, comment: HistoryComment, *, marker: str, visibility: CommentVisibility | None
    ) -> Comment:
        self._fail()
        kept = Kept(str(100 + len(self.comments)), issue, marker, comment, visibility)
        self.comments.append(kept)
        self._fail_late()
        return _fact(kept)

    def update_comment(
        self, issue: str, comment_id: str, comment: HistoryComment, *, visibility: CommentVisibility | None
    ) -> Comment:
        self._fail()
        found = [kept for kept in self.comments if kept.id == comment_id]
        if not found:
            assert self.gone is not None
            raise self.gone
        found[0].body = comment
        found[0].edits += 1
        self._fail_late()
        return _fact(found[0])

    def find_comment(self, issue: str, *, marker: str, since: datetime | None = None) -> Comment | None:
        self.looks += 1
        if self.look_failures:
            raise self.look_failures.pop(0)
        both: list[Kept | KeptNote] = [*self.comments, *self.notes]
        found = [kept for kept in both if kept.issue == issue and kept.marker == marker]
        return _fact(found[-1]) if found else None

    def add_note(self, issue: str, note: Note, *, marker: str, visibility: CommentVisibility | None) -> Comment:
        self._fail()
        kept = KeptNote(str(500 + len(self.notes)), issue, marker, note)
        self.notes.append(kept)
        self._fail_late()
        return _fact(kept)

    def notify(self, issue: str, notification: Notification) -> None:
        self._fail()
        self.notified.append((issue, notification))
        self._fail_late()

    def transitions(self, issue: str) -> list[Transition]:
        return [
            Transition(id=f"t{place}", name=name, to=name, is_done=name == "Done")
            for place, name in enumerate(self.workflow)
        ]

    def statuses(self) -> list[str]:
        return list(self.workflow)

    def move_issue(self, issue: str, transition_id: str) -> None:
        self._fail()
        self.status[issue] = self.workflow[int(transition_id[1:])]
        self._fail_late()

    def create_issue(self, new: NewIssue, *, marker: str) -> IssueRef:
        self._fail()
        made = IssueRef(id=str(20_000 + len(self.created)), key=f"ACM-{900 + len(self.created)}")
        self.created.append((made, new, marker))
        self._fail_late()
        return made

    def find_issue(self, project_id: str, *, marker: str) -> IssueRef | None:
        self.looks += 1
        if self.look_failures:
            raise self.look_failures.pop(0)
        return next((made for made, _, known in self.created if known == marker), None)

    def link_issues(self, issue: str, other: str) -> None:
        self.links.append((issue, other))

    def put_issue_property(self, issue: str, key: str, value: Mapping[str, object]) -> None:
        self._fail()
        self.puts += 1
        self.properties[issue] = value
        if self.after_put:
            raise self.after_put.pop(0)

    def _fail(self) -> None:
        if self.failures:
            raise self.failures.pop(0)

    def _fail_late(self) -> None:
        if self.after:
            raise self.after.pop(0)

    def worklogs_updated(self, *, since_ms: int) -> WorklogDelta:
        raise NotImplementedError

    def worklogs_deleted(self, *, since_ms: int) -> WorklogDelta:
        raise NotImplementedError

    def worklogs(self, ids: Sequence[str]) -> list[Worklog]:
        raise NotImplementedError

    def search(
        self,
        jql: str,
        *,
        fields: Sequence[str] = (),
        cursor: str | None = None,
        page_size: int = 100,
        reconcile: Sequence[str] = (),
    ) -> IssuePage:
        raise NotImplementedError

    def issues(self, ids_or_keys: Sequence[str], *, fields: Sequence[str] = ()) -> list[Issue]:
        return [_issue(name, self.status.get(name, "To Do")) for name in ids_or_keys]

    def projects(self, *, start_at: int = 0) -> ProjectPage:
        raise NotImplementedError

    def users(self, account_ids: Sequence[str]) -> list[User]:
        raise NotImplementedError

    def groups_of(self, account_id: str) -> frozenset[str]:
        raise NotImplementedError

    def roles_of(self, project_id: str) -> frozenset[str]:
        raise NotImplementedError

    def granted(
        self, account_id: str, *, site: Sequence[str] = (), projects: Sequence[ProjectPermission] = ()
    ) -> Granted:
        raise NotImplementedError

    def myself(self) -> User:
        raise NotImplementedError

    def failed_webhooks(self, *, after_ms: int | None = None) -> FailedWebhookPage:
        raise NotImplementedError


def _issue(name: str, status: str) -> Issue:
    return Issue(
        id=name,
        key=f"ACM-{name}",
        summary="Work",
        type_name="Task",
        project_id="10000",
        project_key="ACM",
        parent_id=None,
        parent_key=None,
        parent_type=None,
        components=(),
        labels=(),
        assignee_id=None,
        updated=None,
        extra={"status": {"name": status}},
    )


def _fact(kept: Kept | KeptNote) -> Comment:
    return Comment(id=kept.id, author_id="dunlin", created=datetime(2026, 11, 4, tzinfo=UTC))
