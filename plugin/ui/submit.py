"""Carries out a form once: one transaction, the same answer to a repetition, the same form again when it is refused."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import Response, make_response, request
from markupsafe import Markup, escape
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from plugin.domain.errors import Conflict, DunlinError, InvalidInput, Permanent
from plugin.errors import http_status
from plugin.services.billing.document import NotReady
from plugin.services.wakeups import WakeupKind
from plugin.store.session import TenantSession
from plugin.store.tables.follow_ups import PlannedStep
from plugin.store.tables.outbox import Cursor, Effect, IdempotencyKey
from plugin.ui import here
from plugin.ui.failures import failure
from plugin.ui.forms import VERSION, Failed

LONGEST_KEY = 64
BELLS = {PlannedStep: WakeupKind.STEPS, Effect: WakeupKind.EFFECTS, Cursor: WakeupKind.SYNC}
"""Which bell is rung for a row that a change made due."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a change answers: a flag for the host, and the id of what it made, where the page goes there next."""

    title: str
    body: str = ""
    tone: str = "success"
    subject: str = ""
    refresh: bool = True
    events: Mapping[str, object] = field(default_factory=dict)


Work = Callable[[TenantSession], Said]
Show = Callable[[Said | None, Failed | None], Markup | str]


def submit(form: str, *, work: Work, show: Show) -> Response:
    """Runs ``work`` in a transaction and shows the page after it; what it refuses is shown in its form (422, 409).

    ``show`` gets what was said, or what failed. A form that carries ``key`` is carried out once, however often it is
    sent; the same key with another content is refused.
    """
    try:
        said = _once(work)
    except InvalidInput as error:
        return _refused(form, error, show, typed=request.form.to_dict())
    except (Conflict, Permanent) as error:
        # The person sees how things stand now, and in a flag what came between. A form with a version can be
        # stored all the same, so it keeps what was typed, beside what somebody else stored.
        stale = VERSION in request.form
        response = _refused(form, error, show, typed=request.form.to_dict() if stale else {}, stale=stale)
        response.headers["HX-Trigger"] = json.dumps({"appflag": {"title": error.sentence, "type": "warning"}})
        return response
    response = make_response(str(show(said, None)))
    response.headers["HX-Trigger"] = _events(said)
    return response


def _refused(form: str, error: DunlinError, show: Show, *, typed: Mapping[str, str], stale: bool = False) -> Response:
    failed = Failed(form=form, typed=typed, errors=_errors(error), stale=stale)
    status = http_status(error, form=True)
    text = str(show(None, failed))
    if all(str(escape(sentence)) in text for sentence in failed.errors.values()):
        return make_response(text, status)
    # The form is not on the page (any more): the sentence goes above it, and nothing else changes.
    return failure(status, error.sentence)


def _errors(error: DunlinError) -> dict[str, str]:
    """One sentence for each field; a draft that may not be issued has several at once."""
    if isinstance(error, NotReady):
        return {finding.field: finding.sentence for finding in error.findings}
    return {error.field or "": error.sentence}


def _events(said: Said) -> str:
    flag = {"title": said.title, "body": said.body, "type": said.tone}
    refresh: dict[str, object] = {"apprefresh": {}} if said.refresh else {}
    return json.dumps({"appflag": flag, **refresh, **said.events})


def _once(work: Work) -> Said:
    key = request.form.get("key", "")
    if not key:
        return _run(work)
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise InvalidInput("This form's key is not one of ours; reload the page and try again.")
    known = _known(key)
    if known is not None:
        return known
    try:
        return _run(work, key=key)
    except IntegrityError:
        # Somebody sent the same form at the same time and was first.
        known = _known(key)
        if known is None:
            raise
        return known


def _known(key: str) -> Said | None:
    with here.reading() as session:
        row = session.scalars(select(IdempotencyKey).where(IdempotencyKey.key == key)).one_or_none()
    if row is None:
        return None
    if row.request_hash != _request_hash():
        raise InvalidInput("This form was sent before with other values; reload the page and try again.")
    return Said(**json.loads(row.body))


def _run(work: Work, *, key: str = "") -> Said:
    due: dict[WakeupKind, list[str]] = {kind: [] for kind in BELLS.values()}
    with here.writing() as session:
        event.listen(session, "after_flush", lambda flushed, _: _note_due(flushed, due, here.now()))
        row = IdempotencyKey(key=key, request_hash=_request_hash(), status=0, created_at=here.now())
        if key:
            session.add(row)
            session.flush()
        said = work(session)
        row.status, row.body = 200, _stored(said)
    for kind, ids in due.items():
        if ids:
            here.container().wakeups.wake(kind, here.principal().tenant_id, list(dict.fromkeys(ids)))
    return said


def _note_due(session: object, due: dict[WakeupKind, list[str]], now: datetime) -> None:
    """The bell for what this change made due; rung after the transaction, and no harm done where it is not."""
    if not isinstance(session, TenantSession):
        return
    for row in (*session.new, *session.dirty):
        if not isinstance(row, Effect | PlannedStep | Cursor) or row.next_at is None or row.next_at > now:
            continue
        due[BELLS[type(row)]].append(row.name if isinstance(row, Cursor) else row.id)


def _stored(said: Said) -> str:
    names = ("title", "body", "tone", "subject", "refresh")
    return json.dumps({name: getattr(said, name) for name in names} | {"events": dict(said.events)})


def _request_hash() -> str:
    """Over who sent what where, the key apart."""
    sent = sorted((name, value) for name, value in request.form.items(multi=True) if name != "key")
    parts = [request.path, here.actor(), sent]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
