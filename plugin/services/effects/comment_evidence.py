"""Whether a comment in doubt stands in Jira: it carries our marker, so this can always be found out (section 3)."""

from datetime import timedelta

from plugin.domain.errors import DunlinError, Permanent
from plugin.services.effects.comment_rows import comment_row, marker_of, place_of
from plugin.services.effects.doubt_row import Doubt
from plugin.services.effects.evidence import Finding
from plugin.services.effects.jira_site import gateway_of
from plugin.services.effects.ports import EffectRuntime
from plugin.services.jira_errors import JiraGone

MARGIN = timedelta(days=1)
"""Jira's clock and ours may differ; looking back further only costs a page."""


def look_for_comment(runtime: EffectRuntime, tenant_id: str, doubt: Doubt) -> Finding:
    """FOUND also keeps the comment's id. An issue that is gone holds no comment, and the next write will say so."""
    place = place_of(doubt.subject_id, doubt.payload)
    with runtime.writing(tenant_id) as session:
        row = comment_row(session, place)
        known, marker = row.comment_id, marker_of(place, row.deletions)
    if known is not None:
        # An edit puts the whole comment, so doing it again does no harm.
        return Finding.ABSENT
    since = None if doubt.sending_at is None else doubt.sending_at - MARGIN
    try:
        found = gateway_of(runtime, tenant_id).find_comment(place.issue_id, marker=marker, since=since)
    except (JiraGone, Permanent):
        return Finding.ABSENT
    except DunlinError:
        return Finding.UNOBTAINABLE
    if found is None:
        return Finding.ABSENT
    with runtime.writing(tenant_id) as session:
        row = comment_row(session, place)
        row.comment_id = found.id
        row.written_revision = max(row.written_revision, place.revision)
    return Finding.FOUND
