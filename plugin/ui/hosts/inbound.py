"""Mail that a provider hands over: the whole message as the body, once, signed or with the tenant's secret."""

from flask import request
from flask.typing import ResponseReturnValue

from plugin.clock import machine_now
from plugin.hosts.ports import TokenRefused
from plugin.services.inbound.addresses import PAGE, is_secret, is_signed, tenant_of
from plugin.services.inbound.parse import parse_mail
from plugin.services.inbound.take import take_mail
from plugin.services.settings.inbound import secret_of
from plugin.ui import here
from plugin.ui.routes import Routes

routes = Routes("inbound", __name__)

STAMP, SIGNATURE = "X-Dunlin-Timestamp", "X-Dunlin-Signature"


@routes.inbound(f"{PAGE}<token>")
def take(token: str) -> ResponseReturnValue:
    """Answers 204 to a repetition too, so that a provider stops to repeat it; 401 before a byte is parsed."""
    container = here.container()
    tenant_id = tenant_of(container.keys, token)
    with container.reading(tenant_id) as session:
        secret = secret_of(session, container.keys)
    body = request.get_data(cache=False)
    if not secret or not _is_provider(secret, body):
        raise TokenRefused("mail was handed over without the tenant's secret")
    mail = parse_mail(body)
    with container.writing(tenant_id) as session:
        take_mail(session, mail, now=here.now())
    return "", 204


def _is_provider(secret: str, body: bytes) -> bool:
    """A signature over time and body; or, from providers that cannot sign, the secret as bearer or basic password."""
    signature = request.headers.get(SIGNATURE, "")
    if signature:
        stamp = request.headers.get(STAMP, "")
        return is_signed(secret, timestamp=stamp, signature=signature, body=body, now=machine_now().timestamp())
    given = request.authorization
    if given is None:
        return False
    return is_secret(secret, (given.password if given.type == "basic" else given.token) or "")
