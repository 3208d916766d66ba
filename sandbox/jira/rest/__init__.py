"""REST v3 as far as the product uses it. Importing this package registers every operation."""

from sandbox.jira.rest import (
    app_properties,
    comments,
    gone,
    issues,
    links,
    notifications,
    people,
    permissions,
    projects,
    properties,
    search,
    site,
    workflow,
    worklogs,
)

__all__ = [
    "app_properties",
    "comments",
    "gone",
    "issues",
    "links",
    "notifications",
    "people",
    "permissions",
    "projects",
    "properties",
    "search",
    "site",
    "workflow",
    "worklogs",
]
