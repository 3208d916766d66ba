"""What the services ask of Jira. ``plugin/jira/site.py`` is the real thing; every method may raise ``jira_errors``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from plugin.services.jira_errors import JiraLimited
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


class JiraGateway(Protocol):
    """One site, as the app. Nothing here sleeps or repeats a call: a failure says when another try makes sense."""

    def worklogs_updated(self, *, since_ms: int) -> WorklogDelta: ...

    def worklogs_deleted(self, *, since_ms: int) -> WorklogDelta: ...

    def worklogs(self, ids: Sequence[str]) -> list[Worklog]:
        """At most 1,000 worklogs; those the app may not see are missing, which does not mean deleted."""
        ...

    def search(
        self,
        jql: str,
        *,
        fields: Sequence[str] = (),
        cursor: str | None = None,
        page_size: int = 100,
        reconcile: Sequence[str] = (),
    ) -> IssuePage:
        """Issues by bounded JQL. ``fields`` are fetched beside those of Issue.

        ``reconcile`` names at most 50 issues that we just wrote, the same on every page: the index lags behind.
        """
        ...

    def issues(self, ids_or_keys: Sequence[str], *, fields: Sequence[str] = ()) -> list[Issue]:
        """At most 100 issues, in ascending order of id; missing ones are absent, a moved one has its new key."""
        ...

    def projects(self, *, start_at: int = 0) -> ProjectPage: ...

    def users(self, account_ids: Sequence[str]) -> list[User]:
        """All people named that Jira knows, however many; one call or more for each 50."""
        ...

    def groups_of(self, account_id: str) -> frozenset[str]:
        """Ids of the groups the person is in."""
        ...

    def roles_of(self, project_id: str) -> frozenset[str]:
        """Names of the project's roles. Jira tells only whoever administers the project."""
        ...

    def add_comment(
        self, issue: str, comment: HistoryComment, *, marker: str, visibility: CommentVisibility | None
    ) -> Comment:
        """Writes a comment that carries ``marker``. After an ambiguous failure look with ``find_comment`` first."""
        ...

    def update_comment(
        self, issue: str, comment_id: str, comment: HistoryComment, *, visibility: CommentVisibility | None
    ) -> Comment:
        """Rewrites a comment without notifying anybody. Raises JiraGone where a person deleted it."""
        ...

    def find_comment(self, issue: str, *, marker: str, since: datetime | None = None) -> Comment | None:
        """Our own comment with this marker; looks from the newest back to ``since``, or to the first."""
        ...

    def add_note(self, issue: str, note: Note, *, marker: str, visibility: CommentVisibility | None) -> Comment:
        """Writes a comment of paragraphs that carries ``marker``; found again with ``find_comment``."""
        ...

    def notify(self, issue: str, notification: Notification) -> None:
        """Has Jira mail people about an issue. Nobody can find out later whether it did."""
        ...

    def transitions(self, issue: str) -> list[Transition]:
        """The ways out of the status that the issue is in, for the app."""
        ...

    def statuses(self) -> list[str]:
        """The names of all statuses that workflows of the site use."""
        ...

    def move_issue(self, issue: str, transition_id: str) -> None:
        """Takes one of these ways."""
        ...

    def create_issue(self, new: NewIssue, *, marker: str) -> IssueRef:
        """Creates an issue that carries ``marker`` as a property; look with ``find_issue`` before a second try."""
        ...

    def find_issue(self, project_id: str, *, marker: str) -> IssueRef | None:
        """The newest issue of the app with this marker. The index lags behind by seconds, at times by minutes."""
        ...

    def link_issues(self, issue: str, other: str) -> None:
        """Says that two issues belong together; repeating does no harm."""
        ...

    def put_issue_property(self, issue: str, key: str, value: Mapping[str, object]) -> None:
        """Sets a property whole; repeating does no harm."""
        ...

    def granted(
        self,
        account_id: str,
        *,
        site: Sequence[str] = (),
        projects: Sequence[ProjectPermission] = (),
    ) -> Granted:
        """What a person may do, asked of Jira now."""
        ...

    def myself(self) -> User:
        """The app's own account; also proves that the token works."""
        ...

    def failed_webhooks(self, *, after_ms: int | None = None) -> FailedWebhookPage:
        """Deliveries lost within the last 72 hours (Connect only)."""
        ...


class CallBudget(Protocol):
    """Accounts for Jira's points before a call is made. ``operation`` is Jira's operation id."""

    def before_call(self, operation: str, worst_cost: int) -> None:
        """Raises JiraLimited where the tenant's or the app's share is used up; then no call is made."""
        ...

    def after_call(self, operation: str, *, worst_cost: int, cost: int, near_limit: bool) -> None:
        """Corrects the account by the real cost in points; ``near_limit`` says that Jira warns of the limit."""
        ...

    def refused(self, problem: JiraLimited) -> None:
        """Jira itself refused a call for a limit of its own."""
        ...
