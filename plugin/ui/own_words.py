"""The words of one mail before it goes: read, tried out with its real data, changed, or taken back."""

import hashlib
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from flask import Response, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.domain.errors import InvalidInput
from plugin.services.follow_ups.preview_step import draft_step
from plugin.services.own_words.change import (
    change_mail,
    change_step_words,
    draft_mail,
    drop_mail_words,
    drop_step_words,
    mail_of_step,
)
from plugin.services.own_words.check import try_words
from plugin.services.own_words.draft import Draft
from plugin.services.texts.trial import keep_page, kept_page
from plugin.store.session import TenantSession
from plugin.store.tables.invoices import Invoice
from plugin.ui import here
from plugin.ui.forms import Failed, Forms, read_form
from plugin.ui.headers import show_as_mail
from plugin.ui.insertable import to_insert
from plugin.ui.names import names_of
from plugin.ui.on_invoice import AT, require_billable
from plugin.ui.outbox_form import OutboxForm, require_own_mail
from plugin.ui.routes import Routes
from plugin.ui.signed_frame import opened, sign
from plugin.ui.submit import Said, submit

routes = Routes("own_words", __name__)

STEP = f"{AT}/steps/<step_key>/words"
MAIL = f"{AT}/mails/<message_id>/words"
PURPOSE: Final = "own-words"
PREVIEW: Final = "ui/parts/own_words_preview.html"


class WordsForm(msgspec.Struct):
    """``what``: save, or standing to take the own words back. ``row_version`` names the words that were shown."""

    what: str = "save"
    subject: str = ""
    body: str = ""
    row_version: str = ""


class KeptPage(msgspec.Struct, frozen=True):
    """The page that a frame shows; ``digest`` makes the address another one with each change."""

    kept: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """One mail, by its invoice and its step or message: how it is loaded, changed, and where its forms stand."""

    surface: str
    place: str
    invoice_id: str
    step_key: str = ""
    message_id: str = ""

    @property
    def form(self) -> str:
        """The name of its form on the page."""
        return f"words-{self.message_id or f'{self.invoice_id}-{self.step_key}'}"

    def address(self, endpoint: str) -> str:
        """Of the form, or of its preview."""
        if self.message_id:
            return url_for(
                f"own_words.{endpoint}_mail",
                surface=self.surface,
                place=self.place,
                invoice_id=self.invoice_id,
                message_id=self.message_id,
            )
        return url_for(
            f"own_words.{endpoint}_step",
            surface=self.surface,
            place=self.place,
            invoice_id=self.invoice_id,
            step_key=self.step_key,
        )

    def draft(self, session: TenantSession) -> Draft:
        """What would be written now."""
        if self.message_id:
            return draft_mail(session, self.message_id)
        return draft_step(session, self.invoice_id, self.step_key, now=here.now()).draft

    def require(self, session: TenantSession) -> None:
        """A mail that speaks of this invoice; where it speaks of other projects too, one who bills them all decides."""
        if self.message_id:
            require_own_mail(session, OutboxForm(message=self.message_id, what=""), Invoice.id == self.invoice_id)

    def change(self, session: TenantSession, form: WordsForm) -> Said:
        """Stores the words, or takes them back."""
        self.require(session)
        now, actor, seen = here.now(), here.actor(), form.row_version
        if form.what == "standing":
            if self.message_id:
                drop_mail_words(session, self.message_id, seen=seen, now=now, actor=actor)
            else:
                drop_step_words(session, self.invoice_id, self.step_key, seen=seen, now=now, actor=actor)
            return Said(title="The standing words speak again", refresh=False)
        said = {"subject": form.subject, "body": form.body, "seen": seen}
        if self.message_id:
            change_mail(session, self.message_id, **said, now=now, actor=actor)
        else:
            change_step_words(session, self.invoice_id, self.step_key, **said, now=now, actor=actor)
        return Said(title="Words changed", body="This one mail speaks in them.", refresh=False)


@routes.fragment(STEP)
def show_step(surface: str, place: str, invoice_id: str, step_key: str) -> ResponseReturnValue:
    """The words of a step to come: those of its mail, where that waits in the outbox already."""
    require_billable(invoice_id)
    with here.reading() as session:
        message_id = mail_of_step(session, invoice_id, step_key)
    if message_id is not None:
        return _show(_Place(surface=surface, place=place, invoice_id=invoice_id, message_id=message_id))
    return _show(_Place(surface=surface, place=place, invoice_id=invoice_id, step_key=step_key))


@routes.fragment(MAIL)
def show_mail(surface: str, place: str, invoice_id: str, message_id: str) -> ResponseReturnValue:
    """The words of a mail that waits in the outbox."""
    return _show(_Place(surface=surface, place=place, invoice_id=invoice_id, message_id=message_id))


@routes.action(STEP)
def save_step(surface: str, place: str, invoice_id: str, step_key: str) -> Response:
    """Changes them."""
    return _save(_Place(surface=surface, place=place, invoice_id=invoice_id, step_key=step_key))


@routes.action(MAIL)
def save_mail(surface: str, place: str, invoice_id: str, message_id: str) -> Response:
    """Changes them."""
    return _save(_Place(surface=surface, place=place, invoice_id=invoice_id, message_id=message_id))


@routes.action(f"{STEP}/preview")
def try_step(surface: str, place: str, invoice_id: str, step_key: str) -> ResponseReturnValue:
    """The mail that the typed words would make; keeps nothing but its page for the frame."""
    return _try(_Place(surface=surface, place=place, invoice_id=invoice_id, step_key=step_key))


@routes.action(f"{MAIL}/preview")
def try_mail(surface: str, place: str, invoice_id: str, message_id: str) -> ResponseReturnValue:
    """The same for a mail that waits in the outbox."""
    return _try(_Place(surface=surface, place=place, invoice_id=invoice_id, message_id=message_id))


@routes.signed("/ui/mail-preview/words")
def framed() -> Response:
    """The typed mail alone, in a frame that can do nothing."""
    framed_for, page = opened(PURPOSE, request.args.get("mail", ""), KeptPage)
    with here.container().reading(framed_for.tenant_id) as session:
        html = kept_page(session, page.kept)
    show_as_mail(framed_for.framed_by)
    return make_response(html)


def _show(place: _Place) -> str:
    require_billable(place.invoice_id)
    return _form(place, None)


def _save(place: _Place) -> Response:
    require_billable(place.invoice_id)
    form = read_form(WordsForm)

    def work(session: TenantSession) -> Said:
        return place.change(session, form)

    return submit(place.form, work=work, show=lambda _, failed: _form(place, failed))


def _try(place: _Place) -> str:
    require_billable(place.invoice_id)
    form = read_form(WordsForm)
    with here.writing() as session:
        return _tried(session, place, form)


def _tried(session: TenantSession, place: _Place, form: WordsForm) -> str:
    place.require(session)
    draft = place.draft(session)
    links = here.container().mail_links.for_preview(
        session.tenant_id, place.invoice_id, tone=draft.values.tone, now=here.now()
    )
    try:
        written = try_words(replace(draft, values=replace(draft.values, links=links)), form.subject, form.body)
    except InvalidInput as problem:
        return render_template(PREVIEW, id=place.form, problem=problem.sentence)
    kept = keep_page(session, written.html, actor=here.actor(), now=here.now())
    page = KeptPage(kept, hashlib.sha256(written.html.encode()).hexdigest()[:16])
    src = url_for("own_words.framed", mail=sign(PURPOSE, page))
    return render_template(PREVIEW, id=place.form, written=written, src=src)


def _form(place: _Place, failed: Failed | None) -> str:
    with here.reading() as session:
        place.require(session)
        draft = place.draft(session)
    values = {"subject": draft.source.subject, "body": draft.source.body, "row_version": draft.words_id}
    return render_template(
        "ui/parts/own_words.html",
        form=Forms(failed)(place.form, values),
        draft=draft,
        names=names_of([draft.written_by]) if draft.written_by else {},
        save=place.address("save"),
        attempt=place.address("try"),
        insertable=to_insert(),
    )
