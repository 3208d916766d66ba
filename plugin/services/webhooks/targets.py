"""Adds, switches and removes the targets that steps of the channel ``webhook`` call. Secrets are shown once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select

from plugin.domain.errors import InvalidInput, NotFound
from plugin.keys import KeyRing
from plugin.services.settings.checks import clean_line, required
from plugin.store.audit import record_audit
from plugin.store.base import new_id
from plugin.store.session import TenantSession
from plugin.store.tables.staff import WebhookTarget

TABLE, FIELD = "webhook_target", "secret"
LONGEST_URL = 2_000
MOST = 50


def targets(session: TenantSession) -> Sequence[WebhookTarget]:
    """All of the site, by name."""
    return session.scalars(select(WebhookTarget).order_by(WebhookTarget.name)).all()


def target_named(session: TenantSession, name: str) -> WebhookTarget | None:
    """The target that a policy step names."""
    return session.scalars(select(WebhookTarget).where(WebhookTarget.name == name)).one_or_none()


def add_target(
    session: TenantSession, *, name: str, url: str, keys: KeyRing, strict: bool, now: datetime, actor: str
) -> tuple[WebhookTarget, str]:
    """Adds one and gives it with its secret, which is not shown again. ``strict``: only https, as in production."""
    label = required(clean_line(name, field="name", longest=100), field="name", what="a name, such as SMS")
    if target_named(session, label) is not None:
        raise InvalidInput(f"There is a target called {label} already.", field="name")
    if len(targets(session)) >= MOST:
        raise InvalidInput(f"A site has at most {MOST} targets.", field="name")
    address = check_url(url, strict=strict)
    row_id, secret = new_id(), new_secret()
    target = WebhookTarget(
        id=row_id,
        name=label,
        url=address,
        secret=keys.encrypt(secret, tenant=session.tenant_id, table=TABLE, field=FIELD),
        created_by=actor,
        created_at=now,
    )
    session.add(target)
    session.flush()
    record_audit(session, actor=actor, action="webhook.added", subject=label, now=now, after={"url": address})
    return target, secret


def switch_target(session: TenantSession, target_id: str, *, on: bool, now: datetime, actor: str) -> WebhookTarget:
    """Calls it again, or not: its steps fail with an alert meanwhile. Nothing changes where it stands so already."""
    target = _target(session, target_id)
    if target.is_on == on:
        return target
    before, target.is_on = target.is_on, on
    target.row_version += 1
    session.flush()
    record_audit(
        session,
        actor=actor,
        action="webhook.switched",
        subject=target.name,
        now=now,
        before={"on": before},
        after={"on": on},
    )
    return target


def renew_secret(session: TenantSession, target_id: str, *, keys: KeyRing, now: datetime, actor: str) -> str:
    """A new secret, from the next call on."""
    target, secret = _target(session, target_id), new_secret()
    target.secret = keys.encrypt(secret, tenant=session.tenant_id, table=TABLE, field=FIELD)
    target.row_version += 1
    session.flush()
    record_audit(session, actor=actor, action="webhook.secret", subject=target.name, now=now)
    return secret


def remove_target(session: TenantSession, target_id: str, *, now: datetime, actor: str) -> None:
    """Takes it away; a step that names it fails with an alert."""
    target = _target(session, target_id)
    session.delete(target)
    session.flush()
    record_audit(
        session, actor=actor, action="webhook.removed", subject=target.name, now=now, before={"url": target.url}
    )


def secret_of(target: WebhookTarget, keys: KeyRing) -> str:
    """The secret that calls to it are signed with."""
    return keys.decrypt(target.secret, tenant=target.tenant_id, table=TABLE, field=FIELD)


def new_secret() -> str:
    """256 bits, as text that fits into any field."""
    return f"whsec_{secrets.token_hex(32)}"


def check_url(text: str, *, strict: bool) -> str:
    """The address. Where its host leads is looked at when it is called, since it may lead elsewhere by then."""
    url = clean_line(text, field="url", longest=LONGEST_URL)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput("This is no address; its host or port is odd.", field="url") from None
    if parts.scheme not in (("https",) if strict else ("https", "http")) or not parts.hostname:
        raise InvalidInput("The address must begin with https:// and name a host.", field="url")
    if parts.username or parts.password or parts.fragment or not url.isascii() or " " in url:
        raise InvalidInput("The address must have no user, password, #part, spaces or special letters.", field="url")
    if strict and port not in (None, 443, 8443):
        raise InvalidInput("Only the ports 443 and 8443 are called.", field="url")
    return url


def _target(session: TenantSession, target_id: str) -> WebhookTarget:
    query = select(WebhookTarget).where(WebhookTarget.id == target_id).with_for_update()
    found = session.scalars(query).one_or_none()
    if found is None:
        raise NotFound("There is no such target; reload the page.")
    return found
