"""Deny by default: before every request its token is checked, by the kind that the endpoint declared."""

import secrets

import structlog
from flask import Flask, g, request

from plugin.clock import machine_now
from plugin.domain.errors import Unauthenticated
from plugin.hosts.ports import UNAUTHENTICATED, TokenRefused
from plugin.hosts.principal import Principal, TokenKind
from plugin.services.inbound.parse import LARGEST as LARGEST_MAIL
from plugin.services.licence import note_licence, require_licence
from plugin.store.audit import record_audit
from plugin.ui import here
from plugin.ui.headers import allow_framing
from plugin.ui.routes import kinds_of
from plugin.ui.wire import host_request

SMALL_BODY = 1_000_000
LOGO_BODY = 2_100_000
"""A logo of 2 MB and the form around it."""

WITH_LOGO = frozenset({"admin.save_logo"})
FRAMED = frozenset({TokenKind.PAGE, TokenKind.FRAGMENT})

log = structlog.get_logger(__name__)


def register_guard(app: Flask) -> None:
    """Puts the guard before every request."""
    kinds = kinds_of(app)

    def guard() -> None:
        g.request_id = secrets.token_hex(8)
        if request.routing_exception is not None:
            return
        endpoint = request.endpoint or ""
        kind = kinds.get(endpoint)
        request.max_content_length = _largest_body(endpoint, kind)
        if kind is None:
            raise TokenRefused("the endpoint has declared no kind of token")
        g.token_kind = kind
        if kind in FRAMED or kind is TokenKind.WEBHOOK:
            _admit(kind)

    app.before_request(guard)


def _largest_body(endpoint: str, kind: TokenKind | None) -> int:
    if kind is TokenKind.INBOUND:
        return LARGEST_MAIL
    return LOGO_BODY if endpoint in WITH_LOGO else SMALL_BODY


def note_refused(error: Unauthenticated) -> None:
    """One line in the log for every refusal; the reason stands there and never leaves the service."""
    reason = error.reason if isinstance(error, TokenRefused) else UNAUTHENTICATED
    log.warning("token_refused", endpoint=request.endpoint, reason=reason, request_id=g.request_id)


def _admit(kind: TokenKind) -> None:
    known = here.container().connect_host.authenticate(host_request(request), kind=kind, now=machine_now())
    g.principal = known
    if kind in FRAMED:
        allow_framing(*known.framed_by)
    if known.used_previous_secret:
        _note_previous_secret(known)
    if known.is_licence_news:
        with here.writing() as session:
            note_licence(session, known.installation_id, licensed=known.licensed, now=here.now())
    if kind is TokenKind.FRAGMENT and request.method == "POST" and not known.licensed:
        with here.reading() as session:
            require_licence(session)


def _note_previous_secret(known: Principal) -> None:
    """Within the grace after a rotation the older secret still counts; each use is on record (A28)."""
    with here.writing() as session:
        record_audit(
            session,
            actor=known.account_id or "jira",
            action="installation.previous_secret",
            subject=known.installation_id,
            now=here.now(),
        )
