"""Comments that we write once and find again: Jira has no idempotency key, so each carries a marker as a property."""

from datetime import datetime

from msgspec import Struct, field

from plugin.jira.client import JiraClient
from plugin.jira.history_comment import history_document
from plugin.jira.note import note_document
from plugin.jira.operations import ADD_COMMENT, COMMENTS_BY_ID, COMMENTS_OF_ISSUE, UPDATE_COMMENT
from plugin.jira.reading import Account, instant, numbers
from plugin.services.jira_facts import Comment, CommentVisibility, HistoryComment, Note

MARKER_KEY = "com.dunlin.jira.effect"
INTERNAL_KEY = "sd.public.comment"
"""Makes a comment on a service desk an internal note; without it Jira takes every comment for public there."""
PAGE = 100


class _Property(Struct):
    key: str
    value: object = None


class _Comment(Struct):
    id: str
    author: Account | None = None
    created: str | None = None
    properties: list[_Property] = field(default_factory=list)


class _IssuePage(Struct, rename="camel"):
    start_at: int
    total: int
    comments: list[_Comment]


class _ListPage(Struct):
    values: list[_Comment]


def add(
    client: JiraClient, issue: str, comment: HistoryComment | Note, *, marker: str, visibility: CommentVisibility | None
) -> Comment:
    """Writes a comment that carries ``marker``."""
    body = _body(comment, visibility, {"key": MARKER_KEY, "value": {"id": marker}})
    return _fact(client.call(ADD_COMMENT, _Comment, path={"issue": issue}, body=body))


def update(
    client: JiraClient,
    issue: str,
    comment_id: str,
    comment: HistoryComment,
    *,
    visibility: CommentVisibility | None,
) -> Comment:
    """Rewrites a comment; nobody is notified, or every watcher would get a mail for each event."""
    answer = client.call(
        UPDATE_COMMENT,
        _Comment,
        path={"issue": issue, "comment": comment_id},
        query={"notifyUsers": "false"},
        body=_body(comment, visibility),
    )
    return _fact(answer)


def find(client: JiraClient, issue: str, *, marker: str, own_account: str, since: datetime | None) -> Comment | None:
    """The newest of our comments with this marker, looked for from the newest back to ``since`` or the first."""
    start = 0
    while True:
        page = client.call(
            COMMENTS_OF_ISSUE,
            _IssuePage,
            path={"issue": issue},
            query={"orderBy": "-created", "startAt": start, "maxResults": PAGE},
            at_most=PAGE,
            count=lambda page: len(page.comments),
        )
        ours = [one.id for one in page.comments if one.author and one.author.account_id == own_account]
        found = _marked(client, ours, marker)
        start = page.start_at + len(page.comments)
        if found is not None or not page.comments or start >= page.total or _is_before(page.comments[-1], since):
            return found


def _marked(client: JiraClient, ids: list[str], marker: str) -> Comment | None:
    # Listing an issue's comments does not give their properties; this second operation does.
    if not ids:
        return None
    answer = client.call(
        COMMENTS_BY_ID,
        _ListPage,
        query={"expand": "properties"},
        body={"ids": numbers(ids)},
        at_most=len(ids),
        count=lambda page: len(page.values),
    )
    wanted = _Property(key=MARKER_KEY, value={"id": marker})
    matches = [one for one in answer.values if wanted in one.properties]
    return _fact(max(matches, key=lambda one: int(one.id))) if matches else None


def _is_before(comment: _Comment, since: datetime | None) -> bool:
    return since is not None and comment.created is not None and instant(comment.created, COMMENTS_OF_ISSUE) < since


def _body(
    comment: HistoryComment | Note, visibility: CommentVisibility | None, *properties: dict[str, object]
) -> dict[str, object]:
    document = note_document(comment) if isinstance(comment, Note) else history_document(comment)
    body: dict[str, object] = {"body": document}
    if visibility is not None:
        body["visibility"] = {"type": visibility.audience.value, **_named(visibility)}
    if comment.internal:
        properties = (*properties, {"key": INTERNAL_KEY, "value": {"internal": True}})
    if properties:
        body["properties"] = list(properties)
    return body


def _named(visibility: CommentVisibility) -> dict[str, object]:
    return {"identifier": visibility.identifier} if visibility.identifier else {"value": visibility.name}


def _fact(wire: _Comment) -> Comment:
    return Comment(
        id=wire.id,
        author_id=wire.author.account_id if wire.author else None,
        created=instant(wire.created, COMMENTS_OF_ISSUE) if wire.created else None,
    )
