"""A tenant's own wording of a mail text, checked before it is kept; empty gives ours back."""

from datetime import datetime

from sqlalchemy import select

from plugin.domain.errors import Conflict, InvalidInput
from plugin.services.settings import checks
from plugin.services.texts.liquid import check_text
from plugin.services.texts.scan import LONGEST_SOURCE
from plugin.services.texts.values import LANGUAGES, TEMPLATES
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.policies import MailText


def save_text(
    session: TenantSession,
    *,
    template: str,
    language: str,
    subject: str,
    body: str,
    row_version: int,
    now: datetime,
    actor: str,
    html: str = "",
) -> MailText | None:
    """Keeps a wording, or with all parts empty takes it away, so that our default speaks again.

    Raises InvalidInput with line and column for an unknown variable, Conflict where somebody was quicker.
    """
    row = _load(session, template, language, row_version)
    before = _said(row)
    if not subject.strip() and not body.strip() and not html.strip():
        if row is not None:
            session.delete(row)
        row = None
    else:
        checked_subject, checked_body, checked_html = checked_wording(subject, body, html)
        row = row or MailText(id=new_id(), template=template, language=language, row_version=0)
        row.subject, row.body, row.html = checked_subject, checked_body, checked_html
        row.row_version += 1
        session.add(row)
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="text.saved",
        subject=f"{template}:{language}",
        now=now,
        before=before,
        after=_said(row),
    )
    return row


def _said(row: MailText | None) -> dict[str, object] | None:
    return {"subject": row.subject, "body": row.body, "html": row.html} if row else None


def _load(session: TenantSession, template: str, language: str, seen: int) -> MailText | None:
    if template not in TEMPLATES or language not in LANGUAGES:
        raise InvalidInput("There is no such mail text.", field="template")
    row = session.scalars(
        select(MailText).where(MailText.template == template, MailText.language == language).with_for_update()
    ).one_or_none()
    if (row.row_version if row else 0) != seen:
        raise Conflict(
            "Somebody changed this text meanwhile. "
            "Your wording stands in the form, theirs beside it; save again to replace it."
        )
    return row


def checked_wording(subject: str, body: str, html: str) -> tuple[str, str, str]:
    """Subject, text and HTML as they are kept. Raises InvalidInput with line and column."""
    line = checks.required(checks.clean_line(subject, field="subject"), field="subject", what="a subject")
    text = checks.required(checks.clean_block(body, field="body", longest=LONGEST_SOURCE), field="body", what="a text")
    check_text(line, field="subject")
    check_text(text, field="body")
    markup = checks.clean_block(html, field="html", longest=LONGEST_SOURCE)
    check_text(markup, field="html")
    return line, text, markup
