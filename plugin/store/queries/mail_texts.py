"""A tenant's own wording of a mail."""

from sqlalchemy import select

from plugin.store.session import TenantSession
from plugin.store.tables.policies import MailText


def own_text(session: TenantSession, template: str, language: str) -> MailText | None:
    """The tenant's wording of a template in a language, if it has one."""
    query = select(MailText).where(MailText.template == template, MailText.language == language)
    return session.scalars(query).one_or_none()
