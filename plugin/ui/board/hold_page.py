"""The page behind a hold button of the digest. Opening it changes nothing; its form pauses the one invoice it names."""

import msgspec
from flask import Response, make_response, render_template
from flask.typing import ResponseReturnValue

from plugin.domain.errors import DunlinError, Gone, InvalidInput
from plugin.domain.reminders.timeline import Entry
from plugin.services.billing.lookup import invoice_of
from plugin.services.follow_ups.board import COMING
from plugin.services.follow_ups.calendar import client_today
from plugin.services.follow_ups.hold_links import PATH, HoldLink
from plugin.services.follow_ups.holds import put_hold
from plugin.services.follow_ups.plan_invoice import timeline_of
from plugin.store.queries.invoice_parts import live_holds
from plugin.store.session import TenantSession
from plugin.store.tables.clients import Client
from plugin.store.tables.invoices import Invoice
from plugin.ui import here, words
from plugin.ui.forms import read_form
from plugin.ui.routes import Routes

routes = Routes("hold_page", __name__)

AT = f"{PATH}<token>"
ACTOR = "digest"
TEMPLATE = "ui/board/hold.html"


class HoldForm(msgspec.Struct):
    """Why, for whoever looks at the invoice next."""

    reason: str = ""


@routes.client(AT)
def ask(token: str) -> ResponseReturnValue:
    """What would be held."""
    try:
        link = here.container().hold_links.open(token, now=here.now())
    except Gone as problem:
        return _over(problem)
    with here.container().reading(link.tenant_id) as session:
        return _page(session, link)


@routes.client_act(AT)
def hold(token: str) -> ResponseReturnValue:
    """Holds it; a second time changes nothing."""
    try:
        link = here.container().hold_links.open(token, now=here.now())
    except Gone as problem:
        return _over(problem)
    reason = read_form(HoldForm).reason.strip()
    with here.container().writing(link.tenant_id) as session:
        invoice = invoice_of(session, link.invoice_id, lock=True)
        if _is_paused(session, invoice):
            return _page(session, link)
        try:
            _pause(session, invoice, reason)
        except InvalidInput as problem:
            return _page(session, link, problem=problem, typed=reason)
        return _page(session, link, done=True)


def _over(problem: Gone) -> Response:
    """One of our own people reads it, so it is not the page that a client sees; of the invoice it says nothing."""
    response = make_response(render_template("ui/board/hold_over.html", sentence=problem.sentence), 410)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _pause(session: TenantSession, invoice: Invoice, reason: str) -> None:
    client = session.get_one(Client, (session.tenant_id, invoice.client_id))
    put_hold(
        session,
        invoice.id,
        kind="paused",
        reason=reason,
        today=client_today(client, here.now()),
        now=here.now(),
        actor=ACTOR,
    )


def _page(
    session: TenantSession, link: HoldLink, *, problem: DunlinError | None = None, typed: str = "", done: bool = False
) -> Response:
    invoice = invoice_of(session, link.invoice_id)
    _, timeline = timeline_of(session, invoice, now=here.now())
    coming = [entry for entry in timeline.entries if entry.key == link.step_key and entry.verdict in COMING]
    entry = coming[0] if coming else None
    page = render_template(
        TEMPLATE,
        invoice=invoice,
        client=session.get_one(Client, (session.tenant_id, invoice.client_id)),
        title=_title(entry) if entry else "",
        entry=entry,
        done=done,
        held=not done and _is_paused(session, invoice),
        problem=problem.sentence if problem else "",
        typed=typed,
    )
    response = make_response(page, 422 if problem else 200)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _title(entry: Entry) -> str:
    return words.title_of_step(entry.key, entry.channel.value, entry.tone.value)


def _is_paused(session: TenantSession, invoice: Invoice) -> bool:
    return any(hold.kind == "paused" for hold in live_holds(session, [invoice.id]))
