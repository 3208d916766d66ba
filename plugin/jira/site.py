"""One Jira site as the services see it: ``JiraGateway`` on top of the client."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import requests
from requests.auth import AuthBase

from plugin.jira import actions, comments, issues, people, webhooks, worklogs
from plugin.jira.client import JiraClient, Unlimited
from plugin.jira.session import JiraSession
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
from plugin.services.jira_gateway import CallBudget


class JiraSite:
    """Implements ``JiraGateway``; see there for what each method promises. Not shared between threads."""

    def __init__(self, base_url: str, auth: AuthBase, *, budget: CallBudget | None = None) -> None:
        self.session: requests.Session = JiraSession(auth)
        self._client = JiraClient(base_url=base_url, session=self.session, budget=budget or Unlimited())
        self._own_account: str | None = None

    def worklogs_updated(self, *, since_ms: int) -> WorklogDelta:
        """One page of changes."""
        return worklogs.updated(self._client, since_ms=since_ms)

    def worklogs_deleted(self, *, since_ms: int) -> WorklogDelta:
        """One page of deletions."""
        return worklogs.deleted(self._client, since_ms=since_ms)

    def worklogs(self, ids: Sequence[str]) -> list[Worklog]:
        """At most 1,000 worklogs by id."""
        return worklogs.by_ids(self._client, ids)

    def search(
        self,
        jql: str,
        *,
        fields: Sequence[str] = (),
        cursor: str | None = None,
        page_size: int = 100,
        reconcile: Sequence[str] = (),
    ) -> IssuePage:
        """One page of issues by JQL."""
        return issues.search(self._client, jql, fields=fields, cursor=cursor, page_size=page_size, reconcile=reconcile)

    def issues(self, ids_or_keys: Sequence[str], *, fields: Sequence[str] = ()) -> list[Issue]:
        """At most 100 issues by id or key."""
        return issues.by_ids(self._client, ids_or_keys, fields=fields)

    def projects(self, *, start_at: int = 0) -> ProjectPage:
        """One page of projects."""
        return issues.projects(self._client, start_at=start_at)

    def users(self, account_ids: Sequence[str]) -> list[User]:
        """Everybody named that Jira knows."""
        return people.users(self._client, account_ids)

    def groups_of(self, account_id: str) -> frozenset[str]:
        """Ids of a person's groups."""
        return people.groups_of(self._client, account_id)

    def roles_of(self, project_id: str) -> frozenset[str]:
        """Names of a project's roles."""
        return people.roles_of(self._client, project_id)

    def add_comment(
        self, issue: str, comment: HistoryComment, *, marker: str, visibility: CommentVisibility | None
    ) -> Comment:
        """Writes a comment with a marker."""
        return comments.add(self._client, issue, comment, marker=marker, visibility=visibility)

    def update_comment(
        self, issue: str, comment_id: str, comment: HistoryComment, *, visibility: CommentVisibility | None
    ) -> Comment:
        """Rewrites a comment silently."""
        return comments.update(self._client, issue, comment_id, comment, visibility=visibility)

    def find_comment(self, issue: str, *, marker: str, since: datetime | None = None) -> Comment | None:
        """Our comment with this marker."""
        if self._own_account is None:
            self._own_account = self.myself().account_id
        return comments.find(self._client, issue, marker=marker, own_account=self._own_account, since=since)

    def add_note(self, issue: str, note: Note, *, marker: str, visibility: CommentVisibility | None) -> Comment:
        """Writes a comment of paragraphs with a marker."""
        return comments.add(self._client, issue, note, marker=marker, visibility=visibility)

    def notify(self, issue: str, notification: Notification) -> None:
        """Has Jira mail people."""
        actions.notify(self._client, issue, notification)

    def transitions(self, issue: str) -> list[Transition]:
        """The ways out of an issue's status."""
        return actions.transitions(self._client, issue)

    def statuses(self) -> list[str]:
        """The names of all statuses in use."""
        return actions.statuses(self._client)

    def move_issue(self, issue: str, transition_id: str) -> None:
        """Takes one of them."""
        actions.move(self._client, issue, transition_id)

    def create_issue(self, new: NewIssue, *, marker: str) -> IssueRef:
        """Creates an issue with a marker."""
        return actions.create(self._client, new, marker=marker)

    def find_issue(self, project_id: str, *, marker: str) -> IssueRef | None:
        """Our issue with this marker."""
        return actions.find(self._client, project_id, marker=marker)

    def link_issues(self, issue: str, other: str) -> None:
        """Links two issues."""
        actions.link(self._client, issue, other)

    def put_issue_property(self, issue: str, key: str, value: Mapping[str, object]) -> None:
        """Sets a property whole."""
        issues.put_property(self._client, issue, key, value)

    def granted(
        self, account_id: str, *, site: Sequence[str] = (), projects: Sequence[ProjectPermission] = ()
    ) -> Granted:
        """What a person may do."""
        return people.granted(self._client, account_id, site=site, projects=projects)

    def myself(self) -> User:
        """The app's account."""
        return people.myself(self._client)

    def failed_webhooks(self, *, after_ms: int | None = None) -> FailedWebhookPage:
        """One page of lost webhooks."""
        return webhooks.failed(self._client, after_ms=after_ms)
