"""Makes the app take mail from the pretend provider, as an admin does who gives the provider address and secret."""

from pathlib import Path

from plugin.bootstrap import Container
from plugin.services.inbound.addresses import PAGE, inbound_token
from plugin.services.settings.inbound import make_secret
from sandbox.mailbox.provider import Provider


def let_mail_in(container: Container, tenant_id: str, folder: Path, *, actor: str) -> Provider:
    """``folder`` is the state of the pretend world, in which it looks for its provider."""
    with container.writing(tenant_id) as session:
        secret = make_secret(session, keys=container.keys, now=container.clock.now(), actor=actor)
    address = f"{container.settings.base_url}{PAGE}{inbound_token(container.keys, tenant_id)}"
    provider = Provider(address, secret)
    provider.keep(folder)
    return provider
