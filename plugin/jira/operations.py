"""Every operation of Jira's REST API that Dunlin uses, by its name in Atlassian's OpenAPI; nothing else is called.

``weight`` is the points for each object returned: 1 for issues, worklogs and comments, 2 for people and rights, 0 for
writes; each call costs 1 besides. ``repeatable``: doing it twice is as good as once, so no failure is ambiguous.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One operation. ``path`` stands below ``/rest/api/3/`` and has its parameters in braces."""

    id: str
    method: str
    path: str
    weight: int = 0
    repeatable: bool = True
    thing: str

    def cost(self, objects: int) -> int:
        """Points of a call that returns so many objects."""
        return 1 + self.weight * objects


WORKLOGS_UPDATED = Operation(
    id="getIdsOfWorklogsModifiedSince", method="GET", path="worklog/updated", weight=1, thing="the changed worklogs"
)
WORKLOGS_DELETED = Operation(
    id="getIdsOfWorklogsDeletedSince", method="GET", path="worklog/deleted", weight=1, thing="the deleted worklogs"
)
WORKLOGS_BY_ID = Operation(id="getWorklogsForIds", method="POST", path="worklog/list", weight=1, thing="the worklogs")
SEARCH = Operation(
    id="searchAndReconsileIssuesUsingJqlPost",
    method="POST",
    path="search/jql",
    weight=1,
    thing="the issues searched for",
)
ISSUES_BY_ID = Operation(id="bulkFetchIssues", method="POST", path="issue/bulkfetch", weight=1, thing="the issues")
PROJECTS = Operation(id="searchProjects", method="GET", path="project/search", weight=1, thing="the projects")
PROJECT_ROLES = Operation(
    id="getProjectRoles", method="GET", path="project/{project}/role", weight=2, thing="the roles of project {project}"
)
USERS = Operation(id="bulkGetUsers", method="GET", path="user/bulk", weight=2, thing="the people")
GROUPS_OF_USER = Operation(
    id="getUserGroups", method="GET", path="user/groups", weight=2, thing="the groups of a person"
)
MYSELF = Operation(id="getCurrentUser", method="GET", path="myself", weight=2, thing="the app's own account")
PERMISSIONS = Operation(
    id="getBulkPermissions", method="POST", path="permissions/check", weight=2, thing="the rights of a person"
)
ADD_COMMENT = Operation(
    id="addComment", method="POST", path="issue/{issue}/comment", repeatable=False, thing="a comment on issue {issue}"
)
UPDATE_COMMENT = Operation(
    id="updateComment", method="PUT", path="issue/{issue}/comment/{comment}", thing="our comment on issue {issue}"
)
COMMENTS_OF_ISSUE = Operation(
    id="getComments", method="GET", path="issue/{issue}/comment", weight=1, thing="the comments of issue {issue}"
)
COMMENTS_BY_ID = Operation(id="getCommentsByIds", method="POST", path="comment/list", weight=1, thing="our comments")
SET_ISSUE_PROPERTY = Operation(
    id="setIssueProperty",
    method="PUT",
    path="issue/{issue}/properties/{property}",
    thing="a property of issue {issue}",
)
NOTIFY = Operation(
    id="notify",
    method="POST",
    path="issue/{issue}/notify",
    repeatable=False,
    thing="a notification about issue {issue}",
)
TRANSITIONS = Operation(
    id="getTransitions", method="GET", path="issue/{issue}/transitions", weight=1, thing="the workflow of issue {issue}"
)
STATUSES = Operation(id="getStatuses", method="GET", path="status", weight=1, thing="the statuses of the site")
MOVE_ISSUE = Operation(
    id="doTransition",
    method="POST",
    path="issue/{issue}/transitions",
    repeatable=False,
    thing="the status of issue {issue}",
)
CREATE_ISSUE = Operation(id="createIssue", method="POST", path="issue", repeatable=False, thing="a new issue")
LINK_ISSUES = Operation(id="linkIssues", method="POST", path="issueLink", thing="a link between two issues")
FAILED_WEBHOOKS = Operation(
    id="getFailedWebhooks", method="GET", path="webhook/failed", weight=1, thing="the lost webhooks"
)

OPERATIONS = (
    WORKLOGS_UPDATED,
    WORKLOGS_DELETED,
    WORKLOGS_BY_ID,
    SEARCH,
    ISSUES_BY_ID,
    PROJECTS,
    PROJECT_ROLES,
    USERS,
    GROUPS_OF_USER,
    MYSELF,
    PERMISSIONS,
    ADD_COMMENT,
    UPDATE_COMMENT,
    COMMENTS_OF_ISSUE,
    COMMENTS_BY_ID,
    SET_ISSUE_PROPERTY,
    NOTIFY,
    TRANSITIONS,
    STATUSES,
    MOVE_ISSUE,
    CREATE_ISSUE,
    LINK_ISSUES,
    FAILED_WEBHOOKS,
)
