"""The key with which a tenant's mails are signed: made here, kept encrypted, its public half shown."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import serialization

from plugin.domain.errors import InvalidInput, Permanent
from plugin.keys import KeyRing
from plugin.services.effects.mail_route import DkimKey
from plugin.services.mail_domain.records import domain_of
from plugin.store.audit import record_audit
from plugin.store.session import TenantSession
from plugin.store.tables.company import MailSettings

TABLE, FIELD = "mail_settings", "dkim_key"


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningDomain:
    """The public side of signing; ``public_key`` (base64 of DER) is empty where mails are not signed."""

    domain: str
    selector: str
    public_key: str


def make_key(
    session: TenantSession, *, keys: KeyRing, make: Callable[[], str], now: datetime, actor: str
) -> MailSettings:
    """Makes a key for the From's domain under a new selector, so that mails under way stay good with the old record."""
    settings = session.get_one(MailSettings, session.tenant_id, with_for_update=True)
    if not settings.from_address:
        raise InvalidInput("Enter the sender's address first: its domain is what is signed for.", field="from_address")
    before = {"domain": settings.dkim_domain, "selector": settings.dkim_selector}
    settings.dkim_domain = domain_of(settings.from_address)
    settings.dkim_selector = f"dunlin{now:%Y%m%d%H%M}"
    settings.dkim_key = keys.encrypt(make(), tenant=session.tenant_id, table=TABLE, field=FIELD)
    settings.row_version += 1
    session.flush()
    after = {"domain": settings.dkim_domain, "selector": settings.dkim_selector}
    record_audit(session, actor=actor, action="mail.dkim", subject="mail", now=now, before=before, after=after)
    return settings


def drop_key(session: TenantSession, *, now: datetime, actor: str) -> None:
    """Mails are not signed any more."""
    settings = session.get_one(MailSettings, session.tenant_id, with_for_update=True)
    before = {"domain": settings.dkim_domain, "selector": settings.dkim_selector}
    settings.dkim_domain = settings.dkim_selector = settings.dkim_key = ""
    settings.row_version += 1
    session.flush()
    record_audit(session, actor=actor, action="mail.dkim", subject="mail", now=now, before=before, after={})


def signing_key(settings: MailSettings, keys: KeyRing) -> DkimKey | None:
    """The key to sign with; None where there is none."""
    if not settings.dkim_key:
        return None
    pem = keys.decrypt(settings.dkim_key, tenant=settings.tenant_id, table=TABLE, field=FIELD)
    return DkimKey(domain=settings.dkim_domain, selector=settings.dkim_selector, private_pem=pem)


def signing_domain(settings: MailSettings, keys: KeyRing) -> SigningDomain:
    """What may be shown of it."""
    key = signing_key(settings, keys)
    public = "" if key is None else _public_half(key.private_pem)
    return SigningDomain(domain=settings.dkim_domain, selector=settings.dkim_selector, public_key=public)


def _public_half(pem: str) -> str:
    try:
        private = serialization.load_pem_private_key(pem.encode(), password=None)
    except ValueError as problem:
        raise Permanent("The DKIM key of the sender's domain is broken; make a new one.") from problem
    der = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()
