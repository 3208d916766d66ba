"""The forewarning: on the business day before, each project's people read what is to leave, and may hold it (F19)."""

from datetime import date, datetime, timedelta

from sqlalchemy import select

from plugin.domain.calendar import civil_day, zone_of
from plugin.domain.reminders.timeline import Verdict
from plugin.services.billing.lookup import company_of
from plugin.services.calendars import business_calendar
from plugin.services.follow_ups.board import BoardRow, BoardScope, board_of
from plugin.services.follow_ups.digest_text import DigestRow, write_digest
from plugin.services.follow_ups.hold_links import HoldLink, HoldLinks
from plugin.services.follow_ups.messages import MessageIds
from plugin.services.follow_ups.staff_mail import add_staff_mail
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Project
from plugin.store.tables.company import MailSettings

LINK_LIVES = timedelta(days=14)


def forewarned_until(session: TenantSession, *, now: datetime) -> tuple[date, date] | None:
    """Today and the next business day of the seller, once the hour of the digest has come on a business day."""
    company = company_of(session)
    settings = session.get_one(MailSettings, session.tenant_id)
    today = civil_day(now, company.zone)
    if now.astimezone(zone_of(company.zone)).time() < settings.digest_at:
        return None
    calendar = business_calendar(company.country, company.region, year_from=today.year, year_to=today.year + 1)
    if not calendar.is_business_day(today):
        return None
    return today, calendar.next_business_day(today + timedelta(days=1))


def add_digests(
    session: TenantSession, *, today: date, until: date, now: datetime, message_ids: MessageIds, links: HoldLinks
) -> int:
    """One mail for each project that has a reader and something to come after ``today`` up to ``until``.

    Once a project and day, however often it is called. Gives how many were added or stood already.
    """
    wanted = select(Project).where(Project.digest_to != "", Project.gone_at.is_(None)).order_by(Project.id)
    added = 0
    for project in session.scalars(wanted).all():
        rows = [row for row in _coming(session, project, until=until, now=now) if today < row.day <= until]
        if not rows:
            continue
        written = write_digest(project.name, [_shown(session, row, links, now) for row in rows], until=until)
        add_staff_mail(
            session,
            kind="digest",
            recipient=project.digest_to,
            subject=written.subject,
            text=written.text,
            html=written.html,
            day=until,
            now=now,
            message_ids=message_ids,
            dedupe_key=f"digest:{project.id}:{today.isoformat()}",
            project_id=project.id,
        )
        added += 1
    return added


def _coming(session: TenantSession, project: Project, *, until: date, now: datetime) -> list[BoardRow]:
    """What the sender is to do; rows that something holds do not leave, and a decision inside the house is no news."""
    days = max((until - now.date()).days + 1, 1)
    board = board_of(session, BoardScope(project_id=project.id), days=days, now=now)
    return [row for row in board.rows if row.goes and row.verdict is Verdict.PLANNED and row.channel.reaches_client]


def _shown(session: TenantSession, row: BoardRow, links: HoldLinks, now: datetime) -> DigestRow:
    link = HoldLink(
        tenant_id=session.tenant_id, invoice_id=row.ref.invoice_id, step_key=row.ref.key, until=now + LINK_LIVES
    )
    return DigestRow(row=row, hold_address=links.address(link))
