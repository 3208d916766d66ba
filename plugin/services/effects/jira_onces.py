"""What happens in Jira once and belongs to no step, by kind of effect."""

from collections.abc import Mapping

from plugin.services.call_issues.close import CloseCallIssue
from plugin.services.call_issues.create import CreateCallIssue
from plugin.services.call_issues.queue import CLOSE, CREATE
from plugin.services.effects.jira_once import JiraOnce
from plugin.services.history.mention import KIND, MentionOwner
from plugin.services.query_issues.create import CreateQueryIssue
from plugin.services.query_issues.queue import QUERY_ISSUE

ONCE: Mapping[str, JiraOnce] = {
    CREATE: CreateCallIssue(),
    CLOSE: CloseCallIssue(),
    QUERY_ISSUE: CreateQueryIssue(),
    KIND: MentionOwner(),
}
