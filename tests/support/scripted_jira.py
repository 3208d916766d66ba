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
    ProjectPage,
    ProjectPermission,
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
        found = [kept for kept in self.comments if kept.issue == issue and kept.marker == marker]
        return _fact(found[-1]) if found else None

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
        raise NotImplementedError

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


def _fact(kept: Kept) -> Comment:
    return Comment(id=kept.id, author_id="dunlin", created=datetime(2026, 11, 4, tzinfo=UTC))
