"""Notes that somebody at the client has seen an invoice: by an act of theirs on the page, never by opening it alone."""

import re
from datetime import datetime

from plugin.services.answers.opened import Opened
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.plan_invoice import replan
from plugin.services.history.record import record_event
from plugin.store.session import TenantSession

ROBOTS = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|preview|scan|safelinks|proofpoint|mimecast|barracuda|urldefense|symantec|"
    r"headlesschrome|phantomjs|python-requests|aiohttp|urllib|curl/|wget/|go-http-client|java/|okhttp|libwww|httpclient",
    re.IGNORECASE,
)
FETCHED_AHEAD = ("Purpose", "X-Purpose", "Sec-Purpose", "X-Moz")


def is_person(user_agent: str, ahead: str) -> bool:
    """Whether a request may be a person's act: not a mail scanner, a preview, or a page fetched ahead of a click.

    ``ahead`` joins the values of the headers ``FETCHED_AHEAD``.
    """
    if not user_agent.strip() or ROBOTS.search(user_agent):
        return False
    return "prefetch" not in ahead.lower() and "prerender" not in ahead.lower() and "preview" not in ahead.lower()


def mark_viewed(session: TenantSession, opened: Opened, *, now: datetime) -> bool:
    """Sets ``viewed_at`` of the mail's invoices once, with one line of history each. Gives whether anything changed.

    A copy for staff never counts (C34).
    """
    if opened.is_copy:
        return False
    new = sorted(bill.invoice.id for bill in opened.bills if bill.invoice.viewed_at is None)
    marked = [_mark(session, invoice_id, now=now) for invoice_id in new]
    return any(marked)


def _mark(session: TenantSession, invoice_id: str, *, now: datetime) -> bool:
    invoice = invoice_of(session, invoice_id, lock=True)
    if invoice.viewed_at is not None:
        return False
    invoice.viewed_at = now
    invoice.row_version += 1
    session.flush()
    record_event(
        session,
        invoice,
        kind="viewed",
        text="Viewed by the client",
        key=f"viewed:{invoice.id}",
        now=now,
        actor="client",
    )
    # A step may be about those who have not looked yet.
    replan(session, invoice, now=now)
    return True
