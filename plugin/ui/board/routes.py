"""The board of coming follow-ups: looking, trying, changing one row or many, and the outbox."""

from datetime import date

import msgspec
from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from plugin.domain.errors import InvalidInput
from plugin.domain.reminders.policy import Channel
from plugin.services.follow_ups.bulk import MOST_ROWS, Change, RowRef, change_rows
from plugin.services.follow_ups.try_step import dry_run, try_move
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.ui import here
from plugin.ui.board.page import show_board
from plugin.ui.board.scope import Scope
from plugin.ui.board.view import Aside
from plugin.ui.filters import counted
from plugin.ui.forms import Failed, Forms, read_form
from plugin.ui.outbox_form import OutboxForm, change_waiting, require_own_mail
from plugin.ui.routes import Routes
from plugin.ui.submit import Said, submit
from plugin.ui.surface import fragment

routes = Routes("board", __name__)

AT = "/ui/fragment/board/<any(project,site):kind>/<place>"
ROW = f"{AT}/rows/<invoice_id>/<step_key>"


class ChangeForm(msgspec.Struct):
    """What to do with the chosen rows; ``confirmed``: how many rows of a dry run the person has seen."""

    change: str
    reason: str = ""
    to: date | None = None
    until: date | None = None
    confirmed: int = 0


@routes.fragment(AT)
def show(kind: str, place: str) -> ResponseReturnValue:
    """The board, by the filters in the address."""
    return str(fragment(show_board(Scope(kind=kind, place=place))))


@routes.fragment(ROW)
def row(kind: str, place: str, invoice_id: str, step_key: str) -> ResponseReturnValue:
    """What may be done with one row."""
    scope = Scope(kind=kind, place=place)
    rights = scope.rights()
    with here.reading() as session:
        invoice = scope.own(session, invoice_id)
    return render_template(
        "ui/board/row.html",
        scope=scope,
        invoice=invoice,
        step_key=step_key,
        forms=Forms(),
        bills=rights.bills,
        days=request.args.get("days", ""),
        sends_mail=request.args.get("channel") == Channel.EMAIL.value,
    )


@routes.fragment(f"{ROW}/roll")
def roll(kind: str, place: str, invoice_id: str, step_key: str) -> ResponseReturnValue:
    """Where a row would really come to stand, before it is moved (U06)."""
    scope = Scope(kind=kind, place=place)
    scope.rights()
    with here.reading() as session:
        scope.own(session, invoice_id)
        try:
            day = date.fromisoformat(request.args.get("to", ""))
            tried = try_move(session, invoice_id, step_key, to=day, now=here.now())
        except InvalidInput as problem:
            return render_template("ui/board/roll.html", problem=problem.sentence)
        except ValueError:
            return ""
    return render_template("ui/board/roll.html", tried=tried, wanted=day)


@routes.action(f"{AT}/changes")
def change(kind: str, place: str) -> Response:
    """Changes the chosen rows; what is to be sent now is shown first, with recipients and texts (C37)."""
    scope = Scope(kind=kind, place=place)
    scope.require_biller()
    done = _Done()

    def work(session: TenantSession) -> Said:
        form = read_form(ChangeForm)
        rows = _rows(session, scope)
        if form.change == Change.NOW and form.confirmed != len(rows):
            done.aside = _dry(session, rows)
            told = "Look through what would leave, then confirm."
            return Said(title="Nothing is sent yet", body=told, tone="info", refresh=False)
        results = change_rows(
            session,
            rows,
            _change_of(form.change),
            now=here.now(),
            actor=here.actor(),
            reason=form.reason,
            to=form.to,
            until=form.until,
        )
        done.aside = Aside(results=results)
        refused = sum(not result.done for result in results)
        told = f"{counted(refused, 'row')} refused; the list says why." if refused else ""
        title = f"{counted(len(results) - refused, 'row')} changed"
        return Said(title=title, body=told, tone="warning" if refused else "success")

    return submit("board", work=work, show=lambda _, failed: _again(scope, failed, done.aside))


@routes.action(f"{AT}/outbox")
def outbox(kind: str, place: str) -> Response:
    """Holds a waiting mail, lets it go at once, or leaves it out."""
    scope = Scope(kind=kind, place=place)
    scope.require_biller()
    form = read_form(OutboxForm)

    def work(session: TenantSession) -> Said:
        if scope.project_id is not None:
            require_own_mail(session, form, Invoice.project_id == scope.project_id)
        return change_waiting(session, form)

    return submit(form.name, work=work, show=lambda _, failed: _again(scope, failed))


class _Done:
    """What a change brought up, for the page after it."""

    def __init__(self) -> None:
        self.aside = Aside()


def _again(scope: Scope, failed: Failed | None, aside: Aside | None = None) -> Markup:
    return fragment(show_board(scope, failed, aside or Aside()))


def _rows(session: TenantSession, scope: Scope) -> list[RowRef]:
    """The rows that the form names, each of this board. InvalidInput for what is no row."""
    found = []
    for text in request.form.getlist("rows")[: MOST_ROWS + 1]:
        invoice_id, _, key = text.partition(":")
        if not key:
            raise InvalidInput("Choose rows of the list; reload the page.", field="rows")
        scope.own(session, invoice_id)
        found.append(RowRef(invoice_id=invoice_id, key=key))
    if not found:
        raise InvalidInput("Choose at least one row.", field="rows")
    return found


def _dry(session: TenantSession, rows: list[RowRef]) -> Aside:
    links = here.container().mail_links
    return Aside(trial=[dry_run(session, row.invoice_id, row.key, now=here.now(), links=links) for row in rows])


def _change_of(text: str) -> Change:
    try:
        return Change(text)
    except ValueError:
        raise InvalidInput("Choose what to do with the rows.", field="change") from None
