"""The wording of the mails: one text to change, with its names on hand, and the mail it makes beside it."""

import hashlib
from typing import Final

import msgspec
from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue

from plugin.domain.errors import InvalidInput
from plugin.services.settings.texts import save_text
from plugin.services.texts.difference import difference
from plugin.services.texts.mail import WrittenMail
from plugin.services.texts.preview import About, choices, preview_text
from plugin.services.texts.source import TextSource, default_text, text_source
from plugin.services.texts.trial import keep_page, kept_page, send_trial
from plugin.services.texts.values import LANGUAGES, TEMPLATES
from plugin.store.queries.mail_texts import own_text
from plugin.store.session import TenantSession
from plugin.ui import here
from plugin.ui.admin.frame import admin_values, shown
from plugin.ui.choices import language_choices
from plugin.ui.forms import Failed, read_form
from plugin.ui.headers import show_as_mail
from plugin.ui.insertable import to_insert
from plugin.ui.signed_frame import opened, sign
from plugin.ui.submit import Said
from plugin.ui.surface import Shown
from plugin.ui.words import TEXTS

PURPOSE: Final = "text-preview"
TRIAL: Final = {"recipient": ""}


class TextInput(msgspec.Struct):
    """A wording. All parts empty: ours again."""

    template: str
    language: str
    row_version: int
    subject: str = ""
    body: str = ""
    html: str = ""


class AboutInput(msgspec.Struct):
    """What the preview is about; fields of the same form, which saving does not read."""

    invoice_id: str = ""
    several: bool = False
    states_claim: bool = False


class TrialInput(msgspec.Struct):
    """Where a test mail goes."""

    recipient: str


class Wording(msgspec.Struct, frozen=True):
    """What a frame shows: the stored wording, or ``kept``, the page that was typed.

    ``digest`` of that page makes the address another one with each change, so that the frame loads it anew.
    """

    template: str
    language: str
    kept: str
    digest: str


def show_texts(failed: Failed | None = None) -> Shown:
    """The tab: one text in one language."""
    template = _chosen("template", TEMPLATES)
    language = _chosen("language", LANGUAGES)
    with here.reading() as session:
        values = admin_values(session, tab="texts", failed=failed)
        own = own_text(session, template, language)
        source = text_source(session, template, language)
        written = preview_text(session, source, language=language, today=here.today_of(session))
        offered = choices(session, language=language)
    ours = default_text(template, language)
    return shown(
        {
            **values,
            "template": template,
            "language": language,
            "templates": [(name, TEXTS[name]) for name in TEMPLATES],
            "languages": language_choices(),
            "text": {
                "subject": source.subject,
                "body": source.body,
                "html": source.html,
                "template": template,
                "language": language,
                "row_version": own.row_version if own else 0,
            },
            "is_own": own is not None,
            "changes": difference(ours, source) if own else [],
            "written": written,
            "src": _address(template, language),
            "invoices": [(one.invoice_id, one.label) for one in offered],
            **to_insert(),
            "trial": TRIAL,
        }
    )


def show_preview(session: TenantSession) -> dict[str, object]:
    """The mail that the typed wording would make; a sentence with line and column where it would be refused."""
    form = read_form(TextInput)
    try:
        written = _written(session)
    except InvalidInput as problem:
        return {"problem": problem.sentence}
    kept = keep_page(session, written.html, actor=here.actor(), now=here.now())
    digest = hashlib.sha256(written.html.encode()).hexdigest()[:16]
    return {"written": written, "src": _address(form.template, form.language, kept=kept, digest=digest)}


def save_wording(session: TenantSession) -> Said:
    """Stores a wording."""
    form = read_form(TextInput)
    row = save_text(session, **msgspec.structs.asdict(form), now=here.now(), actor=here.actor())
    return Said(title="Text saved" if row else "The standard text speaks again", refresh=False)


def reset_wording(session: TenantSession) -> Said:
    """Takes the own wording away."""
    form = read_form(TextInput)
    emptied = msgspec.structs.replace(form, subject="", body="", html="")
    save_text(session, **msgspec.structs.asdict(emptied), now=here.now(), actor=here.actor())
    return Said(title="The standard text speaks again", refresh=False)


def send_test(session: TenantSession) -> Said:
    """The typed wording as a mail to the address that was given."""
    recipient = read_form(TrialInput).recipient
    tenant = here.principal().tenant_id
    send_trial(
        session,
        _written(session),
        recipient=recipient,
        day=here.today_of(session),
        now=here.now(),
        message_ids=lambda row_id: here.container().message_id(tenant, row_id),
    )
    return Said(title="Test mail on its way", body=f"To {recipient}.", refresh=False)


def framed() -> ResponseReturnValue:
    """What a signed address shows: the typed page, else the stored wording."""
    framed_for, wording = opened(PURPOSE, request.args.get("text", ""), Wording)
    with here.container().reading(framed_for.tenant_id) as session:
        html = kept_page(session, wording.kept) if wording.kept else _stored(session, wording)
    show_as_mail(framed_for.framed_by)
    return make_response(html)


def _written(session: TenantSession) -> WrittenMail:
    form, about = read_form(TextInput), read_form(AboutInput)
    if form.language not in LANGUAGES:
        raise InvalidInput("Choose a language that mails exist in.", field="language")
    return preview_text(
        session,
        TextSource(form.subject, form.body, form.html),
        language=form.language,
        today=here.today_of(session),
        about=About(**msgspec.structs.asdict(about)),
    )


def _stored(session: TenantSession, wording: Wording) -> str:
    source = text_source(session, wording.template, wording.language)
    return preview_text(session, source, language=wording.language, today=here.today_of(session)).html


def _chosen(name: str, known: tuple[str, ...]) -> str:
    value = request.values.get(name, "")
    return value if value in known else known[0]


def _address(template: str, language: str, *, kept: str = "", digest: str = "") -> str:
    return url_for("admin.framed_text", text=sign(PURPOSE, Wording(template, language, kept, digest)))
