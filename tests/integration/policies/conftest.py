"""A site that can issue, and the default policy as people find it there."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from plugin.channels.rooms import step_channels
from plugin.services.policies.outside import Outside
from plugin.store.session import TenantSession
from plugin.store.tables.audit import AuditRow
from plugin.store.tables.company import MailSettings
from plugin.store.tables.policies import PolicyRow
from tests.support.books import Books, open_books
from tests.support.databases import Urls

ALICE, BOB = "712020:alice", "712020:bob"
OUTSIDE = Outside(rooms=step_channels())
"""The channels as they are; Jira is not asked."""


@pytest.fixture
def books(urls: Urls) -> Iterator[Books]:
    """A site on each database in turn."""
    with open_books(urls) as opened:
        yield opened


def standard(session: TenantSession) -> PolicyRow:
    """The site's default policy."""
    return session.scalars(select(PolicyRow).where(PolicyRow.is_default)).one()


def actions(books: Books) -> list[tuple[str, str]]:
    """Who did what with policies, oldest first."""
    with books.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.seq)).all()
        return [(row.actor, row.action) for row in rows if row.action.startswith(("policy", "invoices.policy"))]


def ask_for_review(books: Books) -> None:
    """From now on somebody else has to publish."""
    with books.writing() as session:
        session.get_one(MailSettings, books.tenant).policies_need_review = True
