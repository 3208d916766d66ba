"""A tenant's own server and signature: the same bytes at every attempt, and never a server in a private network."""

from collections.abc import Iterator
from datetime import timedelta

import dkim
import pytest

from plugin.bootstrap import Container
from plugin.channels.email.signing import new_private_key
from plugin.clock import FrozenClock
from plugin.domain.errors import InvalidInput
from plugin.environment import SmtpSecurity, SmtpServer
from plugin.services.effects.mail_channel import MailLoginRefused
from plugin.services.effects.run import run_effect
from plugin.services.follow_ups.staff_mail import add_staff_mail
from plugin.services.mail_domain.keys import make_key, signing_domain
from plugin.services.mail_domain.records import dkim_record
from plugin.services.settings.smtp import SmtpForm, own_server, save_smtp
from plugin.store.tables.company import MailSettings
from plugin.store.tables.outbox import Effect
from sandbox import Mailbox, MailFault
from tests.support.delivery import NOW, DeliveryWorld
from tests.support.wakeups import MemoryWakeups


@pytest.fixture
def container(world: DeliveryWorld) -> Iterator[Container]:
    """The real container over the world's database."""
    made = Container(settings=world.settings, clock=FrozenClock(NOW), wakeups=MemoryWakeups())
    yield made
    made.close_mail()
    made.engine.dispose()


def own_smtp(container: Container, tenant_id: str, host: str, *, strict: bool = False, **more: str) -> None:
    with container.writing(tenant_id) as session:
        row = session.get_one(MailSettings, tenant_id)
        form = {"security": "smtp", "user": "", "password": "", **more}
        save_smtp(
            session,
            SmtpForm(host=host, row_version=row.row_version, **form),
            keys=container.keys,
            strict=strict,
            now=NOW,
            actor="alice",
        )


def add(container: Container, tenant_id: str) -> str:
    with container.writing(tenant_id) as session:
        return add_staff_mail(
            session,
            kind="test",
            recipient="bob@fernwood.example",
            subject="Test",
            text="Text",
            html="",
            day=NOW.date(),
            now=NOW,
            message_ids=lambda row_id: f"<{row_id}@dunlin.example>",
            dedupe_key="test",
        ).id


def run(container: Container, tenant_id: str, effect_id: str) -> str:
    run_effect(container, tenant_id, effect_id, time_left=lambda: 900.0)
    with container.reading(tenant_id) as session:
        return session.get_one(Effect, (tenant_id, effect_id)).state


def test_mail_goes_to_the_tenants_own_server(world: DeliveryWorld, container: Container, mailbox: Mailbox) -> None:
    with Mailbox() as own:
        own_smtp(container, world.tenant_id, f"127.0.0.1:{own.port}")
        assert run(container, world.tenant_id, add(container, world.tenant_id)) == "sent"
        container.close_mail()
        assert (len(own.mails), len(mailbox.mails)) == (1, 0)


def test_the_password_is_encrypted_bound_and_kept_where_the_form_leaves_it_out(
    world: DeliveryWorld, container: Container
) -> None:
    tenant = world.tenant_id
    own_smtp(container, tenant, "mail.acme.example", security="smtps", user="u@x", password="p/w:@", strict=True)
    own_smtp(container, tenant, "mail.acme.example:465", security="smtps", user="u@x", strict=True)
    with container.reading(tenant) as session:
        row = session.get_one(MailSettings, tenant)
        server = own_server(row, container.keys)
    assert server == SmtpServer(
        host="mail.acme.example", port=465, security=SmtpSecurity.TLS, username="u@x", password="p/w:@"
    )
    assert "p/w" not in row.smtp_url
    assert "p%2Fw" not in row.smtp_url


@pytest.mark.parametrize(
    ("host", "user"),
    [
        ("mail.evil.example", "u@x"),
        ("mail.acme.example.evil.example", "u@x"),
        ("mail.acme.example:2525", "u@x"),
        ("mail.acme.example", "v@x"),
    ],
)
def test_attack_A59_a_stored_password_never_follows_to_another_server_port_or_user(
    world: DeliveryWorld, container: Container, host: str, user: str
) -> None:
    tenant = world.tenant_id
    own_smtp(container, tenant, "mail.acme.example", security="smtps", user="u@x", password="secret", strict=True)
    own_smtp(container, tenant, host, security="smtps", user=user, strict=True)
    with container.reading(tenant) as session:
        moved = own_server(session.get_one(MailSettings, tenant), container.keys)
    assert moved is not None
    assert not moved.password


@pytest.mark.parametrize(
    ("host", "more"),
    [
        ("mail.acme.example:6379", {"security": "smtps"}),
        ("mail.acme.example", {"security": "smtp"}),
        ("mail.acme.example", {"security": "http"}),
        ("mail.acme.example/x?y@127.0.0.1", {"security": "smtps", "user": "a\r\nb"}),
    ],
)
def test_attack_A59_odd_servers_are_refused(
    world: DeliveryWorld, container: Container, host: str, more: dict[str, str]
) -> None:
    with pytest.raises(InvalidInput):
        own_smtp(container, world.tenant_id, host, strict=True, **more)


def test_attack_A59_a_server_in_a_private_network_is_never_spoken_to(
    world: DeliveryWorld, container: Container, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(container.settings), "may_be_private", lambda _self, _host: False)
    with Mailbox() as inside:
        own_smtp(container, world.tenant_id, f"127.0.0.1:{inside.port}")
        server = SmtpServer(host="127.0.0.1", port=inside.port, security=SmtpSecurity.PLAIN)
        with pytest.raises(MailLoginRefused, match="private network"):
            container.channel_to(server).try_out()
        assert run(container, world.tenant_id, add(container, world.tenant_id)) == "deferred"
        assert (inside.mails, mailbox.mails) == ([], [])
    assert world.alerts() == ["staff_mail_paused"]


def test_a_second_attempt_sends_the_signed_bytes_of_the_first(
    world: DeliveryWorld, container: Container, mailbox: Mailbox
) -> None:
    tenant = world.tenant_id
    with container.writing(tenant) as session:
        settings = make_key(session, keys=container.keys, make=new_private_key, now=NOW, actor="alice")
        public = signing_domain(settings, container.keys)
    mailbox.faults.add(MailFault.data(451))
    effect = add(container, tenant)
    assert run(container, tenant, effect) == "deferred"
    clock = container.clock
    assert isinstance(clock, FrozenClock)
    clock.advance(timedelta(hours=1))
    assert run(container, tenant, effect) == "sent"
    container.close_mail()
    (mail,) = mailbox.mails
    record = dkim_record(public.public_key).encode()
    assert dkim.verify(mail.raw, dnsfunc=lambda name, timeout=5: record)
    assert f"t={int(NOW.timestamp())}".encode() in mail.raw
    assert public.domain == "fernwood.example"
