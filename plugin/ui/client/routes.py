"""The page behind a mail's links, for people at the client: no account, no cookie, nothing of anybody else's.

GET shows and changes nothing, since mail scanners press every link; a POST is somebody's act.
"""

import hashlib
from datetime import date

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from plugin.clock import monotonic
from plugin.domain.errors import InvalidInput, NotFound
from plugin.services.answers.give import give_answer
from plugin.services.answers.links import NO_SUCH_LINK, ClientLink, read_token
from plugin.services.answers.mail_links import FORM, PAGE
from plugin.services.answers.opened import Opened, open_link
from plugin.services.answers.said import AnswerKind, Said
from plugin.services.answers.viewed import FETCHED_AHEAD, is_person, mark_viewed
from plugin.store.queries.invoice_parts import pdf_of
from plugin.store.session import TenantSession
from plugin.store.tables.outbox import IdempotencyKey
from plugin.ui import here
from plugin.ui.client.form_token import form_key, new_form_token
from plugin.ui.client.limits import RateLimit
from plugin.ui.client.page import Typed, page_view
from plugin.ui.client.trouble import trouble
from plugin.ui.download import attachment
from plugin.ui.routes import Routes

routes = Routes("client", __name__)

EXTENSION = "dunlin_client_limits"
AT = f"{PAGE}<token>"
MOST_OF_LINK, MOST_ACTS, MOST_OF_ADDRESS = 60, 20, 300
"""Requests a minute: of one link, acts of one link, all of one address."""
TOLD = "told"
FIELDS = ("day", "amount", "reference", "name", "email", "text", "about", "parts")


@routes.before_request
def limit() -> Response | None:
    """Turns away who asks too often, before anything is read."""
    limits: RateLimit = current_app.extensions.setdefault(EXTENSION, RateLimit(monotonic=monotonic))
    link = hashlib.sha256(str((request.view_args or {}).get("token", "")).encode()).hexdigest()
    acts = request.method == "POST"
    allowed = limits.allows(f"address:{request.remote_addr}", MOST_OF_ADDRESS) and limits.allows(
        f"{'act' if acts else 'look'}:{link}", MOST_ACTS if acts else MOST_OF_LINK
    )
    if allowed:
        return None
    response = trouble(429)
    response.headers["Retry-After"] = "60"
    return response


@routes.after_request
def keep_out(response: Response) -> Response:
    """No search engine lists a page that is somebody's alone."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@routes.client(AT)
def page(token: str) -> ResponseReturnValue:
    """The page. Whatever the address says beside the token changes only which form is unfolded."""
    link = read_token(here.container().keys, token)
    with here.container().reading(link.tenant_id) as session:
        return _shown(_open(session, link), token)


@routes.client_act(f"{AT}/seen")
def seen(token: str) -> ResponseReturnValue:
    """The page's own script says that somebody has it before their eyes."""
    link = read_token(here.container().keys, token)
    if _by_person():
        with here.container().writing(link.tenant_id) as session:
            mark_viewed(session, _open(session, link), now=here.now())
    return "", 204


@routes.client_act(f"{AT}/pdf/<int:number>")
def pdf(token: str, number: int) -> ResponseReturnValue:
    """The PDF of one of the invoices, as a file; asking for it is to have seen the invoice."""
    link = read_token(here.container().keys, token)
    with here.container().writing(link.tenant_id) as session:
        opened = _open(session, link)
        bill = opened.bills[number - 1] if 1 <= number <= len(opened.bills) else None
        document = pdf_of(session, bill.invoice.id) if bill else None
        if document is None:
            raise NotFound(NO_SUCH_LINK)
        if _by_person():
            mark_viewed(session, opened, now=here.now())
        response = make_response(document.body)
        response.mimetype = document.media_type
        response.headers["Content-Disposition"] = attachment(document.file_name)
    return response


@routes.client_act(f"{AT}/answer")
def answer(token: str) -> ResponseReturnValue:
    """Takes a form once; sent again, it changes nothing and is thanked for again."""
    keys = here.container().keys
    link = read_token(keys, token)
    key = form_key(keys, token, request.form.get("key", ""), now=here.now())
    try:
        if key is None:
            raise InvalidInput("The form is too old, or not one of ours.", field="form")
        _take_once(link, key)
    except InvalidInput as problem:
        return _refused(link, token, problem.field or "")
    return redirect(f"{url_for('client.page', token=token)}?{TOLD}=1#told", 303)


def _take_once(link: ClientLink, key: str) -> None:
    """Where the same form was here before, or comes at the same moment, the first one counts."""
    if _is_known(link, key):
        return
    try:
        _take(link, key)
    except IntegrityError:
        if not _is_known(link, key):
            raise


def _is_known(link: ClientLink, key: str) -> bool:
    with here.container().reading(link.tenant_id) as session:
        return session.get(IdempotencyKey, (link.tenant_id, key)) is not None


def _take(link: ClientLink, key: str) -> None:
    container = here.container()
    with container.writing(link.tenant_id) as session:
        session.add(IdempotencyKey(key=key, request_hash="", status=303, body="", created_at=here.now()))
        session.flush()
        give_answer(session, _open(session, link), _said(), now=here.now())


def _open(session: TenantSession, link: ClientLink) -> Opened:
    return open_link(session, here.container().keys, link, now=here.now())


def _shown(opened: Opened, token: str, typed: Typed | None = None) -> Response:
    container = here.container()
    view = page_view(opened, form=request.args.get(FORM, ""), typed=typed, has_thanks=TOLD in request.args)
    key = "" if opened.is_copy else new_form_token(container.keys, token, now=here.now())
    text = render_template("client/page.html", view=view, words=view.words, token=token, key=key)
    return make_response(text, 422 if typed else 200)


def _refused(link: ClientLink, token: str, field: str) -> Response:
    typed = Typed(
        form=request.form.get("kind", ""),
        values={name: request.form.get(name, "")[:4000] for name in FIELDS},
        bills=request.form.getlist("bill"),
        field=field,
    )
    with here.container().reading(link.tenant_id) as session:
        return _shown(_open(session, link), token, typed)


def _said() -> Said:
    """The form at hand. What it says of invoices are places in the mail, never ids."""
    form = request.form
    kind = form.get("kind", "")
    if kind not in list(AnswerKind):
        raise InvalidInput("This is none of the forms.", field="form")
    bills, line = tuple(_whole(text, "bills") for text in form.getlist("bill")), 0
    if kind == AnswerKind.QUERY:
        place, _, position = form.get("about", "").partition(".")
        bills, line = (_whole(place, "line"),), _whole(position, "line") if position else 0
    return Said(
        kind=AnswerKind(kind),
        bills=bills,
        day=_day(form.get("day", "")),
        amount=form.get("amount", ""),
        reference=form.get("reference", ""),
        name=form.get("name", ""),
        email=form.get("email", ""),
        text=form.get("text", ""),
        line=line,
        parts=_whole(form["parts"], "parts") if form.get("parts") else 0,
    )


def _whole(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise InvalidInput("Choose one of those offered.", field=field)
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise InvalidInput("Enter a day.", field="day") from None


def _by_person() -> bool:
    ahead = " ".join(request.headers.get(name, "") for name in FETCHED_AHEAD)
    return is_person(request.user_agent.string, ahead)
